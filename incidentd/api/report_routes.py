"""The routes of customers and their reports; a part of the table in `routes`.

Whoever may use the socket may report something: internal teams do so as viewers.
"""

from __future__ import annotations

import msgspec

from incidentd import wire
from incidentd.api import queries
from incidentd.api.handlers import reports
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import reports as wire_reports

_REPORT = wire_reports.Report


def _for_everybody(route: Route) -> Route:
    return msgspec.structs.replace(route, role=Role.VIEWER)


REPORT_ROUTES: tuple[Route, ...] = (
    get("/v1/reports", reports.list_reports, wire_reports.ReportPage, "Reports of customers", query=queries.Reports),
    _for_everybody(
        created("/v1/reports", reports.create_report, _REPORT, "Report something", body=wire_reports.NewReport)
    ),
    created(
        "/v1/reports/declare",
        reports.declare_from_reports,
        wire.Incident,
        "Declare an incident from reports",
        body=wire_reports.DeclareFromReports,
    ),
    get("/v1/reports/{id}", reports.get_report, wire_reports.ReportDetail, "One report with its conversation"),
    Route(
        method="PATCH",
        path="/v1/reports/{id}",
        handler=reports.edit_report,
        role=Role.RESPONDER,
        answer=_REPORT,
        summary="Correct subject, service, tags or owner",
        body=wire_reports.EditReport,
        versioned=True,
    ),
    _for_everybody(
        post(
            "/v1/reports/{id}/messages",
            reports.add_report_message,
            _REPORT,
            "What the reporter of a report made here says further",
            body=wire_reports.AddMessage,
        )
    ),
    changed(
        "/v1/reports/{id}/acknowledge",
        reports.acknowledge_report,
        _REPORT,
        "Take a report on",
        body=wire_reports.AcknowledgeReport,
    ),
    changed(
        "/v1/reports/{id}/replies", reports.reply_to_report, _REPORT, "Answer the reporter", body=wire_reports.Reply
    ),
    post(
        "/v1/reports/{id}/notes", reports.note_on_report, _REPORT, "Leave a note for us", body=wire_reports.ReportNote
    ),
    changed(
        "/v1/reports/{id}/state",
        reports.change_report,
        _REPORT,
        "Take a report to another state",
        body=wire_reports.ChangeReport,
    ),
    get(
        "/v1/reports/{id}/attachments/{attachment_id}",
        reports.get_attachment,
        wire_reports.AttachmentContent,
        "What somebody attached",
    ),
    changed(
        "/v1/reports/{id}/merge",
        reports.merge_report,
        _REPORT,
        "Merge a report into another of the same customer",
        body=wire_reports.MergeReport,
    ),
    changed(
        "/v1/reports/{id}/split",
        reports.split_report,
        _REPORT,
        "Make a report of its own of some messages",
        body=wire_reports.SplitReport,
    ),
    post(
        "/v1/incidents/{id}/reporters/preview",
        reports.preview_broadcast,
        wire_reports.BroadcastPreview,
        "Who would be told what",
        body=wire_reports.PreviewBroadcast,
    ),
    post(
        "/v1/incidents/{id}/reporters/learned",
        reports.tell_what_was_learned,
        wire_reports.BroadcastPreview,
        "Tell those who reported what was learned",
        body=wire_reports.Learned,
    ),
    get("/v1/customers", reports.list_customers, wire_reports.CustomerPage, "Customers", query=queries.Customers),
    get("/v1/customers/{id}", reports.get_customer, wire_reports.Customer, "One customer"),
    Route(
        method="PATCH",
        path="/v1/customers/{id}",
        handler=reports.edit_customer,
        role=Role.RESPONDER,
        answer=wire_reports.Customer,
        summary="Correct what we know of a customer",
        body=wire_reports.EditCustomer,
        versioned=True,
    ),
)
