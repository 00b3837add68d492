"""What a report came to: part of an incident, a duplicate, a ticket, no fault; and an incident declared from it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, cast

from incidentd.client import ClientError
from incidentd.domain.severity import Severity
from incidentd.wire import reports as wire_reports
from incidentd.wire import triage as wire_triage
from incidentd_tui import vocabulary
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.screens.picker import Item, Picker

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

AfterForm = Callable[[bool | None], None]
_BY_HAND = ("ticketed", "no_fault_found", "followed_up", "closed", "triaging", "awaiting_reporter")
_SEVERITY = tuple((level.value, f"{level.value} {text}") for level, text in vocabulary.SEVERITIES)
_UNSURE = Severity.SEV3.value


async def _change(tui: IncidentdApp, one: wire_reports.Report, body: wire_reports.ChangeReport) -> str:
    """ "" when it is done, else the reason why not."""
    call = tui.acts.client.change_report(one.id, body, if_version=one.version)
    return await tui.acts.refusal(f"report:{one.id}", call)


async def _linked(tui: IncidentdApp, one: wire_reports.Report, body: wire_reports.ChangeReport, told: str) -> bool:
    """Make the change at once and offer the way back into triage."""
    if reason := await _change(tui, one, body):
        tui.say(reason, "warning")
        return False

    async def back() -> object:
        again = wire_reports.ChangeReport(to="triaging", reason="taken back at once")
        return await tui.acts.attempt(f"report:{one.id}", tui.acts.client.change_report(one.id, again))

    tui.acts.can_undo(told, back)
    return True


def link(tui: IncidentdApp, one: wire_reports.Report, similar: wire_triage.Similar | None, after: AfterForm) -> None:
    """To which open incident: those of reports that are alike come first."""
    alike = [each.report.incident_id for each in similar.similar] if similar is not None else []
    found = sorted(tui.model.open_incidents(), key=lambda each: each.id not in alike)
    items = [
        Item(
            str(each.id),
            f"INC-{each.id}  {each.severity.value}  {each.title}",
            "reports alike are linked to it" if each.id in alike else each.status,
        )
        for each in found
    ]

    async def act(number: int) -> None:
        body = wire_reports.ChangeReport(to="linked", incident_id=number)
        after(await _linked(tui, one, body, f"{one.reference} is part of INC-{number}"))

    _choose(tui, Picker(f"Link {one.reference} to", items), act)


def duplicate(
    tui: IncidentdApp, one: wire_reports.Report, similar: wire_triage.Similar | None, after: AfterForm
) -> None:
    """Of which report: the most alike come first."""
    known = similar.similar if similar is not None else ()
    items = [
        Item(
            str(each.report.id),
            f"{each.report.reference}  {each.report.customer}  {each.report.subject}",
            f"{each.relation} {each.score}",
        )
        for each in known
        if each.report.id != one.id
    ]
    if not items:
        tui.push_screen(_duplicate_by_number(tui, one), after)
        return

    async def act(number: int) -> None:
        body = wire_reports.ChangeReport(to="duplicate", duplicate_of=number)
        after(await _linked(tui, one, body, f"{one.reference} is a duplicate of R-{number}"))

    _choose(tui, Picker(f"{one.reference} is a duplicate of", items), act)


def _choose(tui: IncidentdApp, picker: Picker, act: Callable[[int], Coroutine[object, object, None]]) -> None:
    def chosen(value: str | None) -> None:
        if value is not None:
            tui.run_worker(act(int(value)), exit_on_error=False)

    tui.push_screen(picker, chosen)


def _duplicate_by_number(tui: IncidentdApp, one: wire_reports.Report) -> Form:
    fields = (Field(name="of", label="Of which report", hint="R-7; nothing alike was found"),)

    async def send(values: Values) -> str:
        digits = values["of"].upper().removeprefix("R-")
        if not digits.isdecimal():
            return "Of which report: write its reference, such as R-7"
        return await _change(tui, one, wire_reports.ChangeReport(to="duplicate", duplicate_of=int(digits)))

    return Form(tui, Plan(title=f"{one.reference} is a duplicate", verb="keep", fields=fields,
                          effects=lambda _: ["its reporter hears what the other's reporter hears"],
                          send=send))  # fmt: skip


def state(tui: IncidentdApp, one: wire_reports.Report) -> Form:
    """Every state that asks for no other record."""
    options = tuple((word, word.replace("_", " ")) for word in _BY_HAND if word in one.allowed)
    fields = (
        Field(name="to", label="It becomes", options=options, value=options[0][0]),
        Field(name="ticket", label="Ticket", value=one.ticket, optional=True, hint="its number or address"),
        Field(name="reason", label="Reason", optional=True, hint="such as how they were told"),
    )

    def effects(values: Values) -> list[str]:
        told = {
            "ticketed": "needs a ticket; the reporter is still owed how it ended",
            "no_fault_found": "a matching report of another customer opens it again",
            "followed_up": "the reporter has heard how it ended: by a reply, or as the reason says",
            "closed": "nothing is owed any more; if they write again it comes back",
        }
        return [told.get(values["to"], "the others see it")]

    async def send(values: Values) -> str:
        body = wire_reports.ChangeReport(
            to=cast("wire_reports.ReportState", values["to"]), reason=values["reason"], ticket=values["ticket"]
        )
        return await _change(tui, one, body)

    return Form(tui, Plan(title=f"State of {one.reference}", verb="change", fields=fields, effects=effects, send=send))


def declare(tui: IncidentdApp, one: wire_reports.Report, similar: wire_triage.Similar | None) -> Form:
    """A new incident from this report and those that the nudge names."""
    nudge = similar.nudge if similar is not None else None
    together = sorted({one.id, *(nudge.report_ids if nudge is not None else ())})
    names = ", ".join(f"R-{number}" for number in together)
    fields = (
        Field(name="title", label="Title", value=one.subject[:250], hint="what people notice"),
        Field(name="severity", label="Severity", options=_SEVERITY, value=_UNSURE, hint="unsure means the worse one"),
        Field(name="sure", label="Sure?", options=(("active", "active"), ("suspected", "suspected")), value="active"),
    )

    async def send(values: Values) -> str:
        body = wire_reports.DeclareFromReports(
            report_ids=tuple(together),
            title=values["title"][:250],
            severity=Severity(values["severity"]),
            service=str(one.service),
            suspected=values["sure"] == "suspected",
        )
        try:
            incident = await tui.acts.gateway.ask(tui.acts.client.declare_from_reports(body))
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.acts.take_incident(incident)
        tui.say(f"✓ INC-{incident.id} is declared from {names}", "done")
        tui.call_later(tui.open_room, incident.id)
        return ""

    effects = ("the incident opens, and its room with it", f"links {names} and their alerts",
               "their reporters are told when it changes phase and when it ends")  # fmt: skip
    return Form(tui, Plan(title=f"New incident from {names}", verb="declare", fields=fields,
                          effects=lambda _: effects, send=send))  # fmt: skip
