"""Interruptions: recorded when a page reaches somebody on project work, or by hand; a reason is always given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from incidentd.domain.incidents import Incident
from incidentd.domain.interruptions import GIVEN, LONGEST_AGO, Interruption, Reason, Source, reason_of_step, told
from incidentd.domain.people import Roster, Step
from incidentd.services.errors import Conflict, Invalid, NotFound, Unknown
from incidentd.services.modes import check_team
from incidentd.storage import duty_changes, interruptions
from incidentd.storage.pages import PageRow
from incidentd.storage.store import Store
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import protection as wire_protection

_WORDS = ", ".join(GIVEN)


class Interruptions:
    """Implements `contracts.InterruptionCalls`."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    async def list(self, team: str, days: int) -> wire_protection.Interruptions:
        """Those of a team's people (or of all, "") in the last days, the newest first. Raises `NotFound`."""
        roster, now = self._roster(), self._store.clock.now()
        check_team(roster, team)
        start, end = now - timedelta(days=days), now + timedelta(microseconds=1)
        found = await self._store.read(lambda conn: interruptions.between(conn, start, end))
        members = roster.teams[team].members if team else ()
        return wire_protection.Interruptions(
            starts_at=start, interruptions=tuple(view(one) for one in found if not team or one.person in members)
        )

    async def record(self, body: wire_protection.RecordInterruption, actor: str) -> wire_protection.Interruption:
        """Say that somebody on project work was pulled in. Raises `Invalid`."""
        person = body.person or actor
        roster = self._roster()
        if person not in roster.people:
            raise Unknown(f"there is no person {person!r}", field="person", remedy="incidentctl people lists them")
        if body.service and body.service not in roster.services:
            what = f"there is no service {body.service!r}"
            raise Unknown(what, field="service", remedy="incidentctl services lists them")
        if body.reason == "other" and not body.note.strip():
            raise Invalid("another reason wants a note", field="note", remedy="say it in a few words")

        def command(tx: Tx) -> Interruption:
            at = body.at or tx.now
            if not tx.now - LONGEST_AGO <= at <= tx.now:
                raise Invalid(f"not within the last {LONGEST_AGO.days} days", field="at", remedy="write another time")
            if not interruptions.on_project_work(tx.conn, [person], at):
                remedy = f"incidentctl mode set {person} project --weeks 2 says that they are from now on"
                what = f"{person} was not on project work then: only that is protected"
                raise Invalid(what, field="person", remedy=remedy)
            one = Interruption(
                id=0,
                person=person,
                at=at,
                source=Source(body.source),
                reason=Reason(body.reason),
                service=body.service,
                note=body.note.strip(),
                by=actor,
            )
            return _recorded(tx, one)

        return view(await self._store.write(command))

    async def withdraw(self, interruption_id: int, note: str, actor: str) -> wire_protection.Interruption:
        """It was none, or was recorded twice: it no longer counts. Raises `NotFound`, `Conflict`."""

        def command(tx: Tx) -> Interruption:
            one = interruptions.get(tx.conn, interruption_id, lock=True)
            if one is None:
                raise NotFound(f"there is no interruption {interruption_id}", field="id", remedy="interruption list")
            if one.withdrawn:
                raise Conflict(f"interruption {interruption_id} is withdrawn already", current=view(one))
            gone = interruptions.withdraw(tx, one, note.strip())
            tx.emit("interruption.withdrawn", _subject(gone), _data(gone), actor=actor)
            return gone

        return view(await self._store.write(command))


# ---------------------------------------------------------------------- within a transaction
class Interrupted(NamedTuple):
    """The reason that somebody gave for it, "" where the policy itself is the reason."""

    reason: str = ""
    by: str = SYSTEM


BY_POLICY = Interrupted()


def interrupted_by_step(
    tx: Tx, page: PageRow, people: Iterable[str], taken: Step, given: Interrupted = BY_POLICY
) -> None:
    """An escalation step has written to `people`: record those on project work, once for a page.

    `page` is as it was when the step was taken. The person to whom somebody sent it was recorded with their reason.
    """
    if page.drill_id is not None:
        return
    others = [one for one in people if one != page.person]
    if given.reason:
        _of_page(tx, page, others, lambda _: Reason(given.reason), given.by)
    else:
        _of_page(tx, page, others, lambda person: reason_of_step(person, taken, page.step, page.round), SYSTEM)


