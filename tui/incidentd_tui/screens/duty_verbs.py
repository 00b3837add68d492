"""Changes of the day from the calendar, from a schedule in full and from one's own shifts."""

from __future__ import annotations

from datetime import date
from typing import cast

from incidentd.wire import duty as wire_duty
from incidentd.wire.requests import ShiftRequest
from incidentd.wire.rest import Rest
from incidentd_tui import calendar
from incidentd_tui.forms import duty, duty_edit, duty_ends, requests, rests
from incidentd_tui.rows import shifts
from incidentd_tui.rows.requests import is_from, waits_for
from incidentd_tui.rows.rests import is_offered, offers
from incidentd_tui.screens.listing import ListScreen
from incidentd_tui.verbs import Verb

LOUD_KINDS = frozenset({"override", "swap", "absence", "request", "daemon"})
"""Kinds of events after which the final schedules may be others."""

DUTY_VERBS = (
    Verb("duty.override", "O", "override", "Somebody else carries this pager for a time: a form", writes=True),
    Verb("duty.swap", "W", "swap", "Give a shift of yours for one of somebody else's: a form", writes=True),
    Verb("duty.absence", "A", "absent", "Somebody is away, with or without a stand-in: a form", writes=True),
    Verb("duty.ask", "Q", "ask", "Ask others to take a shift of yours, or to swap it: a form", writes=True),
    Verb("duty.accept", "Y", "accept", "Accept a request, a swap, or rest: a form", hint=False, writes=True),
    Verb("duty.decline", "N", "decline", "Decline it, or take your acceptance back: a form", hint=False, writes=True),
    Verb("duty.change", "C", "change", "Change the override of this row or day: a form", hint=False, writes=True),
    Verb("duty.end", "X", "take back", "Take the change of this row or day back: a form", hint=False, writes=True),
)


