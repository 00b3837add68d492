"""One schedule in full: every shift and gap of the next weeks, and the changes that lie ahead."""

from __future__ import annotations

from datetime import date
from typing import cast

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.wire import duty as wire_duty
from incidentd_tui import calendar, paint, phrases, theme
from incidentd_tui.model import Changes
from incidentd_tui.rows import shifts
from incidentd_tui.screens.duty_verbs import DUTY_VERBS, LOUD_KINDS, DutyVerbs
from incidentd_tui.screens.listing import COPY
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

WEEKS = 8


class ScheduleScreen(DutyVerbs):
    """`day` is where it begins, in the viewer's zone."""

    mode = "oncall"
    heading = "Schedule"
    uniform = False
    skipped = frozenset({"head", "gap"})
    VERBS = (
        Verb("schedule.earlier", "b,left_curly_bracket", "earlier", "Four weeks earlier"),
        Verb("schedule.later", "w,right_curly_bracket", "later", "Four weeks later"),
        *DUTY_VERBS,
        Verb("schedule.back", "escape,q", "back", "Back to where you came from"),
        COPY,
    )

    def __init__(self, name: str, day: date) -> None:
        super().__init__()
        self.name_shown = name
        self.day = day
        self._parts: list[calendar.Part] = []
        self._changes: dict[str, shifts.Change] = {}
        self._fault = ""

    # ------------------------------------------------------------------ loading
    def _load_again(self) -> None:
        # As a function: a load that another one replaces before it began leaves no coroutine behind.
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        span = calendar.day_span(self.day, self.model.zone, WEEKS * 7)
        call = self.tui.acts.client.schedules(self.name_shown, starts_at=span.starts_at, ends_at=span.ends_at)
        try:
            self.found = await self.tui.acts.gateway.ask(call)
            self._fault = ""
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    def on_model(self, changes: Changes) -> None:
        if changes.everything or changes.kinds & LOUD_KINDS:
            self._load_again()
        self.refresh_frame()

    # ------------------------------------------------------------------ rows
    @property
    def schedule(self) -> wire_duty.Schedule | None:
        return self.found.schedules[0] if self.found and self.found.schedules else None

    def order(self) -> list[Key]:
        one, found = self.schedule, self.found
        if one is None or found is None:
            return []
        self._parts = calendar.parts(one, calendar.Span(found.starts_at, found.ends_at))
        self._changes = {shifts.change_title(one): one for one in shifts.changes_of(found, one, self.model.now())}
        keys: list[Key] = [("head", 0), *(("part", number) for number in range(len(self._parts)))]
        if self._changes:
            keys += [("gap", 1), ("head", 1), *(("change", title) for title in self._changes)]
        told = [number for number, warning in enumerate(found.warnings) if warning.kind != "gap"]
        if told:
            keys += [("gap", 2), ("head", 2), *(("warning", number) for number in told)]
        return keys

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        kind, name = cast("tuple[str, str | int]", key)
        if kind == "part":
            return [shifts.row(self.model, self.name_shown, self._parts[int(name)], width)]
        if kind == "change":
            return shifts.change_lines(self.model, self._changes[str(name)], width)
        if kind == "warning" and self.found is not None:
            texts = paint.wrap(shifts.warning_text(self.model, self.found.warnings[int(name)]), width - 2)
            return [[("▲ " if not at else "  ", theme.warning), (text, theme.plain)] for at, text in enumerate(texts)]
        return [self._head(int(name))] if kind == "head" else [[]]

    def _head(self, number: int) -> paint.Line:
        if number:
            return [(("", "CHANGES", "WARNINGS")[number], theme.heading)]
        zone = phrases.zone_mark(self.model.now(), self.model.zone).strip()
        return [("FROM – UNTIL", theme.heading), (f"  in {zone}, {WEEKS} weeks from {self.day:%a %d %b}", theme.faint)]

    def nothing(self) -> list[paint.Line]:
        if self._fault:
            return [[], [("  ! ", theme.danger), (self._fault, theme.plain)]]
        return [[], [("  loading …", theme.muted)]]

    def head(self, width: int) -> paint.Line:
        one = self.schedule
        if one is None:
            return [(f" {self.name_shown}", theme.bold)]
        told = f"  {one.zone} · layers {', '.join(one.layers)} · people {', '.join(one.people)}"
        policies = f" · paged by {', '.join(one.policies)}" if one.policies else " · no policy pages it"
        return [(f" {one.name}", theme.bold), (told + policies, theme.muted)]

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#preview").display = False

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self.schedule
        gaps = len(one.gaps) if one else 0
        left: paint.Line = [(f" {phrases.count(len(self._parts) - gaps, 'shift')}", theme.muted)]
        if gaps:
            left.append((f" · ▲ {phrases.count(gaps, 'gap')}", theme.warning))
        return left, []

    # ------------------------------------------------------------------ verbs
    @property
    def _part_here(self) -> calendar.Part | None:
        kind, number = self.cursor_key
        return self._parts[int(number)] if kind == "part" and int(number) < len(self._parts) else None

    def schedule_here(self) -> wire_duty.Schedule | None:
        return self.schedule

    def day_here(self) -> date:
        """The day on which the shift under the cursor begins, today at the earliest."""
        now = self.model.now()
        begin = max(self._part_here.starts_at, now) if self._part_here else now
        return begin.astimezone(self.model.zone).date()

    def changes_here(self) -> list[shifts.Change]:
        kind, name = self.cursor_key
        if kind == "change":
            return [self._changes[str(name)]]
        part = self._part_here
        return [one for one in self._changes.values() if part and shifts.source_of(one) == part.source]

    def _go(self, weeks: int) -> None:
        self.day += weeks * calendar.WEEK
        self._load_again()

    def do_earlier(self) -> None:
        self._go(-4)

    def do_later(self) -> None:
        self._go(4)

    def do_back(self) -> None:
        self.app.pop_screen()
