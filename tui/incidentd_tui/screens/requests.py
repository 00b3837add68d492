"""Requests to take or swap a shift: what is asked of the viewer first."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire.requests import ShiftRequest
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import requests as forms
from incidentd_tui.rows import requests
from incidentd_tui.screens.below import PreviewBelow
from incidentd_tui.screens.listing import COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

ACTS = (
    Verb("requests.accept", "Y", "accept", "Take or swap the shift: a form with what becomes of it", writes=True),
    Verb("requests.decline", "N", "decline", "Say that you cannot: a form", writes=True),
    Verb("requests.withdraw", "X", "withdraw", "Take a request of yours back: a form", writes=True),
)


class RequestsScreen(PreviewBelow[ShiftRequest]):
    """A row a request; who was asked and what they said beside it."""

    mode = "oncall"
    heading = "Requests"
    kind = "request"
    views = requests.VIEWS
    VERBS = (
        *ACTS,
        Verb("requests.back", "escape,q", "back", "Clear the filter, then back to where you came from"),
        VIEW,
        FILTER,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, ShiftRequest]]:
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.shift_requests("all"))
        if not self._loaded and not any(requests.waits_for(one, self.model.me) for one in found.requests):
            self.view = "open"
        return [(str(one.id), one) for one in found.requests]

    def in_view(self, view: str, one: ShiftRequest) -> bool:
        return requests.shown_in(view, one, self.model.me)

    def accepts(self, one: ShiftRequest) -> bool:
        people = " ".join(asked.person for asked in one.asked)
        text = f"{one.name} {one.schedule} {one.person} {people} {one.state} {one.wants} {one.reason}"
        return self.filter.accepts(text.lower(), {"schedule": one.schedule, "state": one.state, "wants": one.wants})

    def rank(self, one: ShiftRequest) -> tuple[object, ...]:
        """What waits for the viewer first, then what is open by when it begins; what is over, the newest first."""
        over = one.state != "open"
        return (
            not requests.waits_for(one, self.model.me),
            over,
            -one.id if over else one.starts_at.timestamp(),
            one.id,
        )

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [requests.row(self.model, one, width) if one else []]

    def head(self, width: int) -> paint.Line:
        return requests.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return requests.lines(self.model, one, width) if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        waiting = sum(requests.waits_for(one, self.model.me) for one in self.known.values())
        left: paint.Line = [(f" {phrases.count(len(self.table.keys), 'request')}", theme.muted)]
        if waiting:
            left.append((f" · ▲ {waiting} asked of you", theme.warning))
        return left, []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if (reason := super().why_not(verb)) or verb not in ACTS:
            return reason
        one = self.here
        return why_not(verb, one, self.model.me) if one else f"{verb.label}: choose a request first"

    def do_accept(self) -> None:
        self._answer("accepted")

    def do_decline(self) -> None:
        self._answer("declined")

    def do_withdraw(self) -> None:
        self._answer("cancelled")

    def _answer(self, to: forms.Answer) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(forms.answer(self.tui, one, to), self.after_form)


def why_not(verb: Verb, one: ShiftRequest, me: str) -> str:
    """Why the viewer cannot do this about a request, "" when they can."""
    if one.state != "open":
        return f"{verb.label}: {one.name} is {one.state}" + (f" by {one.taken_by}" if one.taken_by else "")
    if verb.label == "withdraw":
        return "" if requests.is_from(one, me) else f"withdraw: {one.name} is {one.person}'s"
    if requests.asked_of(one, me) is None:
        return f"{verb.label}: {one.name} was not asked of you"
    return "" if requests.waits_for(one, me) or verb.label == "accept" else f"decline: you have declined {one.name}"
