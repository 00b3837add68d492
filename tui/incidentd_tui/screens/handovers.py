"""Handovers: finished by who leaves, accepted by who comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from incidentd.wire.handover import Handover
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import handing
from incidentd_tui.rows import handovers
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

OPEN = Verb("handovers.open", "o", "open", "The handover in full (Enter too)")
BACK = Verb("handovers.back", "escape,q", "back", "Clear the filter, then back to where you came from")
ACTS = (
    Verb("handovers.finish", "F", "finish", "Say that it is complete, and send it: a form", writes=True),
    Verb("handovers.accept", "Y", "accept", "Take over: a form", writes=True),
    Verb("handovers.words", "E", "words", "What surprised you, kept for later: a form", writes=True),
)


class HandoverActs(KeptScreen[Handover]):
    """What can be done about the handover that the screen is on."""

    mode = "oncall"
    kind = "handover"

    @property
    def handover(self) -> Handover | None:
        return self.here

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        name = verb.id.partition(".")[2]
        one = self.handover
        if verb not in (*ACTS, OPEN):
            return ""
        if one is None:
            return f"{verb.label}: choose a handover first"
        if name == "accept" and one.state != "sent":
            return f"accept: {one.name} is {one.state}" + ("; it was not sent yet" if one.sent_at is None else "")
        if name in ("finish", "words") and one.state in ("accepted", "lapsed"):
            return f"{verb.label}: {one.name} is {one.state}"
        if name == "finish" and one.sent_at is not None:
            return f"finish: {one.name} was sent already"
        return ""

    def do_finish(self) -> None:
        if (one := self.handover) is not None:
            self.app.push_screen(handing.finish(self.tui, one), self.after_form)

    def do_accept(self) -> None:
        if (one := self.handover) is not None:
            self.app.push_screen(handing.accept(self.tui, one), self.after_form)

    def do_words(self) -> None:
        if (one := self.handover) is not None:
            self.app.push_screen(handing.keep(self.tui, one), self.after_form)


class HandoversScreen(HandoverActs):
    """Those from or to the viewer, and the others."""

    heading = "Handovers"
    views = handovers.VIEWS
    VERBS = (
        OPEN,
        *ACTS,
        BACK,
        VIEW,
        FILTER,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, Handover]]:
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.handovers("all"))
        return [(str(one.id), one) for one in found.handovers]

    def in_view(self, view: str, one: Handover) -> bool:
        return handovers.shown_in(view, one, self.model.me)

    def accepts(self, one: Handover) -> bool:
        text = f"{one.name} {one.schedule} {one.person} {one.next_person} {one.state}"
        return self.filter.accepts(text.lower(), {"schedule": one.schedule, "state": one.state})

    def rank(self, one: Handover) -> tuple[object, ...]:
        """What waits for the viewer first, then what ends next; what is over at the end, the newest first."""
        over = one.state in ("accepted", "lapsed")
        waits = handovers.waits_for(one, self.model.me) if one.state != "running" else ""
        return (over, not waits, -one.ends_at.timestamp() if over else one.ends_at.timestamp(), one.id)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [handovers.row(self.model, one, width) if one else []]

    def head(self, width: int) -> paint.Line:
        return handovers.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return handovers.lines(self.model, one, width) if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        waiting = sum(handovers.waits_for(one, self.model.me) == "accept" for one in self.known.values())
        left: paint.Line = [(f" {phrases.count(len(self.table.keys), 'handover')}", theme.muted)]
        if waiting:
            left.append((f" · ▲ {waiting} to accept", theme.warning))
        return left, []

    # ------------------------------------------------------------------ opening
    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("handovers.open"), exit_on_error=False)

    def do_open(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(HandoverScreen(one.id))


class HandoverScreen(HandoverActs):
    """One handover in full, a line a row."""

    heading = "Handover"
    VERBS = (*ACTS, BACK, COPY)

    def __init__(self, handover_id: int) -> None:
        super().__init__()
        self.handover_id = handover_id
        self._lines: list[paint.Line] = []

    @property
    def handover(self) -> Handover | None:
        return self.known.get(str(self.handover_id))

    async def fetch(self) -> Iterable[tuple[str, Handover]]:
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.handover(self.handover_id))
        return [(str(found.id), found)]

    def order(self) -> list[Key]:
        one = self.handover
        width = self.table.scrollable_content_region.width - 2
        self._lines = handovers.lines(self.model, one, width)[1:] if one else []
        return list(range(len(self._lines)))

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        number = cast("int", key)
        return [self._lines[number]] if number < len(self._lines) else [[]]

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#preview").display = False

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self.handover
        todo = handovers.waits_for(one, self.model.me) if one else ""
        return [(f" ▲ it waits for you: {todo} it" if todo else "", theme.warning)], []
