"""What the socket API asks of customers and their reports; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd import wire
from incidentd.wire import reports as wire_reports
from incidentd.wire import subscribers as wire_subscribers
from incidentd.wire import triage as wire_triage


class ReportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A filter over reports. `state` is one of them, or open, triage (no outcome yet), owed (not followed up), all."""

    state: str = "open"
    channel: str = ""
    kind: str = ""
    service: str = ""
    priority: str = ""
    owner: str = ""
    customer_id: int | None = None
    incident_id: int | None = None
    late: bool = False
    text: str = ""
    limit: int = 100
    cursor: str = ""


class ReportCalls(Protocol):
    async def list(self, query: ReportQuery) -> wire_reports.ReportPage: ...
    async def get(self, report_id: int) -> wire_reports.ReportDetail: ...
    async def attachment(self, report_id: int, attachment_id: int) -> wire_reports.AttachmentContent: ...
    async def create(self, body: wire_reports.NewReport, actor: str) -> wire_reports.Report: ...
    async def add_message(self, report_id: int, body: wire_reports.AddMessage, actor: str) -> wire_reports.Report: ...
    async def acknowledge(
        self, report_id: int, body: wire_reports.AcknowledgeReport, actor: str, if_version: int | None
    ) -> wire_reports.Report: ...
    async def reply(
        self, report_id: int, body: wire_reports.Reply, actor: str, if_version: int | None
    ) -> wire_reports.Report: ...
    async def note(self, report_id: int, body: wire_reports.ReportNote, actor: str) -> wire_reports.Report: ...
    async def change_state(
        self, report_id: int, body: wire_reports.ChangeReport, actor: str, if_version: int | None
    ) -> wire_reports.Report: ...
    async def edit(
        self, report_id: int, body: wire_reports.EditReport, actor: str, if_version: int | None
    ) -> wire_reports.Report: ...
    async def merge(
        self, report_id: int, body: wire_reports.MergeReport, actor: str, if_version: int | None
    ) -> wire_reports.Report: ...
    async def split(
        self, report_id: int, body: wire_reports.SplitReport, actor: str, if_version: int | None
    ) -> wire_reports.Report: ...


class CustomerCalls(Protocol):
    async def list(self, text: str, limit: int, cursor: str) -> wire_reports.CustomerPage: ...
    async def get(self, customer_id: int) -> wire_reports.Customer: ...
    async def edit(
        self, customer_id: int, body: wire_reports.EditCustomer, actor: str, if_version: int | None
    ) -> wire_reports.Customer: ...


class SubscriberCalls(Protocol):
    """Who gets by mail what a status page shows."""

    async def counts(self) -> wire_subscribers.SubscriberCounts: ...
    async def export(self, channel: str) -> wire_subscribers.SubscriberList: ...
    async def remove(
        self, body: wire_subscribers.RemoveSubscriber, actor: str
    ) -> wire_subscribers.SubscribersRemoved: ...


class BroadcastCalls(Protocol):
    async def declare(self, body: wire_reports.DeclareFromReports, actor: str) -> wire.Incident: ...
    async def preview(self, incident_id: int, body: wire_reports.PreviewBroadcast) -> wire_reports.BroadcastPreview: ...
    async def learned(
        self, incident_id: int, body: wire_reports.Learned, actor: str
    ) -> wire_reports.BroadcastPreview: ...


class TriageCalls(Protocol):
    async def get(self, report_id: int) -> wire_triage.Triage: ...
    async def similar(self, report_id: int) -> wire_triage.Similar: ...
    async def answer(
        self, report_id: int, body: wire_triage.AnswerQuestions, actor: str, if_version: int | None
    ) -> wire_triage.Triage: ...
    async def ask(
        self, report_id: int, body: wire_triage.AskReporter, actor: str, if_version: int | None
    ) -> wire_triage.Triage: ...
    async def send_canned(
        self, report_id: int, body: wire_triage.SendCanned, actor: str, if_version: int | None
    ) -> wire_triage.Triage: ...
    async def set_priority(
        self, report_id: int, body: wire_triage.SetPriority, actor: str, if_version: int | None
    ) -> wire_triage.Triage: ...
    async def propagate(
        self, report_id: int, body: wire_triage.Propagate, actor: str, if_version: int | None
    ) -> wire_triage.Triage: ...
