"""Theories about an incident, and the mitigations that are tried: written once, and added to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from incidentd.domain.incidents import Incident
from incidentd.services.errors import Conflict, Invalid, NotFound, Unknown
from incidentd.services.incident_status import checked_time
from incidentd.services.incident_views import existing
from incidentd.services.resembling import resembling_of
from incidentd.storage import facts
from incidentd.storage.schema_facts import attempts, theories
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire.facts import Attempt, JudgeTheory, ResemblingIncidents, TellOutcome, Theorise, Theory, Try, Verdict

T = TypeVar("T", Theory, Attempt)
_LISTED = "incidentctl incident show lists them"


class Attempts:
    """Implements `contracts.AttemptCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def resembling(self, incident_id: int) -> ResemblingIncidents:
        """What was tried in earlier incidents that resemble this one. Raises `NotFound`."""
        return await self._store.read(lambda conn: resembling_of(conn, existing(conn, incident_id)))

    async def theorise(self, incident_id: int, body: Theorise, actor: str) -> Theory:
        """Write down what may be going on. Raises `NotFound`."""

        def command(tx: Tx) -> Theory:
            incident = existing(tx.conn, incident_id, lock=True)
            number = facts.add(tx, theories, incident.id, actor, text=body.text)
            tx.emit("incident.theory", incident.subject, {"id": number, "text": body.text}, actor=actor)
            return _theory(tx, incident, number)

        return await self._store.write(command)

    async def judge(self, incident_id: int, theory_id: int, body: JudgeTheory, actor: str) -> Theory:
        """Say what speaks for or against a theory, or what is thought of it now. Raises `NotFound`, `Invalid`."""
        given = body.why.strip() or (body.verdict != "ruled_out" and body.evidence.strip())
        if not given and body.verdict != "open":
            raise Invalid("say why", field="why", remedy="what was seen that says so, in a few words")

        def command(tx: Tx) -> Theory:
            incident = existing(tx.conn, incident_id, lock=True)
            theory = _theory(tx, incident, theory_id)
            said = {"why": body.why, "evidence": body.evidence}
            verdict = Verdict(at=tx.now, recorded_at=tx.now, by=actor, word=body.verdict, **said)
            facts.judge(tx, "theory", theory_id, incident.id, verdict)
            told = {"id": theory_id, "text": theory.text, "verdict": body.verdict, **said}
            tx.emit("incident.theory_judged", incident.subject, told, actor=actor)
            return _theory(tx, incident, theory_id)

        return await self._store.write(command)

    async def attempt(self, incident_id: int, body: Try, actor: str) -> Attempt:
        """Write down that something is tried. Raises `NotFound`, `Invalid`."""

        def command(tx: Tx) -> Attempt:
            incident = existing(tx.conn, incident_id, lock=True)
            if body.theory_id is not None and _found(facts.theories_of(tx.conn, incident.id), body.theory_id) is None:
                raise Unknown(f"INC-{incident.id} has no theory {body.theory_id}", field="theory_id", remedy=_LISTED)
            values = {
                "text": body.text,
                "person": body.person.strip() or actor,
                "theory_id": body.theory_id,
                "started_at": checked_time(body.started_at, tx.now, "started_at"),
            }
            number = facts.add(tx, attempts, incident.id, actor, **values)
            told = values | {"id": number, "at": values["started_at"]}
            tx.emit("incident.tried", incident.subject, told, actor=actor)
            return _attempt(tx, incident, number)

        return await self._store.write(command)

    async def tell_outcome(self, incident_id: int, attempt_id: int, body: TellOutcome, actor: str) -> Attempt:
        """Say what came of an attempt; told again, the last one counts. Raises `NotFound`, `Invalid`, `Conflict`."""

        def command(tx: Tx) -> Attempt:
            incident = existing(tx.conn, incident_id, lock=True)
            tried = _attempt(tx, incident, attempt_id)
            at = checked_time(body.at, tx.now, "at")
            if at < tried.started_at:
                raise Invalid("this is before it was tried", field="at", remedy="leave it out for now")
            if tried.outcome == body.outcome and not (body.why.strip() or body.evidence.strip()):
                raise Conflict(f"attempt {attempt_id} is known to be so already", current=tried)
            said = {"why": body.why, "evidence": body.evidence}
            verdict = Verdict(at=at, recorded_at=tx.now, by=actor, word=body.outcome, **said)
            facts.judge(tx, "attempt", attempt_id, incident.id, verdict)
            told = {"id": attempt_id, "text": tried.text, "outcome": body.outcome, "at": at, **said}
            tx.emit("incident.outcome", incident.subject, told | {"started_at": tried.started_at}, actor=actor)
            return _attempt(tx, incident, attempt_id)

        return await self._store.write(command)


def _found(rows: Sequence[T], number: int) -> T | None:
    return next((one for one in rows if one.id == number), None)


def _theory(tx: Tx, incident: Incident, theory_id: int) -> Theory:
    found = _found(facts.theories_of(tx.conn, incident.id), theory_id)
    if found is None:
        raise NotFound(f"INC-{incident.id} has no theory {theory_id}", remedy=_LISTED)
    return found


def _attempt(tx: Tx, incident: Incident, attempt_id: int) -> Attempt:
    found = _found(facts.attempts_of(tx.conn, [incident.id])[incident.id], attempt_id)
    if found is None:
        raise NotFound(f"INC-{incident.id} has no attempt {attempt_id}", remedy=_LISTED)
    return found
