"""What does not fit in the story of an incident, or is missing from it. It is named, never corrected by a machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from incidentd.domain.attempts import span_text
from incidentd.domain.incidents import Incident
from incidentd.domain.timeline import NOTE_KINDS
from incidentd.wire.facts import Attempt, ImpactClaim
from incidentd.wire.measures import Contradiction
from incidentd.wire.review_timeline import Doubt, Moment

SILENT = timedelta(minutes=15)
"""So long without an entry while people responded, and the story has a gap."""
SILENT_SHARE = 0.2
"""Or this share of the response, when that is longer: the gaps of a long incident are longer."""
FROM_MEMORY = timedelta(hours=1)
"""An entry that was written so much later than what it tells is told from memory."""
_MOST = 10
_OWED = "overdue"  # that nobody wrote is no news of the incident


def doubts(
    incident: Incident,
    moments: Sequence[Moment],
    *,
    contradictions: Iterable[Contradiction],
    claims: Iterable[ImpactClaim],
    attempts: Iterable[Attempt],
) -> tuple[Doubt, ...]:
    """Everything that a reviewer would ask about: the worst first, of each kind not more than a few."""
    found: list[Doubt] = [Doubt(kind="contradiction", text=_sentence(one.text)) for one in contradictions]
    for some in (_start(incident, moments), _gaps(incident, moments), _from_memory(moments)):
        found += list(some)[:_MOST]
    found += [_disputed(one) for one in claims if one.state == "disputed"][:_MOST]
    found += [_unknown_outcome(one) for one in attempts if not one.outcome][:_MOST]
    return tuple(found)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _start(incident: Incident, moments: Sequence[Moment]) -> Iterator[Doubt]:
    """Nothing known before it started, or between the start and the first that anybody noticed."""
    times = [one.entry.observed_at for one in moments]
    if not times:
        return
    if min(times) >= incident.started_at:
        yield Doubt(kind="gap", text="Nothing is told of the time before it started: what had changed by then?")
    first = min((at for at in times if at > incident.started_at), default=None)
    if first is not None and first - incident.started_at >= SILENT:
        span = span_text(first - incident.started_at)
        yield Doubt(kind="gap", text=f"It went on for {span} before anything of it was recorded")


def _gaps(incident: Incident, moments: Sequence[Moment]) -> list[Doubt]:
    """Stretches of the response in which nothing was recorded, the longest first."""
    end = incident.mitigated_at or incident.resolved_at
    if end is None or end <= incident.started_at:
        return []
    inside = sorted(
        (one.entry.observed_at, one.entry.seq)
        for one in moments
        if incident.started_at < one.entry.observed_at <= end and one.entry.kind != _OWED
    )
    long = max(SILENT, (end - incident.started_at) * SILENT_SHARE)
    gaps = [(later[0] - former[0], former, later) for former, later in pairwise(inside)]
    return [_gap(*one) for one in sorted(gaps, key=lambda one: -one[0]) if one[0] >= long]


def _gap(span: timedelta, former: tuple[datetime, int], later: tuple[datetime, int]) -> Doubt:
    seqs = tuple(seq for _, seq in (former, later) if seq)
    return Doubt(kind="gap", text=f"Nothing is known of {span_text(span)}: what did people look at then?", seqs=seqs)


def _from_memory(moments: Sequence[Moment]) -> Iterator[Doubt]:
    for one in moments:
        entry = one.entry
        late = entry.recorded_at - entry.observed_at
        if entry.kind in NOTE_KINDS and entry.seq and late >= FROM_MEMORY:
            text = f"Written {span_text(late)} after it happened, from memory: {entry.text}"
            yield Doubt(kind="memory", text=text, seqs=(entry.seq,))


def _disputed(one: ImpactClaim) -> Doubt:
    return Doubt(kind="disputed", text=f"How it affected {one.affected} is disputed (claim {one.id})")


def _unknown_outcome(one: Attempt) -> Doubt:
    return Doubt(kind="unknown", text=f"It is not known what came of what was tried: {one.text}")
