"""What people hold together step by step while one of them drives: the review of an incident, or a process retro.

A rule answers with a `Move`, or raises `FlowRefused` with what can be done instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from incidentd.domain.refusals import Refusal

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """What a step is called, what its facilitator reads out, and how long it usually takes."""

    title: str
    text: str
    usual: timedelta


def guide(title: str, minutes: int, text: str) -> Guide:
    """A guide of so many minutes."""
    return Guide(title=title, text=text, usual=timedelta(minutes=minutes))


def beside(order: Sequence[T], step: T, by: int) -> T | None:
    """The step that is `by` after another one (before it when negative); None beyond either end."""
    at = order.index(step) + by
    return order[at] if 0 <= at < len(order) else None


class Workshop(Protocol):
    """What is held. Each of its acts is a verb of the command line."""

    @property
    def subject(self) -> str:
        """What its events and timers carry."""
        ...

    @property
    def log(self) -> str:
        """How the kinds of its events and timers begin."""
        ...

    @property
    def called(self) -> str:
        """What it is called within a sentence, such as "the Incident Review"."""
        ...

    @property
    def held(self) -> bool:
        """Whether it is under way: running, or paused."""
        ...

    @property
    def paused(self) -> bool: ...

    @property
    def anybody_drives(self) -> bool:
        """Whether whoever takes part may take the driving over."""
        ...

    @property
    def unheld(self) -> tuple[str, str]:
        """How one that is not held stands, such as "is over", and what can be done about it."""
        ...

    @property
    def facilitator(self) -> str:
        """Who drives it, "" for nobody."""
        ...

    @property
    def step(self) -> str: ...

    @property
    def step_started_at(self) -> datetime: ...

    @property
    def step_ends_at(self) -> datetime | None:
        """None: no timer runs."""
        ...

    @property
    def left(self) -> float | None:
        """Seconds of the step that were left when it was paused."""
        ...

    def command(self, verb: str, more: str = "") -> str:
        """The command that does `verb` to it."""
        ...


class Attending(Protocol):
    """Somebody who takes part, or did."""

    @property
    def person(self) -> str: ...

    @property
    def present(self) -> bool: ...


class FlowRefused(Exception):  # noqa: N818
    """A rule of the workshop says no."""

    def __init__(self, text: str, remedy: str, field: str = "") -> None:
        super().__init__(text)
        self.refusal = Refusal(text, remedy, field)


class Fact(msgspec.Struct, frozen=True):
    """Something to be told in the event log."""

    kind: str
    data: Mapping[str, Any] = {}


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """New values of a workshop, and what is told of them. `new_step`: nobody is done any more."""

    changes: Mapping[str, Any] = {}
    facts: tuple[Fact, ...] = ()
    new_step: bool = False

    def __or__(self, other: Move) -> Move:
        """Both, `other` after this one."""
        return Move(
            changes={**self.changes, **other.changes},
            facts=(*self.facts, *other.facts),
            new_step=self.new_step or other.new_step,
        )

    def on(self, row: S) -> S:
        """The workshop as it is then."""
        return msgspec.structs.replace(row, **self.changes)


def must_be_held(row: Workshop) -> None:
    """Raises `FlowRefused` when the workshop is over, or has not begun."""
    if not row.held:
        stands, remedy = row.unheld
        raise FlowRefused(f"{row.called} {stands}", remedy, "state")


def must_run(row: Workshop, field: str) -> None:
    """Raises `FlowRefused` when the workshop is not held now, or pauses."""
    must_be_held(row)
    if row.paused:
        raise FlowRefused(f"{row.called} is paused", f"go on with it first: {row.command('resume')}", field)


# ------------------------------------------------------------------ time
def extended(row: Workshop, minutes: float, now: datetime) -> datetime:
    """When the step ends with so many minutes more; from now when its time is over or no timer ran."""
    return max(row.step_ends_at or now, now) + timedelta(minutes=minutes)


def paused(row: Workshop, now: datetime) -> dict[str, Any]:
    """Stop for now, for minutes or for days: the seconds that were left of the step are kept."""
    must_be_held(row)
    if row.paused:
        raise FlowRefused(f"{row.called} is paused already", f"go on: {row.command('resume')}", "pause")
    left = None if row.step_ends_at is None else max(0.0, (row.step_ends_at - now).total_seconds())
    return {"state": "paused", "step_ends_at": None, "left": left}


def resumed(row: Workshop, now: datetime) -> dict[str, Any]:
    """Go on, with what was left of the step."""
    must_be_held(row)
    if not row.paused:
        raise FlowRefused(f"{row.called} is not paused", f"pause it: {row.command('pause')}", "pause")
    return {
        "state": "running",
        "step_ends_at": None if row.left is None else now + timedelta(seconds=row.left),
        "left": None,
    }
