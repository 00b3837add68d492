"""What is known of an incident, as rows that are added and never changed; what was said later decides their state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from incidentd.domain.attempts import outcome, theory_state
from incidentd.domain.impact import claim_state
from incidentd.domain.incidents import Incident, Status
from incidentd.storage import incidents
from incidentd.storage.schema import incidents as incidents_table
from incidentd.storage.schema_facts import attempts, fact_verdicts, impact_claims, theories
from incidentd.storage.tx import Tx
from incidentd.wire.facts import Attempt, ImpactClaim, ImpactFigure, Theory, Verdict

_VERDICT = Verdict.__struct_fields__


def add(tx: Tx, table: Table, incident_id: int, actor: str, **values: Any) -> int:
    """Store a claim, a theory or an attempt; returns its number."""
    statement = insert(table).values(incident_id=incident_id, at=tx.now, by=actor, **values)
    number: int = tx.conn.execute(statement.returning(table.c.id)).scalar_one()
    return number


def judge(tx: Tx, fact: str, fact_id: int, incident_id: int, verdict: Verdict) -> None:
    """Append what was said of a claim, a theory or an attempt."""
    said = {name: getattr(verdict, name) for name in _VERDICT}
    tx.conn.execute(insert(fact_verdicts).values(fact=fact, fact_id=fact_id, incident_id=incident_id, **said))


def _rows(conn: Connection, table: Table, incident_ids: Iterable[int]) -> list[Row[Any]]:
    query = select(table).where(table.c.incident_id.in_(list(incident_ids))).order_by(table.c.id)
    return list(conn.execute(query))


def _said(conn: Connection, fact: str, incident_ids: Iterable[int]) -> dict[int, tuple[Verdict, ...]]:
    found: dict[int, tuple[Verdict, ...]] = {}
    for row in _rows(conn, fact_verdicts, incident_ids):
        if row.fact == fact:
            verdict = Verdict(**{name: getattr(row, name) for name in _VERDICT})
            found[row.fact_id] = (*found.get(row.fact_id, ()), verdict)
    return found


def claims(conn: Connection, incident_id: int) -> tuple[ImpactClaim, ...]:
    """Every claim about the impact, oldest first."""
    return claims_of(conn, [incident_id])[incident_id]


def claims_of(conn: Connection, incident_ids: Iterable[int]) -> dict[int, tuple[ImpactClaim, ...]]:
    """Every claim about the impact of some incidents, by incident and oldest first."""
    found: dict[int, tuple[ImpactClaim, ...]] = dict.fromkeys(incident_ids, ())
    rows = _rows(conn, impact_claims, found)
    said = _said(conn, "claim", found) if rows else {}
    replaced = {row.replaces: row.id for row in rows if row.replaces is not None}
    for row in rows:
        claim = ImpactClaim(
            id=row.id,
            affected=row.affected,
            figure=ImpactFigure(low=row.low, high=row.high, unit=row.unit),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            source=row.source,
            evidence=row.evidence,
            suspected=row.suspected,
            at=row.at,
            by=row.by,
            replaces=row.replaces,
            replaced_by=replaced.get(row.id),
            state=claim_state(said.get(row.id, ()), replaced.get(row.id)),
            verdicts=said.get(row.id, ()),
        )
        found[row.incident_id] = (*found[row.incident_id], claim)
    return found


def theories_of(conn: Connection, incident_id: int) -> tuple[Theory, ...]:
    """Every theory, oldest first."""
    rows = _rows(conn, theories, [incident_id])
    said = _said(conn, "theory", [incident_id]) if rows else {}
    return tuple(
        Theory(
            id=row.id,
            text=row.text,
            at=row.at,
            by=row.by,
            state=theory_state(said.get(row.id, ())),
            verdicts=said.get(row.id, ()),
        )
        for row in rows
    )


def attempts_of(conn: Connection, incident_ids: Iterable[int]) -> dict[int, tuple[Attempt, ...]]:
    """What was tried in some incidents, by incident and oldest first."""
    found: dict[int, tuple[Attempt, ...]] = dict.fromkeys(incident_ids, ())
    rows = _rows(conn, attempts, found)
    said = _said(conn, "attempt", found) if rows else {}
    for row in rows:
        tried = Attempt(
            id=row.id,
            text=row.text,
            person=row.person,
            theory_id=row.theory_id,
            started_at=row.started_at,
            at=row.at,
            by=row.by,
            outcome=outcome(said.get(row.id, ())),
            verdicts=said.get(row.id, ()),
        )
        found[row.incident_id] = (*found[row.incident_id], tried)
    return found


def tried_in(conn: Connection, besides: Incident, newest: int, oldest: int) -> list[Incident]:
    """The newest and the oldest real incidents before `besides` in which something was tried; none that was merged."""
    tried = select(attempts.c.incident_id)
    real = incidents_table.c.drill_id.is_(None) & (incidents_table.c.status != Status.MERGED)
    ids = select(incidents_table.c.id).where(incidents_table.c.id.in_(tried), incidents_table.c.id < besides.id, real)
    last = conn.execute(ids.order_by(incidents_table.c.id.desc()).limit(newest)).scalars().all()
    first = conn.execute(ids.order_by(incidents_table.c.id).limit(oldest)).scalars().all()
    some = sorted({*last, *first})
    return incidents.listed(conn, incidents_table.c.id.in_(some), None, len(some))