def interrupted_by_hand(tx: Tx, page: PageRow, person: str, reason: str, actor: str) -> None:
    """Somebody has paged `person` or handed them a page; `check_reason` was asked before."""
    if reason:
        _of_page(tx, page, [person], lambda _: Reason(reason), actor)


def interrupted_by_taking(tx: Tx, page: PageRow, person: str) -> None:
    """`person` has taken a page over from somebody: their hands were needed."""
    if page.drill_id is None:
        _of_page(tx, page, [person], lambda _: Reason.HANDS, person)


def interrupted_by_role(tx: Tx, incident: Incident, person: str, reason: str, actor: str) -> None:
    """`person` has got a role of the response, or took it: recorded once for an incident.

    Nothing of a response is refused, so that without a reason it counts as hands that were needed.
    Raises `Invalid` for a reason that is none.
    """
    if reason:
        check_reason(tx, "", reason)
    if incident.drill_id is None:
        given = Reason(reason or Reason.HANDS)
        _reached(tx, Source.INCIDENT, incident.subject, incident.service, [person], lambda _: given, actor)


def interrupted_by_call(tx: Tx, subject: str, person: str, note: str, by: str) -> None:
    """A caller was put through to `person`, whose turn it was: recorded once for a call."""
    _reached(tx, Source.CALL, subject, "", [person], lambda _: Reason.SCHEDULED, by, note)


def check_reason(tx: Tx, person: str, reason: str) -> None:
    """Raise `Invalid` for a reason that is none, and when `person` is on project work and there is none."""
    if reason and reason not in GIVEN:
        raise Invalid(f"{reason!r} is no reason", field="interruption", remedy=f"give one of {_WORDS}")
    if reason or not person or not interruptions.on_project_work(tx.conn, [person], tx.now):
        return
    blocks = duty_changes.mode_blocks_between(tx.conn, tx.now, tx.now + timedelta(microseconds=1))
    support = sorted({one.person for one in blocks if one.mode == "support"})
    instead = f"page somebody in support ({', '.join(support)}), or " if support else ""
    raise Invalid(
        f"{person} is on project work: to reach them wants a reason",
        field="interruption",
        remedy=f"{instead}give one of {_WORDS}",
    )


def _of_page(tx: Tx, page: PageRow, people: Iterable[str], reason: Callable[[str], Reason], by: str) -> None:
    _reached(tx, Source.PAGE, page.subject, page.service, people, reason, by)


def _reached(
    tx: Tx,
    source: Source,
    subject: str,
    service: str,
    people: Iterable[str],
    reason: Callable[[str], Reason],
    by: str,
    note: str = "",
) -> None:
    """Record those of `people` who are on project work, once for a subject."""
    found = interruptions.on_project_work(tx.conn, list(people), tx.now)
    known = interruptions.recorded_for(tx.conn, subject) if found else set()
    for person in found:
        if person not in known:
            one = Interruption(
                id=0,
                person=person,
                at=tx.now,
                source=source,
                reason=reason(person),
                subject=subject,
                service=service,
                note=note,
                by=by,
            )
            _recorded(tx, one)


def _recorded(tx: Tx, one: Interruption) -> Interruption:
    stored = interruptions.add(tx, one)
    tx.emit("interruption.recorded", _subject(stored), _data(stored), actor=one.by)
    return stored


def _subject(one: Interruption) -> str:
    """What its events are about: the page, so that they stand in the trace of its alerts."""
    return one.subject or f"interruption:{one.id}"


def _data(one: Interruption) -> dict[str, Any]:
    return {**msgspec.to_builtins(one), "text": told(one)}


def view(one: Interruption) -> wire_protection.Interruption:
    """A stored interruption as callers see it."""
    return wire_protection.Interruption(**msgspec.structs.asdict(one))
