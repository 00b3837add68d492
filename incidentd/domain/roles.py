"""Roles are held over time ranges [starts_at, ends_at), and measured at every instant."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from incidentd.wire import RoleHolder


class Role(enum.StrEnum):
    """What somebody does in an incident; the last three belong to the review."""

    MITIGATION_LEAD = "mitigation_lead"
    COMMUNICATIONS_LEAD = "communications_lead"
    SCRIBE = "scribe"
    RESPONDER = "responder"
    SUPPORT_TRIAGER = "support_triager"
    FACILITATOR = "facilitator"
    NOTE_TAKER = "note_taker"
    REVIEW_OWNER = "review_owner"


EXCLUSIVE = frozenset({Role.MITIGATION_LEAD, Role.COMMUNICATIONS_LEAD})
"""Held by one person at a time: a new holder ends the former's range at that instant."""
OF_REVIEW = frozenset({Role.FACILITATOR, Role.NOTE_TAKER, Role.REVIEW_OWNER})
"""Planned work after the response: no interruption of somebody on project work."""
SEPARATION = "separation"
"""The key of the minutes in which one person held both leads although two were wanted."""


class Span(msgspec.Struct, frozen=True):
    """A stretch of the response. `separated`: mitigation and communications must be led by two people."""

    starts_at: datetime
    ends_at: datetime
    separated: bool


def holders(held: Iterable[RoleHolder], role: str, at: datetime) -> list[RoleHolder]:
    """Who held `role` at `at`, the longest holder first."""
    found = [
        one for one in held if one.role == role and one.starts_at <= at and (one.ends_at is None or at < one.ends_at)
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.id))


def current(held: Iterable[RoleHolder]) -> tuple[RoleHolder, ...]:
    """The ranges that have no end yet."""
    return tuple(one for one in held if one.ends_at is None)


class Passing(msgspec.Struct, frozen=True):
    """What giving a role changes: the ranges that end at its instant, and whether one begins."""

    ending: tuple[RoleHolder, ...] = ()
    begins: bool = False

    @property
    def former(self) -> tuple[str, ...]:
        """Who holds the role no longer."""
        return tuple(one.person for one in current(self.ending))


def given(held: Iterable[RoleHolder], role: str, person: str, at: datetime) -> Passing:
    """`person` holds `role` from `at` on. Nothing changes for somebody who holds it already.

    A lead has one holder at every instant: ranges that reach beyond an `at` in the past end there, ended ones too.
    """
    mine = [one for one in held if one.role == role]
    if any(one.person == person for one in current(mine)):
        return Passing()
    reaching = [one for one in mine if one.ends_at is None or one.ends_at > at]
    return Passing(tuple(reaching) if role in EXCLUSIVE else (), begins=True)


def left(held: Iterable[RoleHolder], role: str, person: str) -> tuple[RoleHolder, ...]:
    """The ranges that end when `person` holds `role` no longer, or with "" nobody does."""
    return tuple(one for one in current(held) if one.role == role and person in ("", one.person))


def _cuts(held: Sequence[RoleHolder], span: Span) -> list[datetime]:
    inside = {
        edge
        for one in held
        for edge in (one.starts_at, one.ends_at)
        if edge is not None and span.starts_at < edge < span.ends_at
    }
    return sorted({span.starts_at, span.ends_at, *inside})


def _pieces(held: Sequence[RoleHolder], spans: Iterable[Span]) -> Iterator[tuple[Span, set[str], set[str]]]:
    """The response cut where a lead changed: (piece, who led mitigation, who led communications)."""
    leads = [one for one in held if one.role in EXCLUSIVE]
    for span in spans:
        cuts = _cuts(leads, span)
        for start, end in pairwise(cuts):
            mitigation = {one.person for one in holders(leads, Role.MITIGATION_LEAD, start)}
            communications = {one.person for one in holders(leads, Role.COMMUNICATIONS_LEAD, start)}
            yield Span(start, end, span.separated), mitigation, communications


def broken_rules(separated: bool, mitigation: set[str], communications: set[str]) -> set[str]:
    """Which of the role rules is broken by these holders: role names, and `SEPARATION`."""
    broken: set[str] = set()
    if not mitigation:
        broken.add(Role.MITIGATION_LEAD)
    if separated and not communications:
        broken.add(Role.COMMUNICATIONS_LEAD)
    if separated and mitigation & communications:
        broken.add(SEPARATION)
    return broken


_MEASURED = (str(Role.MITIGATION_LEAD), str(Role.COMMUNICATIONS_LEAD), SEPARATION)


def gap_minutes(held: Sequence[RoleHolder], spans: Sequence[Span]) -> dict[str, float]:
    """Minutes of the response in which each role rule was broken."""
    total = dict.fromkeys(_MEASURED, 0.0)
    for piece, mitigation, communications in _pieces(held, spans):
        for rule in broken_rules(piece.separated, mitigation, communications):
            total[rule] += (piece.ends_at - piece.starts_at) / timedelta(minutes=1)
    return {rule: round(minutes, 3) for rule, minutes in total.items()}


def broken_since(held: Sequence[RoleHolder], spans: Sequence[Span]) -> dict[str, datetime]:
    """The role rules that are broken at the end of the last span, and since when without a pause."""
    since: dict[str, datetime] = {}
    last_end: datetime | None = None
    for piece, mitigation, communications in _pieces(held, spans):
        broken = broken_rules(piece.separated, mitigation, communications)
        joined = last_end == piece.starts_at
        since = {rule: since[rule] if joined and rule in since else piece.starts_at for rule in broken}
        last_end = piece.ends_at
    return _at_the_end(held, spans[-1], since) if spans else since


def _at_the_end(held: Sequence[RoleHolder], span: Span, since: dict[str, datetime]) -> dict[str, datetime]:
    """Pieces are open at their end: a role that is given or left at this very instant counts already."""
    at = span.ends_at
    mitigation = {one.person for one in holders(held, Role.MITIGATION_LEAD, at)}
    communications = {one.person for one in holders(held, Role.COMMUNICATIONS_LEAD, at)}
    return {rule: since.get(rule, at) for rule in broken_rules(span.separated, mitigation, communications)}
