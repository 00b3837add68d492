"""What the event log says of modes, absences, interruptions and the work of a team; `protection` measures it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from incidentd.domain.duty_changes import Absence
from incidentd.domain.interruptions import Interruption
from incidentd.domain.modes import ModeBlock
from incidentd.wire import Event

STATES = (
    "mode.set", "mode.changed", "mode.ended", "mode.cancelled", "absence.set", "absence.ended", "absence.cancelled"
)  # fmt: skip
"""Events that say what stands: they are wanted from the beginning of the log on."""
_LET_GO = ("page.handed_back", "page.ack_lapsed")
HAPPENED = ("interruption.recorded", "interruption.withdrawn", "page.step", "page.acknowledged", *_LET_GO)
"""Events that happen at a time: those of the time that is measured suffice."""
KINDS = (*STATES, *HAPPENED)
T = TypeVar("T", ModeBlock, Absence, Interruption)


class Reached(msgspec.Struct, frozen=True):
    """`person` was written to by a page."""

    person: str
    at: datetime
    subject: str


class Handled(msgspec.Struct, frozen=True):
    """`person` took a page on."""

    person: str
    at: datetime
    subject: str


class Log(msgspec.Struct, frozen=True):
    """What stands at the end of the log, and what happened in it."""

    blocks: tuple[ModeBlock, ...] = ()
    absences: tuple[Absence, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    reached: tuple[Reached, ...] = ()
    handled: tuple[Handled, ...] = ()


def read(events: Iterable[Event], practice: Iterable[str] = ()) -> Log:
    """Fold events, oldest first. `practice` are the pages ("page:4") of drills, which count for nothing.

    Whoever acknowledged a page last, and neither handed it back nor let it lapse, has handled it.
    """
    left_out = frozenset(practice)
    blocks: dict[int, ModeBlock] = {}
    absences: dict[int, Absence] = {}
    interruptions: dict[int, Interruption] = {}
    reached: list[Reached] = []
    handled: dict[str, Handled] = {}
    for event in events:
        sort, _, what = event.kind.partition(".")
        if event.subject in left_out:
            continue
        if sort == "mode" and what != "planned":
            _keep(blocks, ModeBlock, event.data)
        elif sort == "absence":
            _keep(absences, Absence, event.data)
        elif sort == "interruption":
            _keep(interruptions, Interruption, event.data)
        elif event.kind == "page.step":
            reached += [Reached(one, event.at, event.subject) for one in _people(event.data)]
        elif event.kind == "page.acknowledged":
            handled[event.subject] = Handled(event.actor, event.at, event.subject)
        elif event.kind in _LET_GO:
            handled.pop(event.subject, None)
    return Log(
        blocks=tuple(one for one in blocks.values() if not one.cancelled),
        absences=tuple(one for one in absences.values() if not one.cancelled),
        interruptions=tuple(one for one in interruptions.values() if not one.withdrawn),
        reached=tuple(reached),
        handled=tuple(handled.values()),
    )


def _people(data: Mapping[str, Any]) -> Iterable[str]:
    return map(str, data["people"])


def _keep(into: dict[int, T], kind: type[T], data: Mapping[str, Any]) -> None:
    one = msgspec.convert(data, kind)
    into[one.id] = one
