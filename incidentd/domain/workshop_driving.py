"""Who drives a workshop: one person at a time, whom others can follow when they are gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from incidentd.domain.workshops import Attending, FlowRefused, Workshop

STALLED = timedelta(minutes=30)
"""So long after the end of its time a step has been forgotten."""
NO_TIMER = timedelta(hours=2)
"""So long after it began, where no timer ran."""


def present(members: Iterable[Attending], person: str) -> bool:
    """Whether somebody takes part now."""
    return any(one.person == person and one.present for one in members)


def must_take_part(row: Workshop, members: Iterable[Attending], actor: str) -> None:
    """Raises `FlowRefused` for somebody who does not take part."""
    if not present(members, actor):
        raise FlowRefused(f"you do not take part in {row.called}", f"join first: {row.command('join')}")


def must_drive(row: Workshop, members: Iterable[Attending], actor: str) -> None:
    """Raises `FlowRefused` for anybody but its facilitator."""
    members = tuple(members)
    must_take_part(row, members, actor)
    if row.facilitator == actor:
        return
    take = f"take over: {row.command('hand', 'me')}"
    if not row.facilitator:
        raise FlowRefused(f"nobody drives {row.called}", take, "facilitator")
    remedy = f"ask {row.facilitator}" if not _free(row, members) else take
    raise FlowRefused(f"{row.facilitator} drives {row.called}", remedy, "facilitator")


def _free(row: Workshop, members: Iterable[Attending]) -> bool:
    """Whether others may take over without being asked, apart from a step that was forgotten."""
    return row.anybody_drives or not row.facilitator or not present(members, row.facilitator)


def stalled(row: Workshop, now: datetime) -> bool:
    """Whether nobody has gone on for so long that the facilitator has to be taken for gone."""
    over = row.step_started_at + NO_TIMER if row.step_ends_at is None else row.step_ends_at + STALLED
    return row.held and not row.paused and now >= over


def must_hand_over(row: Workshop, members: Iterable[Attending], actor: str, person: str, now: datetime) -> None:
    """Raises `FlowRefused` unless `actor` may let `person` drive from now on.

    Its facilitator may hand it to anybody; who takes part may take over. That needs that nobody drives, or that
    whoever does has left, or that anybody drives it, or that it is stuck at a step whose time has been over for half an
    hour.
    """
    members = tuple(members)
    must_take_part(row, members, actor)
    if person == row.facilitator:
        raise FlowRefused(f"{person} drives it already", "nothing is to be done", "facilitator")
    if actor != row.facilitator and not _free(row, members) and not stalled(row, now):
        raise FlowRefused(
            f"{row.facilitator} drives {row.called}",
            "ask them to hand it over, or to leave; whoever takes part may take over while it is paused",
            "facilitator",
        )
