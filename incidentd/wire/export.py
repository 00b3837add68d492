"""Everything about an incident in one document; a new version of `format` for anything but a new field."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.wire import Alert, Page, TimelineEntry
from incidentd.wire.audit import AuditHead
from incidentd.wire.base import Frozen, Instant
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.measures import Measures
from incidentd.wire.reports import Report
from incidentd.wire.review_records import Account, Action, Factor, Idea, Learning, Theme
from incidentd.wire.reviews import Review

FORMAT = "incidentd-incident/1"
"""The name and version of the document."""


class ReviewExport(Frozen, frozen=True):
    """What everybody may read of its review, without what another review keeps from who asks."""

    review: Review
    accounts: tuple[Account, ...]
    factors: tuple[Factor, ...]
    themes: tuple[Theme, ...]
    learnings: tuple[Learning, ...]
    ideas: tuple[Idea, ...]
    actions: tuple[Action, ...]
    sections: Mapping[str, str]  # prose of the document
    masked_by: int | None  # the incident whose review keeps it from them


class IncidentExport(Frozen, frozen=True):
    format: str
    exported_at: Instant
    review_name: str  # what this process calls its reviews
    detail: IncidentDetail  # with roles, updates, violations, what is known and what was tried
    timeline: tuple[TimelineEntry, ...]  # by when things happened
    alerts: tuple[Alert, ...]
    reports: tuple[Report, ...]
    pages: tuple[Page, ...]
    measures: Measures
    audit: AuditHead  # proves later what was written until now
    review: ReviewExport | None = None  # None: it has none yet
