"""What figures are reckoned from, read from the log in parts; `figure_steps` says how."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from incidentd.domain import episodes, reports
from incidentd.domain.figures import catalogue
from incidentd.domain.figures.facts import (
    ActionFacts,
    FactorFacts,
    Facts,
    GroupFacts,
    IncidentFacts,
    LearningFacts,
    ReportFacts,
    ReviewFacts,
    Said,
)
from incidentd.domain.impact import disputed_starts
from incidentd.domain.incidents import ENDED, Incident
from incidentd.domain.measures import ACKNOWLEDGED, OWN_KINDS, measure
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.severity import Severity
from incidentd.domain.signs import ever_linked
from incidentd.domain.updates import says_nothing_new
from incidentd.services.figure_pages import Known, page_facts
from incidentd.services.figure_steps import Steps, parts, rows_of
from incidentd.services.figure_teams import members_of, team_facts
from incidentd.storage import event_log, facts, figures, incidents
from incidentd.wire import Event, Update
from incidentd.wire.facts import ImpactClaim

_INCIDENTS = 25  # whose events are in memory at a time
_KNOWN = 50_000  # incidents, and pages, whose facts stay in memory from one look to the next
_SUBJECTS = 500  # in one query
_OTHERS = (*episodes.KINDS, *ACKNOWLEDGED, "report.opened")
_OUTCOMES = reports.OUTCOMES | {reports.State.FOLLOWED_UP, reports.State.CLOSED}
_SHOWN = ("written", "published")


class Memo:
    """What was reckoned before and cannot have changed: incidents that are over, by the newest event about each.

    It is of one process and one roster; with others everything is reckoned anew.
    """

    def __init__(self) -> None:
        self.of: tuple[Process, Roster] | None = None
        self.incidents: dict[int, tuple[int, IncidentFacts]] = {}
        self.pages: Known = {}

    def hold(self, process: Process, roster: Roster) -> None:
        """Forget what was reckoned by others, and of incidents and of pages all but the `_KNOWN` that came last."""
        if self.of is None or self.of[0] is not process or self.of[1] is not roster:
            self.of, self.incidents, self.pages = (process, roster), {}, {}
        for known in (self.incidents, self.pages):
            for old in list(known)[:-_KNOWN]:
                del known[old]


class Material(msgspec.Struct, frozen=True):
    """What is read of some incidents at once, apart from the events of others."""

    own: event_log.RawEvents
    page_ids: dict[int, tuple[int, ...]]
    updates: dict[int, tuple[Update, ...]]
    claims: dict[int, tuple[ImpactClaim, ...]]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """When and by which process and roster it is looked. `masked`: incidents whose conclusions the caller may not see.

    `since`: what teams did before is not read.
    """

    now: datetime
    process: Process
    roster: Roster
    masked: Collection[int] = ()
    since: datetime | None = None


def all_facts(look: Look, reads: Collection[str], memo: Memo) -> Steps[Facts]:
    """What the figures that read `reads` are reckoned from."""
    memo.hold(look.process, look.roster)
    found: dict[str, Any] = {"versions": (yield figures.versions)}
    told: dict[int, IncidentFacts] = {}
    if catalogue.INCIDENTS in reads:
        found["incidents"] = told = yield from _incidents(look, memo)
    if catalogue.PAGES in reads:
        people = members_of(look.roster, look.roster.people, look.since or _first(told, look.now), look.now)
        found["pages"] = yield from page_facts(people, told, memo.pages)
    if catalogue.GROUPS in reads:
        rows = yield from rows_of(figures.real_groups)
        found["groups"] = [GroupFacts(one.id, one.opened_at, one.service, bool(one.paged)) for one in rows]
    if catalogue.REPORTS in reads:
        rows = yield from rows_of(figures.all_reports)
        found["reports"] = [_report(one, told) for one in rows]
    if catalogue.REVIEWS in reads:
        found |= yield from _reviews(look)
    if catalogue.TEAMS in reads:
        found |= msgspec.structs.asdict((yield from team_facts(look.roster, look.now, look.since)))
    teams = {name: one.team for name, one in look.roster.services.items()}
    return Facts(now=look.now, review_name=look.process.review_name, teams=teams, **found)


def _first(told: Mapping[int, IncidentFacts], now: datetime) -> datetime:
    return min((one.incident.started_at for one in told.values()), default=now)


# ------------------------------------------------------------------ incidents
def _incidents(look: Look, memo: Memo) -> Steps[dict[int, IncidentFacts]]:
    rows: list[Incident] = yield from rows_of(figures.real_incidents, 200)
    found: dict[int, IncidentFacts] = {}
    stale: list[Incident] = []
    seqs: dict[str, int] = {}
    for some in parts(rows, 500):
        seqs |= yield partial(figures.last_seqs, subjects=[one.subject for one in some])
    for row in rows:
        seq, known = memo.incidents.get(row.id, (-1, None))
        if known is not None and seq == seqs.get(row.subject, 0):
            found[row.id] = msgspec.structs.replace(known, incident=row)
        else:
            stale.append(row)
    for some in parts(stale, _INCIDENTS):
        for one in (yield from _told(look, some)):
            found[one.incident.id] = one
            if _is_over(one):
                memo.incidents[one.incident.id] = (seqs.get(one.incident.subject, 0), one)
    return {row.id: found[row.id] for row in rows}


def _is_over(one: IncidentFacts) -> bool:
    """Whether time alone changes nothing any more."""
    episodes_over = all(episode.ended_at is not None for episode in one.measures.episodes)
    waits = any(promise.outcome == "open" for promise in one.measures.promises)
    return (one.incident.status in ENDED or one.incident.resolved_at is not None) and episodes_over and not waits


def _told(look: Look, rows: Sequence[Incident]) -> Steps[list[IncidentFacts]]:
    """Some incidents with their measures."""
    material: Material = yield partial(_material, rows)
    own: dict[str, list[Event]] = {row.subject: [] for row in rows}
    for event in event_log.read_raw(material.own):
        own[event.subject].append(event)
    others = {row.id: _others(own[row.subject], material.page_ids[row.id]) for row in rows}
    subjects = sorted(set().union(*others.values()))
    about: dict[str, list[Event]] = {subject: [] for subject in subjects}
    for some in parts(subjects, _SUBJECTS):
        raw = yield partial(event_log.raw_of_subjects, subjects=some, kinds=_OTHERS)
        for event in event_log.read_raw(raw):
            about[event.subject].append(event)
    return [
        _incident(look, row, own[row.subject], [event for one in others[row.id] for event in about[one]], material)
        for row in rows
    ]


def _material(rows: Sequence[Incident], conn: Connection) -> Material:
    ids = [row.id for row in rows]
    return Material(
        own=event_log.raw_of_subjects(conn, [row.subject for row in rows], OWN_KINDS),
        page_ids=incidents.page_ids_of(conn, rows),
        updates=incidents.updates(conn, ids),
        claims=facts.claims_of(conn, ids),
    )


def _others(own: Iterable[Event], page_ids: Iterable[int]) -> set[str]:
    alert_ids, report_ids = ever_linked(own)
    return {
        *(f"alert:{one}" for one in alert_ids),
        *(f"report:{one}" for one in report_ids),
        *(f"page:{one}" for one in page_ids),
    }


def _incident(
    look: Look, row: Incident, own: Sequence[Event], others: Iterable[Event], material: Material
) -> IncidentFacts:
    history = sorted([*own, *others], key=lambda one: one.seq)
    measures = measure(row.id, history, look.process, look.now)
    declared = next((str(one.data["severity"]) for one in own if one.kind == "incident.declared"), None)
    started = measures.episodes[0].started_at if measures.episodes else row.started_at
    return IncidentFacts(
        incident=row,
        measures=measures,
        declared=None if declared is None else Severity(declared),
        said=tuple(_said(material.updates[row.id])),
        claimed=disputed_starts(material.claims[row.id], started),
        page_ids=material.page_ids[row.id],
    )


def _said(updates: Sequence[Update]) -> Iterable[Said]:
    heard: set[str] = set()
    for number, one in enumerate(updates):
        nothing = says_nothing_new(updates[: number + 1]) is not None
        yield Said(one.at, one.audience, one.audience not in heard, nothing)
        heard.add(one.audience)


# ------------------------------------------------------------------ what belongs to them
def _report(row: Any, told: Mapping[int, IncidentFacts]) -> ReportFacts:
    belongs = told.get(row.incident_id)
    waits = belongs is not None and belongs.incident.resolved_at is None and belongs.incident.status not in ENDED
    return ReportFacts(
        id=row.id,
        at=row.created_at,
        service=row.service,
        customer=row.kind,
        due_at=row.first_response_due,
        responded_at=row.first_responded_at,
        followed_up=row.followed_up_at is not None,
        over=row.state in _OUTCOMES and not waits,
        incident_id=row.incident_id,
        version=row.process_version,
    )


def _reviews(look: Look) -> Steps[dict[str, Any]]:
    """Reviews that were held here, and what they found where everybody may see it."""
    rows = yield figures.held_reviews
    early = yield figures.opened_early
    held = {one.incident_id: ReviewFacts(one.incident_id, one.started_at, one.incident_id in early) for one in rows}
    shown = {one.incident_id for one in rows if one.state in _SHOWN}.difference(look.masked)
    factors = yield from rows_of(figures.standing_factors)
    learnings = yield from rows_of(figures.standing_learnings)
    uses = yield figures.first_uses
    actions = yield from rows_of(figures.all_actions)
    return {
        "reviews": held,
        "factors": [
            FactorFacts(one.id, one.incident_id, one.category, one.written_at)
            for one in factors
            if one.incident_id in shown
        ],
        "learnings": [
            LearningFacts(one.id, one.incident_id, one.written_at, uses.get(f"learning:{one.id}", ""))
            for one in learnings
            if one.incident_id in shown
        ],
        "actions": [_action(one) for one in actions if one.incident_id not in look.masked],
    }


def _action(row: Any) -> ActionFacts:
    due_on = date.fromisoformat(row.due_on)
    return ActionFacts(row.id, row.incident_id, row.owner_team, row.created_at, due_on, row.state, row.ended_at)
