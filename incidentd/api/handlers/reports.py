"""Customers and their reports."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.services.report_contracts import ReportQuery
from incidentd.wire import reports as wire_reports


async def list_reports(calls: Calls, call: Call[Empty, queries.Reports]) -> wire_reports.ReportPage:
    query = call.query
    given = {name: getattr(query, name) for name in ReportQuery.__struct_fields__ if hasattr(query, name)}
    owner = call.actor if query.mine else query.owner
    return await calls.reports.list(ReportQuery(**given | {"owner": owner, "text": query.q}))


async def get_report(calls: Calls, call: Read) -> wire_reports.ReportDetail:
    return await calls.reports.get(call.id)


async def get_attachment(calls: Calls, call: Read) -> wire_reports.AttachmentContent:
    return await calls.reports.attachment(call.id, call.ids["attachment_id"])


async def create_report(calls: Calls, call: Call[wire_reports.NewReport, queries.Query]) -> wire_reports.Report:
    return await calls.reports.create(call.body, call.actor)


async def add_report_message(calls: Calls, call: Call[wire_reports.AddMessage, queries.Query]) -> wire_reports.Report:
    return await calls.reports.add_message(call.id, call.body, call.actor)


async def acknowledge_report(
    calls: Calls, call: Call[wire_reports.AcknowledgeReport, queries.Query]
) -> wire_reports.Report:
    return await calls.reports.acknowledge(call.id, call.body, call.actor, call.if_version)


async def reply_to_report(calls: Calls, call: Call[wire_reports.Reply, queries.Query]) -> wire_reports.Report:
    return await calls.reports.reply(call.id, call.body, call.actor, call.if_version)


async def note_on_report(calls: Calls, call: Call[wire_reports.ReportNote, queries.Query]) -> wire_reports.Report:
    return await calls.reports.note(call.id, call.body, call.actor)


async def change_report(calls: Calls, call: Call[wire_reports.ChangeReport, queries.Query]) -> wire_reports.Report:
    return await calls.reports.change_state(call.id, call.body, call.actor, call.if_version)


async def edit_report(calls: Calls, call: Call[wire_reports.EditReport, queries.Query]) -> wire_reports.Report:
    return await calls.reports.edit(call.id, call.body, call.actor, call.if_version)


async def list_customers(calls: Calls, call: Call[Empty, queries.Customers]) -> wire_reports.CustomerPage:
    return await calls.customers.list(call.query.q, call.query.limit, call.query.cursor)


async def get_customer(calls: Calls, call: Read) -> wire_reports.Customer:
    return await calls.customers.get(call.id)


async def edit_customer(calls: Calls, call: Call[wire_reports.EditCustomer, queries.Query]) -> wire_reports.Customer:
    return await calls.customers.edit(call.id, call.body, call.actor, call.if_version)


async def merge_report(calls: Calls, call: Call[wire_reports.MergeReport, queries.Query]) -> wire_reports.Report:
    return await calls.reports.merge(call.id, call.body, call.actor, call.if_version)


async def split_report(calls: Calls, call: Call[wire_reports.SplitReport, queries.Query]) -> wire_reports.Report:
    return await calls.reports.split(call.id, call.body, call.actor, call.if_version)


async def declare_from_reports(
    calls: Calls, call: Call[wire_reports.DeclareFromReports, queries.Query]
) -> wire.Incident:
    return await calls.broadcasts.declare(call.body, call.actor)


async def preview_broadcast(
    calls: Calls, call: Call[wire_reports.PreviewBroadcast, queries.Query]
) -> wire_reports.BroadcastPreview:
    return await calls.broadcasts.preview(call.id, call.body)


async def tell_what_was_learned(
    calls: Calls, call: Call[wire_reports.Learned, queries.Query]
) -> wire_reports.BroadcastPreview:
    return await calls.broadcasts.learned(call.id, call.body, call.actor)
