"""Customers, their reports and conversations, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire
from incidentd.domain.severity import Severity

CustomerKind = Literal["end_user", "oss_developer", "internal_team"]
ReportState = Literal[
    "new", "acknowledged", "triaging", "awaiting_reporter", "linked", "duplicate", "ticketed", "no_fault_found",
    "followed_up", "closed",
]  # fmt: skip
Name = Annotated[str, Meta(max_length=200)]
Reason = Annotated[str, Meta(max_length=1000)]
TagName = Annotated[str, Meta(min_length=1, max_length=64)]
TagValue = Annotated[str, Meta(max_length=250)]


class Address(wire.Frozen, frozen=True):
    """Where a customer writes from: `address` as the channel has it."""

    channel: str
    address: str


class Customer(wire.Frozen, frozen=True):
    id: int
    kind: str  # end_user | oss_developer | internal_team
    name: str
    notes: str
    addresses: tuple[Address, ...]
    created_at: wire.Instant
    version: int


class CustomerPage(wire.Frozen, frozen=True):
    customers: tuple[Customer, ...]
    next_cursor: str  # "" at the end


class Report(wire.Frozen, frozen=True, kw_only=True):
    """`unanswered`: the reporter wrote last. `late`: a first response or the next word is overdue."""

    id: int
    reference: str
    state: str
    customer_id: int
    customer: str  # the name
    kind: str  # end_user | oss_developer | internal_team
    channel: str  # the instance; "local" for the socket
    thread: str
    recipient: str  # the address that is answered
    private: bool  # must not be answered in public
    subject: str
    service: str
    tags: Mapping[str, str]
    priority: str  # P1..P5, "" before triage
    impact: str
    urgency: str
    answers: Mapping[str, str | None]  # null: asked, and the reporter does not know
    incident_id: int | None
    alert_id: int | None
    duplicate_of: int | None
    ticket: str
    owner: str
    created_at: wire.Instant
    asked_at: wire.Instant
    answered_at: wire.Instant | None
    first_response_due: wire.Instant | None
    first_responded_at: wire.Instant | None
    next_due: wire.Instant | None
    followed_up_at: wire.Instant | None
    closed_at: wire.Instant | None
    unanswered: bool
    late: bool
    allowed: tuple[str, ...]  # the states that may be asked for now
    version: int
    process_version: str = ""  # in force when it came


class ListedReport(Report, frozen=True, kw_only=True):
    """A report as a list has it. `nudged`: those that are like it ask for an incident; its triage names them."""

    nudged: bool


class ReportPage(wire.Frozen, frozen=True):
    reports: tuple[ListedReport, ...]
    next_cursor: str  # "" at the end
    total: int


class Attachment(wire.Frozen, frozen=True):
    id: int
    name: str
    media_type: str  # as the sender says
    size: int  # bytes


class AttachmentContent(wire.Frozen, frozen=True):
    attachment: Attachment
    data: bytes  # base64


class ReportMessage(wire.Frozen, frozen=True):
    """`delivery` is what became of a message that goes out: pending, sending, sent, delivered, failed, unknown."""

    id: int
    direction: str  # in | out | note
    kind: str  # report | reply | receipt | question | update | learned | note
    channel: str
    sender: str  # the address it came from
    sender_name: str
    subject: str
    text: str
    automatic: bool  # a machine wrote it: it stops no clock
    verified: bool  # the channel proved who the sender is
    at: wire.Instant
    sent_at: wire.Instant | None  # as the sender's clock says
    author: str  # who of ours wrote it
    delivery_id: int | None
    delivery: str
    error: str
    attachments: tuple[Attachment, ...]


class ReportStep(wire.Frozen, frozen=True):
    """Something that happened to a report, in words."""

    seq: int
    at: wire.Instant
    by: str
    kind: str
    text: str


class ReportDetail(wire.Frozen, frozen=True):
    report: Report
    customer: Customer
    messages: tuple[ReportMessage, ...]  # oldest first
    duplicates: tuple[int, ...]  # reports that are duplicates of this one
    history: tuple[ReportStep, ...]


class NewReport(wire.Request, frozen=True):
    """A report by the caller, or for somebody who told it them: then `sender` says who, and `kind` what they are."""

    subject: wire.Line
    text: wire.Text
    service: Annotated[str, Meta(max_length=64)] = ""
    tags: Annotated[Mapping[TagName, TagValue], Meta(max_length=50)] = {}
    answers: Annotated[Mapping[TagName, wire.OptionalText], Meta(max_length=50)] = {}
    sender: Name = ""
    sender_name: Name = ""
    kind: CustomerKind | None = None  # default: internal_team, of a customer who is known as it is


class AddMessage(wire.Request, frozen=True):
    """What the reporter of a local report says further."""

    text: wire.Text


class EditReport(wire.Request, frozen=True):
    """What is left out stays; `tags` replaces them all; `owner` "" for nobody."""

    subject: wire.Line | None = None
    service: Annotated[str, Meta(max_length=64)] | None = None
    tags: Annotated[Mapping[TagName, TagValue], Meta(max_length=50)] | None = None
    owner: Annotated[str, Meta(max_length=64)] | None = None


class AcknowledgeReport(wire.Request, frozen=True):
    note: Reason = ""


class Reply(wire.Request, frozen=True):
    """`question`: the report waits for the reporter. `final`: it says how it ended, so the report is followed up."""

    text: wire.Text
    question: bool = False
    final: bool = False


class ReportNote(wire.Request, frozen=True):
    """For us only; no customer ever sees it."""

    text: wire.Text


class ChangeReport(wire.Request, frozen=True):
    """linked needs an incident or an alert, duplicate a report, ticketed a ticket."""

    to: ReportState
    reason: Reason = ""
    incident_id: wire.RowId | None = None
    alert_id: wire.RowId | None = None
    duplicate_of: wire.RowId | None = None
    ticket: Annotated[str, Meta(max_length=250)] = ""


class NewAddress(wire.Request, frozen=True):
    """Where a customer writes from, as the channel has it."""

    channel: Annotated[str, Meta(min_length=1, max_length=64)]
    address: Annotated[str, Meta(min_length=1, max_length=250)]


class EditCustomer(wire.Request, frozen=True):
    """What is left out stays. The kind decides the questions and the clocks; `addresses` replaces them all."""

    kind: CustomerKind | None = None
    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    notes: wire.OptionalText | None = None
    addresses: Annotated[tuple[NewAddress, ...], Meta(max_length=100)] | None = None


class MergeReport(wire.Request, frozen=True):
    """Two reports of one customer become one: its messages go to `into`."""

    into: wire.RowId


class SplitReport(wire.Request, frozen=True):
    """These messages become a report of their own."""

    message_ids: Annotated[tuple[wire.RowId, ...], Meta(min_length=1, max_length=500)]
    subject: wire.Line


class DeclareFromReports(wire.Request, frozen=True):
    """What is left out comes from the reports: the title and the start from the first that came."""

    report_ids: Annotated[tuple[wire.RowId, ...], Meta(min_length=1, max_length=500)]
    severity: Severity
    title: Annotated[str, Meta(max_length=250)] = ""
    summary: wire.OptionalText = ""
    service: Annotated[str, Meta(max_length=64)] = ""
    suspected: bool = False
    many_stakeholders: bool = False


class PreviewBroadcast(wire.Request, frozen=True):
    """The `text` of an update to customers with its `phase`, or a `status` that the incident would be changed to."""

    text: wire.OptionalText = ""
    phase: Literal["investigating", "identified", "monitoring", "resolved"] = "investigating"
    status: Literal["", "active", "mitigated", "resolved", "false_alarm"] = ""


class BroadcastTo(wire.Frozen, frozen=True):
    """One reporter; `told_before`: nothing is sent again."""

    report_id: int
    reference: str
    channel: str
    recipient: str
    private: bool
    text: str
    told_before: bool


class BroadcastPreview(wire.Frozen, frozen=True):
    """`on_page`: an update is on the status page, too, under `page_title` ("" for "disruption")."""

    to: tuple[BroadcastTo, ...]
    on_page: bool = False
    page_title: str = ""


class Learned(wire.Request, frozen=True):
    """What was learned, for everybody who reported; each hears it once."""

    text: wire.Text
