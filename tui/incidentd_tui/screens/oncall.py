"""Mode 3: who carries the pager now and when the viewer is next; the calendar by week and month; one's own shifts."""

from __future__ import annotations

from datetime import date
from typing import cast

from textual.app import ComposeResult

from incidentd.wire import duty as wire_duty
from incidentd.wire.requests import ShiftRequest
from incidentd.wire.rest import Rest
from incidentd_tui import calendar, paint, phrases, theme
from incidentd_tui.forms import paging
from incidentd_tui.model import Changes
from incidentd_tui.rows import calendar as days
from incidentd_tui.rows import duty, requests, shifts
from incidentd_tui.screens.calendar_moves import CALENDARS, MOVES, CalendarMoves
from incidentd_tui.screens.duty_verbs import DUTY_VERBS, LOUD_KINDS
from incidentd_tui.screens.feeds import FeedsScreen
from incidentd_tui.screens.handovers import HandoversScreen
from incidentd_tui.screens.listing import COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.screens.modes import ModesScreen
from incidentd_tui.screens.policies import PoliciesScreen
from incidentd_tui.screens.protection import ProtectionScreen
from incidentd_tui.screens.requests import RequestsScreen
from incidentd_tui.screens.schedule import ScheduleScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.bars import Pane
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class OnCallScreen(CalendarMoves):
    """`day` is the chosen day of the calendar, in the viewer's zone."""

    mode = "oncall"
    heading = "On-call"
    uniform = False
    skipped = frozenset({"head", "gap", "team"})
    views = (("now", "Now"), ("week", "Week"), ("month", "Month"), ("mine", "My shifts"))
    VERBS = (
        Verb("oncall.open", "o", "open", "The schedule in full: every shift, gap and change (Enter too)"),
        *DUTY_VERBS,
        Verb("oncall.requests", "r", "requests", "What is asked of you and of others: shifts to take or to swap"),
        Verb("oncall.policies", "p", "policies", "Escalation policies, and whom each would call"),
        Verb("oncall.handovers", "d", "handovers", "How duty blocks end: finish yours, accept what comes to you"),
        Verb("oncall.modes", "m", "modes", "Who is in support, and who on project work"),
        Verb(
            "oncall.protection", "i", "protection", "How well a team's project work is protected, by week", hint=False
        ),
        Verb(
            "oncall.feeds", "f", "feeds", "Where calendars read shifts: signed addresses, shown and renewed", hint=False
        ),
        Verb("oncall.page", "P", "page", "Page the person of this row by hand", writes=True),
        *MOVES,
        VIEW,
        FILTER,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: wire_duty.Schedules | None = None  # what of it the view is about
        self._mine: list[tuple[str, calendar.Part]] = []
        self._changes: dict[str, shifts.Change] = {}

    # ------------------------------------------------------------------ frame
    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield Pane(widget_id="day")

    def on_mount(self) -> None:
        self.day = days.today(self.model)
        super().on_mount()

    def fit_window(self) -> None:
        super().fit_window()
        in_calendar = self.view in CALENDARS
        self.query_one("#preview").display = self.wide and in_calendar
        self.query_one("#day").display = not self.wide and in_calendar and self.size.height >= 20

    def choose_view(self, name: str) -> None:
        self.view = name
        self.fit_window()
        self.call_after_refresh(super().choose_view, name)
        self._load_if_missing()

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        if changes.everything or changes.kinds & LOUD_KINDS:
            self._load_again()
        if changes.everything or changes.kinds:
            self.reorder()
        else:
            self.repaint_bars()

    # ------------------------------------------------------------------ rows
    def order(self) -> list[Key]:
        if self.view == "now":
            return list(duty.keys(self.model)) if self.model.loaded else []
        self._shown = calendar.within(self.found, self._span) if self.found else None
        if self._shown is None:
            return []
        return self._mine_keys() if self.view == "mine" else self._calendar_keys(self._shown)

    def _calendar_keys(self, shown: wire_duty.Schedules) -> list[Key]:
        keys: list[Key] = []
        for team, schedules in days.by_team(self.model, [one for one in shown.schedules if self._accepts(one)]).items():
            keys += [("team", team), *(("plan", one.name) for one in schedules)]
        return keys

    def _accepts(self, one: wire_duty.Schedule) -> bool:
        people = {*one.people, *(shift.person for shift in one.shifts)}
        team = calendar.team_of(self.model, one)
        return self.filter.accepts(
            f"{one.name} {team} {' '.join(people)}".lower(), {"team": team, "schedule": one.name}
        )

    def _mine_keys(self) -> list[Key]:
        if self.found is None or self._shown is None:
            return []
        now = self.model.now()
        span = calendar.Span(now, self._span.ends_at)
        self._mine = shifts.mine(self.model, self._shown.schedules, span)
        self._changes = {shifts.change_title(one): one for one in shifts.my_changes(self.found, self.model.me, now)}
        keys: list[Key] = [("head", 0), *(("mine", number) for number in range(len(self._mine)))]
        if self._changes:
            keys += [("gap", 1), ("head", 1), *(("change", title) for title in self._changes)]
        if self.model.requests:
            keys += [
                ("gap", duty.REQUESTS),
                ("head", duty.REQUESTS),
                *(("asked", one.id) for one in requests.by_urgency(self.model)),
            ]
        return keys

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        kind, name = cast("tuple[str, str | int]", key)
        if kind == "team":
            return [[(f"TEAM {name}" if name else "OF NO TEAM", theme.heading)]]
        if kind == "plan":
            one = self._schedule(str(name))
            painter = days.month_row if self.view == "month" else days.week_row
            return painter(self.model, self._shown, one, self.day, width) if self._shown and one else [[]]
        # By kind where it tells enough: rows of the view before may be painted once more.
        if kind in ("mine", "change") or (self.view == "mine" and kind == "head" and name != duty.REQUESTS):
            return self._paint_mine(kind, name, width)
        return duty.row(self.model, cast("duty.Key", key), width)

    def _paint_mine(self, kind: str, name: str | int, width: int) -> list[paint.Line]:
        if kind == "mine":
            schedule, part = self._mine[int(name)]
            return [shifts.row(self.model, schedule, part, width, mine=True)]
        if kind == "change":
            return shifts.change_lines(self.model, self._changes[str(name)], width)
        told = f"{phrases.count(len(self._mine), 'SHIFT')} OF YOURS IN TEN WEEKS" if name == 0 else "CHANGES"
        return [[(told.upper(), theme.heading)]]

    def _schedule(self, name: str) -> wire_duty.Schedule | None:
        found = self._shown.schedules if self._shown else ()
        return next((one for one in found if one.name == name), None)

    def nothing(self) -> list[paint.Line]:
        if self._fault:
            return [[], [("  ! ", theme.danger), (self._fault, theme.plain)]]
        if self.view != "now" and self.found is None:
            return [[], [("  loading …", theme.muted)]]
        return [[], [("  No schedule is in the roster.", theme.muted)]]

    def head(self, width: int) -> paint.Line:
        if self.view == "week":
            return days.week_head(self.model, self.day, width - 1)
        return days.month_head(self.model, self.day, width - 1) if self.view == "month" else []

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self._schedule(self._plan_here())
        if self.view not in CALENDARS or one is None or self._shown is None:
            return []
        return days.day_lines(self.model, self._shown, one, self.day, width)

    def refresh_frame(self) -> None:
        super().refresh_frame()
        if self.composed:
            width = self.size.width - 2
            lines = self.preview_lines(self.table.cursor, width)
            rule: paint.Line = [("─" * self.size.width, theme.line)]
            self.query_one("#day", Pane).say([rule, *([(" ", theme.plain), *line] for line in lines)])

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        if self.view in CALENDARS:
            return self._day_status(), []
        empty = sum(not shift.person for shift in self.model.on_call)
        left: paint.Line = [(f" {phrases.count(len(self.model.on_call), 'schedule')}", theme.muted)]
        if empty:
            left.append((f" · ▲ {empty} with nobody on call", theme.warning))
        return left, []

    def _day_status(self) -> paint.Line:
        """The legend; in a window without room for the day in words, the day."""
        if self.wide or self.query_one("#day").display:
            return [(f" {days.LEGEND}", theme.faint)]
        spans = [span for line in self.preview_lines(None, 200) for span in (*line, (" · ", theme.faint))]
        return [(" ", theme.plain), *spans[:-1]]

    # ------------------------------------------------------------------ moving
    def _plan_here(self) -> str:
        kind, name = self.cursor_key
        return str(name) if kind == "plan" else ""

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        name = verb.id.partition(".")[2]
        if name == "open" and verb.id == "oncall.open" and not self._schedule_here():
            return "open: put the cursor on a schedule first"
        return ""

    # ------------------------------------------------------------------ verbs
    def schedule_here(self) -> wire_duty.Schedule | None:
        name, found = self._schedule_here(), self.found.schedules if self.found else ()
        return next((one for one in found if one.name == name), None)

    def day_here(self) -> date:
        kind, number = self.cursor_key
        if kind == "mine" and int(number) < len(self._mine):
            return self._mine[int(number)][1].starts_at.astimezone(self.model.zone).date()
        return self.day if self.view in CALENDARS else days.today(self.model)

    def changes_here(self) -> list[shifts.Change]:
        kind, name = self.cursor_key
        if kind == "change":
            return [self._changes[str(name)]]
        one = self.schedule_here()
        return self.changes_of_day(one, self.day_here()) if one and kind == "plan" else []

    def rest_here(self) -> Rest | None:
        kind, number = self.cursor_key
        return next((one for one in self.model.rests if kind == "rest" and one.id == number), None)

    def request_here(self) -> ShiftRequest | None:
        kind, number = self.cursor_key
        if kind == "asked":
            return self.model.request(int(number))
        return super().request_here() if kind in ("plan", "mine") else None

    def _schedule_here(self) -> str:
        """The schedule of the row under the cursor."""
        kind, name = self.cursor_key
        if kind == "asked" and (one := self.request_here()) is not None:
            return str(one.schedule)
        if kind == "plan":
            return str(name)
        if kind == "shift" and int(name) < len(self.model.on_call):
            return str(self.model.on_call[int(name)].schedule)
        if kind == "own" and int(name) < len(self.model.own_shifts):
            return str(self.model.own_shifts[int(name)].schedule)
        if kind == "mine" and int(name) < len(self._mine):
            return self._mine[int(name)][0]
        return ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("oncall.open"), exit_on_error=False)

    def do_open(self) -> None:
        self.app.push_screen(ScheduleScreen(self._schedule_here(), self.day_here()))

    def _person(self) -> str:
        """Whom `P` is about: of a calendar, who has it now."""
        kind, number = self.cursor_key
        people = sorted(self.model.people)
        if kind == "person":
            return people[int(number)] if int(number) < len(people) else ""
        schedule = self._schedule_here()
        return next((one.person for one in self.model.on_call if one.schedule == schedule), "")

    def do_policies(self) -> None:
        self.app.push_screen(PoliciesScreen())

    def do_requests(self) -> None:
        self.app.push_screen(RequestsScreen())

    def do_handovers(self) -> None:
        self.app.push_screen(HandoversScreen())

    def do_modes(self) -> None:
        self.app.push_screen(ModesScreen())

    def do_feeds(self) -> None:
        self.app.push_screen(FeedsScreen())

    def do_protection(self) -> None:
        one = self.schedule_here()
        self.app.push_screen(ProtectionScreen(calendar.team_of(self.model, one) if one else ""))

    def do_page(self) -> None:
        self.app.push_screen(paging.page_somebody(self.tui, person=self._person()))
