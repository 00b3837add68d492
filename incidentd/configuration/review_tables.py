"""`[review]` of process.toml: what the review is called, when it may be held, and whose business days count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import pydantic

from incidentd.configuration.support_tables import CalendarTable, business_calendar
from incidentd.configuration.values import Duration, Name, Table
from incidentd.domain.people import Roster
from incidentd.domain.process import DEFAULT_REVIEW_NAME, DEFAULT_REVIEW_WINDOWS, Process, ReviewWindow
from incidentd.domain.review_words import name_problem
from incidentd.domain.severity import Severity


class WindowTable(Table):
    floor: Duration
    ceiling_business_days: Annotated[int, pydantic.Field(ge=1, le=90)]


class ReviewTable(Table):
    """`teams` are the business days of teams that have others than `calendar` says."""

    name: Annotated[str, pydantic.Field(min_length=1, max_length=60, pattern=r"\S")] = DEFAULT_REVIEW_NAME
    windows: dict[Severity, WindowTable] = pydantic.Field(default={})
    none: tuple[Severity, ...] = ()  # severities that need no review although they have a window by default
    facilitators: Annotated[tuple[str, ...], pydantic.Field(max_length=100)] = ()
    calendar: CalendarTable = CalendarTable()
    teams: dict[Name, CalendarTable] = pydantic.Field(default={})


def review_settings(table: ReviewTable) -> Mapping[str, Any]:
    """The fields of `Process` that the table states."""
    return {
        "review_name": table.name.strip(),
        "review_windows": _windows(table),
        "facilitators": table.facilitators,
        "review_calendar": business_calendar(table.calendar),
        "review_calendars": {name: business_calendar(one) for name, one in table.teams.items()},
    }


def _windows(table: ReviewTable) -> dict[Severity, ReviewWindow]:
    windows = dict(DEFAULT_REVIEW_WINDOWS)
    for severity, one in table.windows.items():
        windows[severity] = ReviewWindow(floor=one.floor, ceiling_business_days=one.ceiling_business_days)
    return {severity: window for severity, window in windows.items() if severity not in table.none}


def review_problems(process: Process, roster: Roster) -> Iterable[str]:
    """What is odd about `[review]`: the name, and whom it names that the roster does not have."""
    if problem := name_problem(process.review_name):
        yield problem
    for name in process.review_calendars if roster.teams else ():
        if name not in roster.teams:
            yield f"review.teams names team {name}, which the roster does not have"
    for handle in process.facilitators if roster.people else ():
        if handle not in roster.people:
            yield f"review.facilitators names {handle}, whom the roster does not have"
