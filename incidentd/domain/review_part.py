"""What somebody who takes part in a review says of themselves: there, gone, done with the step, factors written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain.review_steps import Step
from incidentd.domain.reviews import Member, Review
from incidentd.domain.workshop_driving import must_take_part
from incidentd.domain.workshops import Fact, FlowRefused, must_be_held


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is said; None leaves it as it is."""

    present: bool | None = None
    done: bool | None = None
    factors_in: bool | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a member: whether they take part from now on, new values, and what is told."""

    joins: bool = False
    changes: Mapping[str, Any] = {}
    facts: tuple[Fact, ...] = ()


_SAID = {"done_step": "done", "factors_in_at": "factors_in"}


def take_part(row: Review, members: Iterable[Member], person: str, said: Said, now: datetime) -> Part:
    """Raises `FlowRefused` when the workshop is over, or for somebody who does not take part in it."""
    must_be_held(row)
    members = tuple(members)
    mine = next((one for one in members if one.person == person), None)
    if said.present is False:
        return _leave(mine, now)
    joins = bool(said.present) and (mine is None or not mine.present)
    if not joins:
        must_take_part(row, members, person)
    told: tuple[Fact, ...] = (Fact("review.joined", {"step": row.step, "back": mine is not None}),) if joins else ()
    changes = _done(row, mine, said, now)
    if changes:
        told += (Fact("review.done", {"step": row.step} | {_SAID[name]: bool(one) for name, one in changes.items()}),)
    return Part(joins=joins, changes=changes, facts=told)


def _leave(mine: Member | None, now: datetime) -> Part:
    if mine is None or not mine.present:
        return Part()
    return Part(changes={"left_at": now}, facts=(Fact("review.left"),))


def _done(row: Review, mine: Member | None, said: Said, now: datetime) -> dict[str, Any]:
    """Being done with the step of factors is the same as to say that one's own are in."""
    done, factors_in = said.done, said.factors_in
    if row.step is Step.FACTORS:
        done = factors_in if done is None else done
        factors_in = done if factors_in is None else factors_in
    changes: dict[str, Any] = {}
    if done is not None and done != (mine is not None and mine.done_step == row.step):
        changes["done_step"] = row.step if done else ""
    if factors_in is not None and factors_in != (mine is not None and mine.factors_in):
        if not factors_in and row.revealed_at is not None:
            raise FlowRefused(
                "the factors are shown already", "write what you add, it is seen when you wrote it", "factors_in"
            )
        changes["factors_in_at"] = now if factors_in else None
    return changes
