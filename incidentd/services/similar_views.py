"""The similar incidents of a review as somebody may see them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from incidentd.domain.incident_facts import facts_of
from incidentd.domain.incidents import Incident
from incidentd.domain.resembling import Known
from incidentd.domain.review_masks import told
from incidentd.domain.reviews import Review
from incidentd.domain.similar_incidents import Chosen, Why, listed, locked
from incidentd.services.action_views import action_views, actions_of
from incidentd.services.factor_views import factors_of
from incidentd.services.incident_views import Seen
from incidentd.services.learnings import learnings_of
from incidentd.services.review_masks import masked_from
from incidentd.services.symptoms import known_of
from incidentd.storage import actions, facts, incidents, reviews, similar
from incidentd.wire import review_similar as wire_similar
from incidentd.wire.facts import Attempt
from incidentd.wire.review_records import Action


def why_locked(seen: Seen, row: Review, actor: str) -> str:
    """Why `actor` may not see now what was concluded of any of them, "" when they may."""
    people = reviews.members(seen.conn, [row.incident_id])[row.incident_id]
    mine = next((one for one in people if one.person == actor), None)
    present = mine is not None and mine.left_at is None
    return locked(row, present=present, factors_in=mine is not None and mine.factors_in_at is not None)


def similar_of(seen: Seen, row: Review, actor: str) -> wire_similar.SimilarIncidents:
    """While it is locked: facts only, and nothing that tells which one is there by chance."""
    chosen = {one.id: one for one in listed(row.similar)}
    cards = _cards(seen, list(chosen))
    if why := why_locked(seen, row, actor):
        return wire_similar.SimilarIncidents(locked=True, why=why, incidents=cards)
    masked = {one: by for one, by in masked_from(seen.conn, actor).items() if one in chosen}
    said = similar.answers(seen.conn, row.incident_id)
    return wire_similar.SimilarIncidents(
        locked=False,
        why=" ".join(f"INC-{one}: {told(by)}." for one, by in masked.items()),
        incidents=tuple(
            msgspec.structs.replace(
                one,
                score=chosen[one.id].score,
                reasons=chosen[one.id].reasons,
                chosen=chosen[one.id].chosen.value,
                conclusions=None if one.id in masked else _conclusions(seen, one.id, actor),
                differs=said.get(one.id, ()),
            )
            for one in cards
        ),
        open_actions=open_actions(seen, chosen.values(), masked),
    )


def _cards(seen: Seen, ids: list[int]) -> tuple[wire_similar.SimilarIncident, ...]:
    """What happened in each, the newest first."""
    rows = sorted(incidents.among(seen.conn, ids), key=lambda one: (one.started_at, one.id), reverse=True)
    tried = facts.attempts_of(seen.conn, ids)
    reviewed = reviews.having(seen.conn, ids)
    known = known_of(seen.conn, rows)
    return tuple(_card(one, symptoms, tried[one.id], reviewed) for one, symptoms in zip(rows, known, strict=True))


def _card(one: Incident, symptoms: Known, tried: Iterable[Attempt], reviewed: set[int]) -> wire_similar.SimilarIncident:
    return wire_similar.SimilarIncident(
        id=one.id,
        title=one.title,
        service=one.service,
        severity=one.severity,
        started_at=one.started_at,
        score=0,
        reasons=(),
        chosen="",
        facts=tuple(facts_of(one, symptoms, tried)),
        has_review=one.id in reviewed,
    )


def _conclusions(seen: Seen, incident_id: int, actor: str) -> wire_similar.Conclusions | None:
    row = reviews.get(seen.conn, incident_id)
    if row is None:
        return None
    return wire_similar.Conclusions(
        summary=row.sections.get("summary", ""),
        factors=factors_of(seen, row, actor),
        learnings=learnings_of(seen, row, actor),
        actions=actions_of(seen, incident_id),
    )


def open_actions(seen: Seen, chosen: Iterable[Chosen], masked: Mapping[int, int]) -> tuple[Action, ...]:
    """What is still to be done after those that are alike; that one is there by chance says nothing of its actions."""
    ids = [one.id for one in chosen if one.chosen is not Why.RANDOM and one.id not in masked]
    return action_views(seen.conn, actions.open_of(seen.conn, ids), seen.process, seen.now)
