"""Experiments on how a team works: what is tried until when, and the figure that was chosen before it began.

A figure that is chosen afterwards always tells what one hoped for, and a trial that ends when it looks good is no
trial: once an experiment runs, its figures, its days and its stop rule stand, and the question is asked at its end.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

import msgspec

from incidentd.domain.refusals import Refusal
from incidentd.domain.severity import Severity
from incidentd.domain.wall_clock import instant

SOON = timedelta(days=7)
"""So long before its end the owner is reminded, where it takes longer than that."""
AGAIN = timedelta(days=7)
"""How often the question is asked again."""
LONGEST = timedelta(days=730)
_WORDS = {
    "begins_on": "first day",
    "ends_on": "last day",
    "counter_figure": "counter-figure",
    "expects": "direction",
    "stop_rule": "stop rule",
}
CHANGEABLE = frozenset({"title", "owner_team"})
"""What may be changed once it runs."""


class State(enum.StrEnum):
    """Where an experiment stands."""

    PLANNED = "planned"
    RUNNING = "running"
    STOPPED = "stopped"  # before its end; the question is open
    ASKING = "asking"  # its time is over; the question is open
    DECIDED = "decided"


OPEN_QUESTION = frozenset({State.STOPPED, State.ASKING})


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment as stored. `adapts` is the one that it goes on from."""

    id: int
    title: str
    hypothesis: str
    figure: str
    expects: str
    counter_figure: str
    team: str
    service: str
    severity: Severity | None
    retro_id: int | None
    adapts: int | None
    process_version: str
    begins_on: date
    ends_on: date
    stop_rule: str
    before_days: int
    state: State
    owner_team: str
    by: str
    at: datetime
    stopped_at: datetime | None
    verdict: str
    why: str
    decided_by: str
    decided_at: datetime | None
    version: int

    @property
    def name(self) -> str:
        """How people call it."""
        return f"X-{self.id}"

    @property
    def subject(self) -> str:
        """What its events and timers carry."""
        return f"experiment:{self.id}"

    @property
    def asks(self) -> bool:
        """Whether somebody has to say what becomes of it."""
        return self.state in OPEN_QUESTION

    def begins_at(self, zone: str) -> datetime:
        """When its first day begins, on the clock of its owners."""
        return instant(datetime.combine(self.begins_on, time()), zone)

    def ends_at(self, zone: str) -> datetime:
        """When its last day is over."""
        return instant(datetime.combine(self.ends_on + timedelta(days=1), time()), zone)


# ------------------------------------------------------------------ what is written beforehand
def plan_fault(begins_on: date, ends_on: date, today: date) -> Refusal | None:
    """What is wrong with the days of an experiment that has not begun."""
    if begins_on < today:
        return Refusal(
            f"{begins_on} is over: an experiment is written before it begins",
            f"begin it on {today} or later",
            "begins_on",
        )
    if ends_on <= begins_on:
        return Refusal(f"it would end on {ends_on}, not after it begins on {begins_on}", "name a later day", "ends_on")
    if ends_on - begins_on > LONGEST:
        return Refusal("it would take more than two years", "end it sooner, and decide then", "ends_on")
    return None


def edit_fault(row: Experiment, fields: Iterable[str]) -> Refusal | None:
    """What cannot be changed any more."""
    late = sorted(set(fields) - CHANGEABLE)
    if row.state is State.DECIDED:
        return Refusal(f"{row.name} is decided", "write a new one that goes on from it: --adapts", "")
    if late and row.state is not State.PLANNED:
        return Refusal(
            f"{row.name} has begun: its {_WORDS.get(late[0], late[0])} was chosen beforehand, and stands",
            f"when its stop rule came true: incidentctl experiment end {row.name} --verdict stop; then write another",
            late[0],
        )
    return None


# ------------------------------------------------------------------ what happens by itself
def next_act(row: Experiment, zone: str, now: datetime) -> datetime | None:
    """When something is to be done about it next; None when nothing is."""
    if row.state is State.PLANNED:
        return row.begins_at(zone)
    if row.state is State.RUNNING:
        ends = row.ends_at(zone)
        soon = ends - SOON
        return soon if soon > max(now, row.begins_at(zone)) else ends
    return now + AGAIN if row.asks else None


# ------------------------------------------------------------------ its end
def end_fault(row: Experiment, verdict: str) -> Refusal | None:
    """Why an answer, or "stop", cannot be given now."""
    if row.state is State.DECIDED:
        return Refusal(
            f"{row.name} is decided: {row.verdict.replace('_', ' ')}", "write another that goes on from it", "verdict"
        )
    if row.state is State.PLANNED and verdict != "drop":
        return Refusal(f"{row.name} begins on {row.begins_on}", "before that it can only be dropped", "verdict")
    if row.state is State.RUNNING and verdict != "stop":
        return Refusal(
            f"{row.name} runs until {row.ends_on}: to decide when it looks good is to choose what one sees",
            "wait for its end; when its stop rule came true, or it does harm: --verdict stop",
            "verdict",
        )
    if row.asks and verdict == "stop":
        return Refusal(f"{row.name} is over", "say keep, adapt, drop or cannot_tell", "verdict")
    return None


# ------------------------------------------------------------------ beside others
def _meet(one: str, other: str) -> bool:
    return not one or not other or one == other


def shared(row: Experiment, other: Experiment) -> list[str]:
    """The figures that two look at, one of them at least as its figure, in the same place and on the same days."""
    if row.id == other.id or not same_place(row, other) or not _same_days(row, other):
        return []
    seen = ({row.figure} & {other.figure, other.counter_figure}) | ({row.counter_figure} & {other.figure})
    return sorted(seen)


def _same_days(row: Experiment, other: Experiment) -> bool:
    """Whether both ran on some day; one that was dropped before it began never did."""
    return max(row.begins_on, other.begins_on) <= min(last_day(row), last_day(other))


def same_place(row: Experiment, other: Experiment) -> bool:
    """Whether the scopes of two have something in common."""
    return (
        _meet(row.team, other.team)
        and _meet(row.service, other.service)
        and _meet(row.severity or "", other.severity or "")
    )


def last_day(row: Experiment) -> date:
    """The day on which it ended, or will."""
    over = row.stopped_at or (row.decided_at if row.state is State.DECIDED else None)
    return row.ends_on if over is None else min(row.ends_on, over.date())


def warnings(row: Experiment, others: Collection[Experiment]) -> tuple[str, ...]:
    """What else would move the same figures, and so leave no answer. It is said, and nothing is refused."""
    if row.state is State.DECIDED:
        return ()
    return tuple(
        f"{other.name} looks at {' and '.join(names)} too, {other.begins_on} to {last_day(other)}: "
        "which of them it was, no figure tells"
        for other in others
        if (names := shared(row, other))
    )


# ------------------------------------------------------------------ beside the question
def meanwhile(row: Experiment, others: Iterable[Experiment]) -> tuple[str, ...]:
    """What else was tried in the same place meanwhile: it may have moved the figures as well."""
    return tuple(
        f"{one.name} was tried too, {one.begins_on} to {last_day(one)}: {one.title}"
        for one in others
        if one.id != row.id and one.state is not State.PLANNED and same_place(row, one) and _same_days(row, one)
    )
