"""The routes of pages and of the policies they run; a part of the table in `routes`."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.handlers import alerts, policies
from incidentd.api.route import Route, changed, created, get
from incidentd.wire import pages as wire_pages
from incidentd.wire import policies as wire_policies

PAGE_ROUTES: tuple[Route, ...] = (
    get("/v1/pages", alerts.list_pages, wire.PagePage, "Pages", query=queries.Pages),
    created("/v1/pages", alerts.raise_page, wire.Page, "Page somebody by hand", body=wire.RaisePage),
    get("/v1/pages/{id}", alerts.get_page, wire_pages.PageDetail, "One page and its deliveries"),
    changed(
        "/v1/pages/{id}/acknowledge", alerts.acknowledge_page, wire.Page, "Stop the escalation", body=wire.Acknowledge
    ),
    changed(
        "/v1/pages/{id}/hand-back",
        alerts.hand_back_page,
        wire.Page,
        "Undo an acknowledgement: the escalation goes on where it stood (409 when it is not acknowledged)",
        body=wire_pages.HandBack,
    ),
    changed(
        "/v1/pages/{id}/take-over",
        alerts.take_over_page,
        wire.Page,
        "Take what somebody else has acknowledged; they are told (409 when nobody has)",
        body=wire_pages.TakeOver,
    ),
    changed(
        "/v1/pages/{id}/reassign",
        alerts.reassign_page,
        wire.Page,
        "Let it begin again with a person, whoever is on call for a schedule, or a policy",
        body=wire_pages.Reassign,
    ),
    changed(
        "/v1/pages/{id}/snooze",
        alerts.snooze_page,
        wire.Page,
        "Put it off: nobody is written to before then, and its step is taken again",
        body=wire_pages.Snooze,
    ),
    changed("/v1/pages/{id}/resolve", alerts.resolve_page, wire.Page, "End the page"),
    changed("/v1/pages/{id}/escalate", alerts.escalate_page, wire.Page, "Notify the next step now"),
    get("/v1/policies", policies.list_policies, wire_policies.Policies, "Escalation policies"),
    get(
        "/v1/policies/{policy}",
        policies.get_policy,
        wire_policies.Policy,
        "One policy, and whom its steps stand for",
        query=queries.Policy,
    ),
    get(
        "/v1/policies/{policy}/test",
        policies.test_policy,
        wire_policies.PolicyTest,
        "If it fired: who is called, when and by what. Nothing is sent",
        query=queries.PolicyTest,
    ),
)
