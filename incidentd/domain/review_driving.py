"""Who drives a review: one person at a time, whom others can follow when they are gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from incidentd.domain.review_flow import Fact, FlowRefused, Move
from incidentd.domain.reviews import Member, Review, State

STALLED = timedelta(minutes=30)
"""So long after the end of its time a step has been forgotten."""
NO_TIMER = timedelta(hours=2)
"""So long after it began, where no timer ran."""


def present(members: Iterable[Member], person: str) -> bool:
    """Whether somebody takes part now."""
    return any(one.person == person and one.present for one in members)


def must_take_part(row: Review, members: Iterable[Member], actor: str) -> None:
    """Raises `FlowRefused` for somebody who does not take part."""
    if not present(members, actor):
        remedy = f"join first: incidentctl review join INC-{row.incident_id}"
        raise FlowRefused(f"you do not take part in the {row.review_name}", remedy)


def must_drive(row: Review, members: Iterable[Member], actor: str) -> None:
    """Raises `FlowRefused` for anybody but its facilitator."""
    members = tuple(members)
    must_take_part(row, members, actor)
    if row.facilitator == actor:
        return
    take = f"take over: incidentctl review hand INC-{row.incident_id} me"
    if not row.facilitator:
        raise FlowRefused(f"nobody drives the {row.review_name}", take, "facilitator")
    remedy = f"ask {row.facilitator}" if not _free(row, members) else take
    raise FlowRefused(f"{row.facilitator} drives the {row.review_name}", remedy, "facilitator")


def _free(row: Review, members: Iterable[Member]) -> bool:
    """Whether others may take over without being asked, apart from a step that was forgotten."""
    gone = not row.facilitator or not present(members, row.facilitator)
    return gone or row.solo or row.state in (State.PAUSED, State.WRITTEN)


def stalled(row: Review, now: datetime) -> bool:
    """Whether nobody has gone on for so long that the facilitator has to be taken for gone."""
    over = row.step_started_at + NO_TIMER if row.step_ends_at is None else row.step_ends_at + STALLED
    return row.state is State.RUNNING and now >= over


def hand_over(row: Review, members: Iterable[Member], actor: str, person: str, now: datetime) -> Move:
    """Let `person` drive from now on. Its facilitator may hand it to anybody; who takes part may take over.

    Taking over needs that nobody drives, or that whoever does has left, or that the review is one of a few (solo),
    paused, over, or stuck at a step whose time has been over for half an hour.
    """
    members = tuple(members)
    if row.state is State.PUBLISHED:
        remedy = f"who sees to it: incidentctl incident role INC-{row.incident_id} review_owner HANDLE"
        raise FlowRefused(f"the {row.review_name} is published", remedy, "facilitator")
    must_take_part(row, members, actor)
    if person == row.facilitator:
        raise FlowRefused(f"{person} drives it already", "nothing is to be done", "facilitator")
    if actor != row.facilitator and not _free(row, members) and not stalled(row, now):
        raise FlowRefused(
            f"{row.facilitator} drives the {row.review_name}",
            "ask them to hand it over, or to leave; whoever takes part may take over while it is paused",
            "facilitator",
        )
    return Move(
        changes={"facilitator": person},
        facts=(Fact("review.handed", {"from": row.facilitator, "to": person, "taken": actor == person}),),
    )
