"""Where calendars read shifts: the signed addresses of the viewer, of teams and of schedules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import feeds as forms
from incidentd_tui.model import Changes
from incidentd_tui.screens.below import PreviewBelow
from incidentd_tui.screens.listing import FILTER
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

KINDS = ("person", "team", "schedule")


class Feed(NamedTuple):
    """`kind` is one of `KINDS`."""

    kind: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.name}"


class FeedsScreen(PreviewBelow[Feed]):
    """An address is a secret: it is asked for, one at a time, and shown only then."""

    mode = "oncall"
    heading = "Calendar feeds"
    VERBS = (
        Verb(
            "feeds.open",
            "o",
            "show",
            "Show the address from which a calendar reads these shifts (Enter too)",
            writes=True,
        ),
        Verb("feeds.take", "y", "copy", "Copy the address to the clipboard of this terminal (OSC 52)", writes=True),
        Verb("feeds.renew", "R", "renew", "Another address; those given before are void: a form", writes=True),
        Verb("feeds.back", "escape,q", "back", "Clear the filter, then back to where you came from"),
        FILTER,
    )

    def __init__(self) -> None:
        super().__init__()
        self.addresses: dict[str, str] = {}

    async def fetch(self) -> Iterable[tuple[str, Feed]]:
        gateway, client = self.tui.acts.gateway, self.tui.acts.client
        modes = await gateway.ask(client.modes())
        found = [Feed("person", str(self.model.me))] if self.model.me else []
        found += [Feed("team", str(one.team)) for one in modes.teams]
        found += [Feed("schedule", str(one.schedule)) for one in self.model.on_call]
        for one in found:
            if one.key in self.addresses:  # what was shown may be void by now
                self.addresses[one.key] = (await gateway.ask(client.calendar_feed(one.kind, one.name))).url
        return [(one.key, one) for one in found]

    def on_model(self, changes: Changes) -> None:
        if changes.kinds & set(KINDS):  # what an event about a feed is about
            self._fetch_again()
        super().on_model(changes)

    def accepts(self, one: Feed) -> bool:
        return self.filter.accepts(f"{one.kind} {one.name}".lower(), {one.kind: one.name})

    def rank(self, one: Feed) -> tuple[object, ...]:
        return (KINDS.index(one.kind), one.name)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        if one is None:
            return [[]]
        name = f"{one.name} (you)" if one.kind == "person" else one.name
        return [[(f"{one.kind:<10}", theme.muted), (name, theme.bold)]]

    def head(self, width: int) -> paint.Line:
        return [(" SHIFTS OF", theme.faint)]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        if one is None:
            return []
        address = self.addresses.get(one.key)
        about = f"the shifts of {one.kind} {one.name}, thirty days back and half a year ahead"
        secret = "Who knows the address may read them: treat it as a secret." if address else "↵ shows the address."
        told = [(about, theme.muted), (secret, theme.warning if address else theme.muted), (address or "", theme.plain)]
        return [[], *([(line, style)] for text, style in told for line in paint.wrap(text, width, 8) if line)]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        return [(f" {phrases.count(len(self.table.keys), 'feed')}, as iCalendar", theme.muted)], []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        return f"{verb.label}: choose a feed first" if verb.writes and self.here is None else ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("feeds.open"), exit_on_error=False)

    async def do_open(self) -> None:
        await self._address()

    async def do_take(self) -> None:
        if address := await self._address():
            self.tui.copy_to_clipboard(address)
            self.tui.say("✓ copied the address: who knows it may read these shifts", "done")

    async def _address(self) -> str:
        """Of the feed under the cursor, "" after the reason was said."""
        one = self.here
        if one is None:
            return ""
        if one.key not in self.addresses:
            made = await self.tui.acts.attempt("", self.tui.acts.client.calendar_feed(one.kind, one.name))
            if made is None:
                return ""
            self.addresses[one.key] = made.url
            self.refresh_frame()
        return self.addresses[one.key]

    def do_renew(self) -> None:
        one = self.here
        if one is None:
            return

        def renewed(address: str) -> None:
            self.addresses[one.key] = address
            self.refresh_frame()

        self.app.push_screen(forms.renew(self.tui, one.kind, one.name, renewed))
