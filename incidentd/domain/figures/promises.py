"""Figures of promises: first answers to customers, pages taken in time, updates that came when they were promised."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.figures.cases import Case, of_incident, of_part
from incidentd.domain.figures.facts import Facts


def first_responses(facts: Facts) -> Iterator[Case]:
    """One a report whose clock has been decided: by an answer of a person, or by running out."""
    for one in facts.reports:
        if one.due_at is None or (one.responded_at is None and one.due_at > facts.now):
            continue
        kept = one.responded_at is not None and one.responded_at <= one.due_at
        yield of_part(
            facts, f"report:{one.id}", f"R-{one.id}", one.at, float(kept), one.incident_id,
            service=one.service, version=one.version, part=one.customer,
        )  # fmt: skip


def pages_in_time(facts: Facts) -> Iterator[Case]:
    """One a page that was acknowledged, or whose escalation moved on before anybody did."""
    for one in facts.pages:
        taken, moved = one.acknowledged_at, one.moved_on_at
        if taken is None and moved is None:
            continue
        in_time = taken is not None and (moved is None or taken <= moved)
        part = "in time" if in_time else "later" if taken is not None else "never"
        yield of_part(
            facts, f"page:{one.id}", f"P-{one.id}", one.at, float(in_time), one.incident_id,
            service=one.service, part=part,
        )  # fmt: skip


def updates_kept(facts: Facts) -> Iterator[Case]:
    """One a promise of an update that was kept or missed."""
    for one in facts.incidents.values():
        for promise in one.measures.promises:
            if promise.outcome in ("kept", "missed"):
                late = "late" if promise.told_at is not None else "not told"
                part = "kept" if promise.outcome == "kept" else late
                kept = float(promise.outcome == "kept")
                yield of_incident(facts, one, promise.promised_at, kept, part=part)


def updates_without_news(facts: Facts) -> Iterator[Case]:
    """One an update that followed another one to the same audience."""
    for one in facts.incidents.values():
        for said in one.said:
            if not said.first:
                yield of_incident(facts, one, said.at, float(said.nothing))
