"""The chosen day of the calendar: moved by days, weeks and months, and the schedules that are fetched around it."""

from __future__ import annotations

from datetime import date

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd_tui import calendar
from incidentd_tui.rows import calendar as days
from incidentd_tui.screens.duty_verbs import DutyVerbs
from incidentd_tui.verbs import Verb

CALENDARS = ("week", "month")
LOADED = 14
"""Weeks that are asked for at once, from the week in which the month of the chosen day begins."""

MOVES = (
    Verb("oncall.day_before", "h,left", "‹ day", "The day before"),
    Verb("oncall.day_after", "l,right", "day ›", "The day after"),
    Verb("oncall.week_before", "b", "‹ week", "A week back"),
    Verb("oncall.week_after", "w", "week ›", "A week on"),
    Verb("oncall.month_before", "left_curly_bracket", "‹ month", "A month back"),
    Verb("oncall.month_after", "right_curly_bracket", "month ›", "A month on"),
    Verb("oncall.today", "t", "today", "Back to today"),
)


class CalendarMoves(DutyVerbs):
    """`day` is in the viewer's zone."""

    def __init__(self) -> None:
        super().__init__()
        self.day = date.min
        self._fault = ""

    @property
    def _span(self) -> calendar.Span:
        first, last = days.loads(self.view, days.today(self.model) if self.view == "mine" else self.day)
        return calendar.day_span(first, self.model.zone, (last - first).days)

    def _load_if_missing(self) -> None:
        found, span = self.found, self._span
        if not (found and found.starts_at <= span.starts_at and span.ends_at <= found.ends_at):
            self._load_again()

    def _load_again(self) -> None:
        # As a function: a load that another one replaces before it began leaves no coroutine behind.
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        day = days.today(self.model) if self.view == "mine" else self.day
        span = calendar.day_span(calendar.week_of(day.replace(day=1)), self.model.zone, LOADED * 7)
        call = self.tui.acts.client.schedules(starts_at=span.starts_at, ends_at=span.ends_at)
        try:
            self.found = await self.tui.acts.gateway.ask(call)
            self._fault = ""
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    # ------------------------------------------------------------------ moving
    def _go(self, day: date) -> None:
        self.day = day
        self._load_if_missing()
        self.reorder()

    def do_day_before(self) -> None:
        self._go(self.day - calendar.DAY)

    def do_day_after(self) -> None:
        self._go(self.day + calendar.DAY)

    def do_week_before(self) -> None:
        self._go(self.day - calendar.WEEK)

    def do_week_after(self) -> None:
        self._go(self.day + calendar.WEEK)

    def do_month_before(self) -> None:
        self._go(calendar.month_step(self.day, -1))

    def do_month_after(self) -> None:
        self._go(calendar.month_step(self.day, 1))

    def do_today(self) -> None:
        self._go(days.today(self.model))

    def why_not(self, verb: Verb) -> str:
        if verb in MOVES and self.view not in CALENDARS:
            return f"{verb.label}: in the calendar only; ] shows it"
        return super().why_not(verb)
