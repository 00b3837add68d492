"""Versions of the process: what was in force when, why, and what each says otherwise than the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from incidentd.client import ClientError
from incidentd.wire.process_comparison import CompareProcesses, ProcessComparison, ProcessSide
from incidentd.wire.process_versions import ProcessNow, ProcessVersion
from incidentd_tui import paint
from incidentd_tui.forms import process_change as forms
from incidentd_tui.rows import process_versions as rows
from incidentd_tui.screens.insights.process_view import READING, ProcessView
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.process_change import ProcessChangeScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

OPEN = Verb("version.open", "o", "what it changes", "What it says otherwise and would have changed (Enter too)")
PROPOSE = Verb("version.propose", "P", "propose", "Propose another version: edited here, the file, or this one again",
               writes=True)  # fmt: skip


class VersionsScreen(ProcessView[ProcessVersion]):
    """Keys are their numbers. Deciding about one is done where it is read in full."""

    view_here = "versions"
    kinds = frozenset({"process"})
    heading = "Versions"
    says = "every incident remembers its version; Enter shows what one changes, P proposes one"
    VERBS = (OPEN, PROPOSE, *READING)

    def __init__(self) -> None:
        super().__init__()
        self._changes: dict[int, tuple[str, ...]] = {}
        self._now: ProcessNow | None = None

    async def fetch(self) -> Iterable[tuple[str, ProcessVersion]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        self._now, found = await asyncio.gather(ask(client.process()), ask(client.process_versions()))
        return [(str(one.id), one) for one in found.versions]

    def accepts(self, one: ProcessVersion) -> bool:
        text = f"{one.name} {one.process_version} {one.reason} {one.proposed_by}"
        return self.filter.accepts(text.lower(), {"state": one.state})

    def rank(self, one: ProcessVersion) -> tuple[object, ...]:
        return (-one.id,)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [rows.row(one, self.model.zone, width) if one is not None else []]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        if one is None:
            return []
        return [[], *rows.in_full(one, self.model.zone, self._changes.get(one.id), width)]

    # ------------------------------------------------------------------ what the one here says otherwise
    def look_here(self) -> None:
        one = self.here
        if one is not None and one.id not in self._changes:
            self.run_worker(self._look(one.id), exit_on_error=False, exclusive=True, group="look")

    async def _look(self, number: int) -> None:
        """A version that was never in force is compared with what is, any other with the one before it."""
        try:
            body = CompareProcesses(before=self._before(number), after=ProcessSide(number=number))
            found = await self.tui.acts.gateway.ask_much(self.tui.acts.client.compare_processes(body))
            self._changes[number] = tuple(map(rows.difference, found.differences))
        except ClientError as error:
            self._changes[number] = (self.tui.acts.reason("", error),)
        self.refresh_frame()

    def _before(self, number: int) -> ProcessSide:
        """The version that was in force before this one came; what is in force for one that never was."""
        if not self.known[str(number)].in_force:
            return ProcessSide()
        earlier = [int(key) for key, one in self.known.items() if int(key) < number and one.in_force]
        return ProcessSide(number=max(earlier, default=number))

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id == OPEN.id and self.here is None:
            return f"{verb.label}: there is no version here"
        if verb.id == PROPOSE.id and (self._now is None or self._now.current is None):
            return f"{verb.label}: the daemon has recorded none yet"
        return ""

    async def on_virtual_list_opened(self) -> None:
        await self.action_verb(OPEN.id)

    def do_open(self) -> None:
        if (one := self.here) is not None and self._now is not None:
            before, after = self._before(one.id), ProcessSide(number=one.id)
            self.app.push_screen(ProcessChangeScreen(self._now, after, before, version=one))

    def do_propose(self) -> None:
        if (now := self._now) is None:
            return
        in_force = now.current.name if now.current is not None else "what is in force"
        items = [Item("edit", f"{in_force}, written otherwise", "edit its text here")]
        if now.file.exists and not now.file.same:
            items.append(Item("file", "process.toml", "as the daemon read it last"))
        if (one := self.here) is not None and one.state not in ("proposed", "adopted"):
            items.append(Item("again", f"{one.name} again", str(one.state)))
        self.app.push_screen(Picker("What is proposed?", items, "which text"), self._chosen)

    def _chosen(self, value: str | None) -> None:
        now, one = self._now, self.here
        if now is None or value is None:
            return
        if value == "edit":
            self.run_worker(self._edit(now), exit_on_error=False)
        elif value == "file":
            self.app.push_screen(ProcessChangeScreen(now, ProcessSide(from_file=True)))
        elif one is not None:
            self.app.push_screen(ProcessChangeScreen(now, ProcessSide(number=one.id)))

    async def _edit(self, now: ProcessNow) -> None:
        """The text that the daemon has, not what is shown of it: what is sent back must be the same."""
        if now.current is None:
            return
        try:
            whole = await self.tui.acts.client.process_version(now.current.id)
        except ClientError as error:
            self.tui.say(self.tui.acts.reason("", error), "warning")
            return
        self.app.push_screen(forms.edit_form(self.tui, whole, self._compared))

    def _compared(self, side: ProcessSide, found: ProcessComparison) -> None:
        if self._now is not None:
            self.app.push_screen(ProcessChangeScreen(self._now, side, found=found))
