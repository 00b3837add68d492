"""What is asked of an incident, and what it answers beyond `wire.Incident`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire import Incident, RoleHolder, Update
from incidentd.wire.attachments import IncidentAttachment
from incidentd.wire.base import Frozen, Instant, Line, OptionalText, Request, RowId, Text
from incidentd.wire.chat import ChatRoom
from incidentd.wire.checklists import ChecklistItem
from incidentd.wire.facts import Attempt, ImpactClaim, Theory
from incidentd.wire.life import Related
from incidentd.wire.review_window import ReviewWindow
from incidentd.wire.roles import HandOver
from incidentd.wire.severity import IncidentClassification, SeverityAnswers


class IncidentDetail(Frozen, frozen=True):
    incident: Incident
    roles: tuple[RoleHolder, ...]  # all, oldest first
    updates: tuple[Update, ...]
    role_gap_minutes: Mapping[str, float]
    report_ids: tuple[int, ...] = ()  # of those who reported it
    chat: ChatRoom | None = None  # its newest room in a chat
    claims: tuple[ImpactClaim, ...] = ()  # about the impact, oldest first, as the two below
    claimed_start: Instant | None = None  # the earliest that a claim in force gives, when the incident has another
    theories: tuple[Theory, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    attachments: tuple[IncidentAttachment, ...] = ()
    classification: IncidentClassification | None = None
    checklist: tuple[ChecklistItem, ...] = ()  # of every role, as it applies now
    communicators: tuple[str, ...] = ()  # to be asked now to lead the communications, in order
    related: tuple[Related, ...] = ()  # what other incidents are to this one
    window: ReviewWindow | None = None  # of its review, from the resolve on


class DeclareIncident(Request, frozen=True):
    """Without `severity` it is what the `answers` say by the severity matrix, else SEV3."""

    title: Line
    severity: Severity | None = None
    answers: SeverityAnswers = msgspec.field(default_factory=dict)
    severity_reason: OptionalText = ""  # why another severity than the answers say
    service: Annotated[str, Meta(max_length=100)] = ""
    summary: OptionalText = ""
    alert_ids: tuple[RowId, ...] = ()
    suspected: bool = False
    started_at: Instant | None = None
    many_stakeholders: bool = False


class EditIncident(Request, frozen=True):
    title: Line | None = None
    summary: OptionalText | None = None
    many_stakeholders: bool | None = None
    service: Annotated[str, Meta(max_length=100)] | None = None
    public_title: Annotated[str, Meta(max_length=250)] | None = None  # what customers may call it; "" for nothing
    off_page: bool | None = None  # no status page shows it, whatever customers are told


class ChangeStatus(Request, frozen=True):
    to: str
    reason: OptionalText = ""
    evidence: OptionalText = ""
    at: Instant | None = None
    merged_into: RowId | None = None


class SetSeverity(Request, frozen=True):
    severity: Severity
    reason: OptionalText = ""


class AssignRole(Request, frozen=True):
    """Give `role` to `person` from now on; an exclusive role leaves its present holder.

    The person "me" is the caller, and "" ends it for everybody. With `ends` it is `person` who leaves, and nobody else;
    role "" is then everything that they hold.
    """

    role: str
    person: Annotated[str, Meta(max_length=64)]
    at: Instant | None = None
    interruption: str = ""  # why it is somebody on project work; by default that more hands were needed
    ends: bool = False
    note: HandOver | None = None  # it is handed over, with this


class AddNote(Request, frozen=True):
    text: Text
    kind: str = "note"  # note | observation | decision | action
    observed_at: Instant | None = None
    evidence: OptionalText = ""
    pinned: bool = False


class PostUpdate(Request, frozen=True):
    text: Text
    phase: str
    audience: Annotated[str, Meta(min_length=1, max_length=100)] = "internal"
    next_in: Annotated[float, Meta(gt=0, le=7 * 86400)] | None = None  # seconds; default from the cadence
    final: bool = False  # no further update is promised (phase resolved only)
    seen: Annotated[int, Meta(ge=0)] | None = None  # the newest update its writer knew, 0 for none; 409 after a newer


class LinkAlerts(Request, frozen=True):
    alert_ids: Annotated[tuple[RowId, ...], Meta(min_length=1, max_length=1000)]
