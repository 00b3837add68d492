"""Every table there is. A change of one needs a migration in `migrations/versions` (a test compares the two)."""

from __future__ import annotations

from incidentd.storage import (
    schema,
    schema_attachments,
    schema_audit,
    schema_calendars,
    schema_chat,
    schema_duty,
    schema_experiments,
    schema_facts,
    schema_handover,
    schema_library,
    schema_policies,
    schema_process,
    schema_quiet,
    schema_rehearsals,
    schema_review_window,
    schema_reviews,
    schema_severity,
    schema_similar,
    schema_status,
    schema_support,
    schema_wording,
)
from incidentd.storage.metadata import metadata

__all__ = [
    "metadata",
    "schema",
    "schema_attachments",
    "schema_audit",
    "schema_calendars",
    "schema_chat",
    "schema_duty",
    "schema_experiments",
    "schema_facts",
    "schema_handover",
    "schema_library",
    "schema_policies",
    "schema_process",
    "schema_quiet",
    "schema_rehearsals",
    "schema_review_window",
    "schema_reviews",
    "schema_severity",
    "schema_similar",
    "schema_status",
    "schema_support",
    "schema_wording",
]