class DutyVerbs(ListScreen):
    """A screen over `found` says which schedule, day and changes its cursor is on."""

    found: wire_duty.Schedules | None = None

    @property
    def cursor_key(self) -> tuple[str, str | int]:
        """(kind, name or number) of the row under the cursor, two empty ones in an empty list."""
        return ("", 0) if self.table.cursor is None else cast("tuple[str, str | int]", self.table.cursor)

    def schedule_here(self) -> wire_duty.Schedule | None:
        raise NotImplementedError

    def day_here(self) -> date:
        raise NotImplementedError

    def changes_here(self) -> list[shifts.Change]:
        """The changes that the cursor is on."""
        raise NotImplementedError

    def request_here(self) -> ShiftRequest | None:
        """The open request of this row, or of the schedule and day that the cursor is on."""
        one, span = self.schedule_here(), calendar.day_span(self.day_here(), self.model.zone)
        near = (
            request
            for request in self.model.requests
            if one and request.schedule == one.name and span.touches(request.starts_at, request.ends_at)
        )
        return next(near, None)

    def rest_here(self) -> Rest | None:
        """The rest of this row, when it is one."""
        return None

    def changes_of_day(self, one: wire_duty.Schedule, day: date) -> list[shifts.Change]:
        """What was changed of this schedule on this day, or is offered, and is not over."""
        if self.found is None:
            return []
        span = calendar.day_span(day, self.model.zone)
        sources = {part.source for part in calendar.parts(one, span)}
        return [
            change
            for change in shifts.changes_of(self.found, one, self.model.now())
            if shifts.source_of(change) in sources
            or (isinstance(change, wire_duty.Swap) and any(span.touches(*side) for side in shifts.sides(change)))
        ]

    # ------------------------------------------------------------------ what each is about
    def _request(self, to: requests.Answer) -> ShiftRequest | None:
        """The request here that the viewer may accept, decline or withdraw."""
        one = self.request_here()
        may = one and (is_from(one, self.model.me) if to == "cancelled" else waits_for(one, self.model.me))
        return one if may else None

    def _answerable(self, name: str) -> wire_duty.Swap | None:
        """The swap that the viewer may accept, or decline (also after accepting)."""
        states = ("proposed",) if name == "accept" else ("proposed", "accepted")
        swaps = (one for one in self.changes_here() if isinstance(one, wire_duty.Swap))
        return next((one for one in swaps if one.other == self.model.me and one.state in states), None)

    def _editable(self) -> wire_duty.Override | None:
        """An override is changed in place; a swap is answered, and an absence is taken back and set anew."""
        return next((one for one in self.changes_here() if isinstance(one, wire_duty.Override)), None)

    def _endable(self) -> shifts.Change | None:
        """What can be taken back: an override, an absence, and a swap that the viewer has offered."""
        return next(
            (
                one
                for one in self.changes_here()
                if not isinstance(one, wire_duty.Swap) or (one.person == self.model.me and one.state == "proposed")
            ),
            None,
        )

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        match verb.id:
            case "duty.override" | "duty.swap" | "duty.ask" if self.schedule_here() is None:
                return f"{verb.label}: put the cursor on a schedule first"
            case "duty.swap" | "duty.ask" if not self.model.me:
                return f"{verb.label}: you are not in the roster"
            case "duty.accept" | "duty.decline":
                return self._why_no_answer(verb.id.rpartition(".")[2])
            case "duty.change" if self._editable() is None:
                return "change: no override of this row or day"
            case "duty.end" if self._endable() is None and self._request("cancelled") is None:
                return "take back: nothing of this row or day can be taken back"
        return ""

    def _why_no_answer(self, name: str) -> str:
        if (rest := self.rest_here()) is not None:
            return self._why_no_rest(rest, name)
        if (self._request("accepted") or self._answerable(name)) is None:
            return f"{name}: no swap of this row or day, and no request, waits for you"
        return ""

    def _why_no_rest(self, rest: Rest, name: str) -> str:
        if name == "accept":
            return "" if offers(self.model, rest) else "accept: you have taken all of it"
        return "" if is_offered(rest) else "decline: you have taken of it; what asks others is withdrawn by X on it"

    # ------------------------------------------------------------------ verbs
    def do_override(self) -> None:
        if (one := self.schedule_here()) is not None:
            self.app.push_screen(duty.override(self.tui, one, self.day_here()))

    def do_swap(self) -> None:
        one = self.schedule_here()
        if one is None or self.found is None:
            return
        mine, theirs = duty.swappable(self.tui, self.found, one, self.day_here())
        if not mine or not theirs:
            whose = "you have" if not mine else "nobody else has"
            self.tui.say(f"swap: {whose} no shift of {one.name} ahead in the weeks that are loaded", "warning")
            return
        self.app.push_screen(duty.swap(self.tui, one, (mine, theirs), self.day_here()))

    def do_ask(self) -> None:
        one = self.schedule_here()
        if one is None or self.found is None:
            return
        mine = requests.askable(self.tui, self.found, one, self.day_here())
        if not mine:
            self.tui.say(f"ask: you have no shift of {one.name} ahead in the weeks that are loaded", "warning")
            return
        self.app.push_screen(requests.ask(self.tui, one, mine))

    def do_absence(self) -> None:
        self.app.push_screen(duty.absence(self.tui, self.day_here()))

    def do_change(self) -> None:
        if (one := self._editable()) is not None:
            schedules = self.found.schedules if self.found else ()
            schedule = next((each for each in schedules if each.name == one.schedule), None)
            self.app.push_screen(duty_edit.override(self.tui, one, schedule))

    def do_accept(self) -> None:
        if (rest := self.rest_here()) is not None:
            self.app.push_screen(rests.take(self.tui, rest))
        elif (one := self._request("accepted")) is not None:
            self.app.push_screen(requests.answer(self.tui, one, "accepted"))
        elif (offer := self._answerable("accept")) is not None:
            self.app.push_screen(duty_ends.settle(self.tui, offer, "accepted"))

    def do_decline(self) -> None:
        if (rest := self.rest_here()) is not None:
            self.app.push_screen(rests.decline(self.tui, rest))
        elif (one := self._request("declined")) is not None:
            self.app.push_screen(requests.answer(self.tui, one, "declined"))
        elif (offer := self._answerable("decline")) is not None:
            self.app.push_screen(duty_ends.settle(self.tui, offer, "declined"))

    def do_end(self) -> None:
        change = self._endable()
        if (one := self._request("cancelled")) is not None:
            self.app.push_screen(requests.answer(self.tui, one, "cancelled"))
        elif isinstance(change, wire_duty.Swap):
            self.app.push_screen(duty_ends.settle(self.tui, change, "cancelled"))
        elif change is not None:
            self.app.push_screen(duty_ends.end(self.tui, change))
