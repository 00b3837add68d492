"""Customers and their reports."""

from __future__ import annotations

from incidentd import wire
from incidentd.client.calls import Calls, query_string
from incidentd.wire import reports as wire_reports

_PATH = "/v1/reports"
_REPORT = wire_reports.Report


class ReportCalls(Calls):
    """The support layer."""

    async def reports(
        self, state: str = "open", *, q: str = "", mine: bool = False, late: bool = False, incident_id: int = 0,
        customer_id: int = 0, limit: int = 100, cursor: str = "", **equal: str,
    ) -> wire_reports.ReportPage:  # fmt: skip
        """Newest first. `equal` may name a channel, kind, service, priority or owner."""
        ids = {"incident_id": incident_id or "", "customer_id": customer_id or ""}
        flags = {"mine": int(mine) or "", "late": int(late) or ""}
        query = query_string(state=state, q=q, limit=limit, cursor=cursor, **ids, **flags, **equal)
        return await self._get(f"{_PATH}{query}", wire_reports.ReportPage)

    async def report(self, report_id: int) -> wire_reports.ReportDetail:
        return await self._get(f"{_PATH}/{report_id}", wire_reports.ReportDetail)

    async def attachment(self, report_id: int, attachment_id: int) -> wire_reports.AttachmentContent:
        """What somebody attached; it is untrusted."""
        path = f"{_PATH}/{report_id}/attachments/{attachment_id}"
        return await self._get(path, wire_reports.AttachmentContent)

    async def create_report(self, body: wire_reports.NewReport) -> wire_reports.Report:
        return await self._send("POST", _PATH, _REPORT, body)

    async def add_report_message(self, report_id: int, text: str) -> wire_reports.Report:
        """What the reporter of a report made here says further."""
        body = wire_reports.AddMessage(text=text)
        return await self._send("POST", f"{_PATH}/{report_id}/messages", _REPORT, body)

    async def edit_report(
        self, report_id: int, body: wire_reports.EditReport, *, if_version: int | None = None
    ) -> wire_reports.Report:
        return await self._send("PATCH", f"{_PATH}/{report_id}", _REPORT, body, if_version=if_version)

    async def acknowledge_report(
        self, report_id: int, note: str = "", *, if_version: int | None = None
    ) -> wire_reports.Report:
        path, body = f"{_PATH}/{report_id}/acknowledge", wire_reports.AcknowledgeReport(note=note)
        return await self._send("POST", path, _REPORT, body, if_version=if_version)

    async def reply_to_report(
        self, report_id: int, body: wire_reports.Reply, *, if_version: int | None = None
    ) -> wire_reports.Report:
        return await self._send("POST", f"{_PATH}/{report_id}/replies", _REPORT, body, if_version=if_version)

    async def note_on_report(self, report_id: int, text: str) -> wire_reports.Report:
        """A note that no customer sees."""
        body = wire_reports.ReportNote(text=text)
        return await self._send("POST", f"{_PATH}/{report_id}/notes", _REPORT, body)

    async def change_report(
        self, report_id: int, body: wire_reports.ChangeReport, *, if_version: int | None = None
    ) -> wire_reports.Report:
        """Take it to another state."""
        return await self._send("POST", f"{_PATH}/{report_id}/state", _REPORT, body, if_version=if_version)

    async def merge_report(self, report_id: int, into: int, *, if_version: int | None = None) -> wire_reports.Report:
        """The answer is the one that it was merged into."""
        path, body = f"{_PATH}/{report_id}/merge", wire_reports.MergeReport(into=into)
        return await self._send("POST", path, _REPORT, body, if_version=if_version)

    async def split_report(
        self, report_id: int, body: wire_reports.SplitReport, *, if_version: int | None = None
    ) -> wire_reports.Report:
        """The answer is the new one."""
        return await self._send("POST", f"{_PATH}/{report_id}/split", _REPORT, body, if_version=if_version)

    async def declare_from_reports(self, body: wire_reports.DeclareFromReports) -> wire.Incident:
        """The reports are linked to the incident, with their alerts."""
        return await self._send("POST", f"{_PATH}/declare", wire.Incident, body)

    async def preview_broadcast(
        self, incident_id: int, body: wire_reports.PreviewBroadcast
    ) -> wire_reports.BroadcastPreview:
        """Who would be told what; nothing is sent."""
        path = f"/v1/incidents/{incident_id}/reporters/preview"
        return await self._send("POST", path, wire_reports.BroadcastPreview, body)

    async def tell_what_was_learned(self, incident_id: int, text: str) -> wire_reports.BroadcastPreview:
        """Everybody who reported hears it once."""
        path, body = f"/v1/incidents/{incident_id}/reporters/learned", wire_reports.Learned(text=text)
        return await self._send("POST", path, wire_reports.BroadcastPreview, body)

    async def customers(self, q: str = "", *, limit: int = 100, cursor: str = "") -> wire_reports.CustomerPage:
        query = query_string(q=q, limit=limit, cursor=cursor)
        return await self._get(f"/v1/customers{query}", wire_reports.CustomerPage)

    async def customer(self, customer_id: int) -> wire_reports.Customer:
        return await self._get(f"/v1/customers/{customer_id}", wire_reports.Customer)

    async def edit_customer(
        self, customer_id: int, body: wire_reports.EditCustomer, *, if_version: int | None = None
    ) -> wire_reports.Customer:
        path = f"/v1/customers/{customer_id}"
        return await self._send("PATCH", path, wire_reports.Customer, body, if_version=if_version)
