"""Which stored reports are alike, and whether that asks for an incident."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import Connection

from incidentd.domain.clusters import Nudge, Suggestion, nudge, suggestions
from incidentd.domain.clusters import asking as asking_of
from incidentd.domain.customers import CustomerKind
from incidentd.domain.likeness import LONGEST, Facts
from incidentd.domain.reports import IN_TRIAGE, Report, State
from incidentd.domain.support import Support
from incidentd.storage import customers, report_clusters

_UNDECIDED = IN_TRIAGE | {State.NO_FAULT_FOUND}
"""Reports that may yet become an incident."""
_LISTED = 100


def facts_of(conn: Connection, rows: Sequence[Report]) -> list[Facts]:
    """What is compared of each report."""
    said = report_clusters.first_words(conn, [row.id for row in rows], LONGEST)
    known = customers.many(conn, (row.customer_id for row in rows))
    return [
        Facts(
            id=row.id,
            subject=row.subject,
            text=said.get(row.id, ""),
            service=row.service,
            tags=row.tags,
            sender=f"customer {row.customer_id}",
            team=known[row.customer_id].name if known[row.customer_id].kind is CustomerKind.INTERNAL_TEAM else "",
            at=row.created_at,
        )
        for row in rows
    ]


class Alike:
    """What is alike one report: asked once, used for suggestions and for the nudge."""

    def __init__(self, conn: Connection, report: Report, support: Support) -> None:
        self._support = support
        within = max(support.similar.within, support.nudge.within)
        rows = report_clusters.between(conn, report.created_at - within, report.created_at + within)
        self.reports = {row.id: row for row in (*rows, report)}
        self._facts = {one.id: one for one in facts_of(conn, list(self.reports.values()))}
        self._mine = report

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        """What it may be a duplicate of, or in one cluster with, the most alike first."""
        return suggestions(self._facts[self._mine.id], self._facts.values(), self._support.similar)

    def nudge(self) -> Nudge | None:
        """Whether to ask for an incident; None too for a report that has led to something already."""
        if not _undecided(self._mine):
            return None
        others = [self._facts[row.id] for row in self.reports.values() if _undecided(row)]
        like_it = {one.id for one in self.suggestions}
        return nudge(self._facts[self._mine.id], others, like_it, self._support.nudge)


def asking(conn: Connection, rows: Sequence[Report], support: Support) -> frozenset[int]:
    """Those of some reports whose cluster asks for an incident, as `Alike.nudge` would say of each.

    Where more than a hundred may become one, the newest are looked at: to compare each with each is what costs.
    """
    mine = [row for row in rows if _undecided(row)]
    if not mine:
        return frozenset()
    since = min(row.created_at for row in mine) - support.nudge.within
    near = report_clusters.in_no_incident(conn, sorted(_UNDECIDED), since, _LISTED)
    return asking_of(facts_of(conn, near), support.similar, support.nudge)


def _undecided(report: Report) -> bool:
    return report.incident_id is None and report.state in _UNDECIDED
