"""Triage by dialog: taking a report on, its card, the next question, and paging the people of its area."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from incidentd.client import ClientError
from incidentd.domain import interruptions
from incidentd.wire import reports as wire_reports
from incidentd.wire import triage as wire_triage
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

UNKNOWN = "?"
"""What stands for "asked, and the reporter does not know" in a field of the card."""
_LEVELS = (("", "not set"), ("high", "high"), ("medium", "medium"), ("low", "low"))
_SHOWN = {"since": "Since when", "observed": "What happened", "expected": "Expected instead"}


async def acknowledge(tui: IncidentdApp, one: wire_reports.Report) -> bool:
    """Stop the first clock, and take on what nobody has."""
    client, attempt = tui.acts.client, tui.acts.attempt
    subject = f"report:{one.id}"
    version = one.version
    if one.state == "new":
        answer = await attempt(subject, client.acknowledge_report(one.id, if_version=version))
        if answer is None:
            return False
        version = answer.version
    if one.owner != tui.model.me:
        body = wire_reports.EditReport(owner=str(tui.model.me))
        if await attempt(subject, client.edit_report(one.id, body, if_version=version)) is None:
            return False
    tui.say(f"✓ {one.reference} is yours", "done")
    return True


async def ask(tui: IncidentdApp, card: wire_triage.Triage) -> bool:
    """Send the next question as the card shows it: with another version nothing is sent."""
    if card.next is None:
        return False
    call = tui.acts.client.ask_reporter(card.report.id, if_version=card.version)
    if await tui.acts.attempt(f"report:{card.report.id}", call) is None:
        return False
    tui.say(f"✓ {card.report.customer} is asked for {card.next.name}", "done")
    return True


# ------------------------------------------------------------------ the card
def card(tui: IncidentdApp, one: wire_triage.Triage) -> Form:
    """Every answer, how bad it is and how soon it is wanted. What is not changed is not sent."""
    report = one.report
    known = {str(row.question): _typed(row) for row in one.rows}
    services = sorted({*(each.name for each in tui.model.services), report.service} - {""})
    fields = (
        *(
            Field(
                name=str(row.question),
                label=_SHOWN.get(row.question, row.question.capitalize()),
                value=known[row.question],
                optional=True,
                hint=f"{UNKNOWN} = asked, and they do not know",
            )
            for row in one.rows
        ),
        Field(name="impact", label="Impact", options=_LEVELS, value=report.impact),
        Field(name="urgency", label="Urgency", options=_LEVELS, value=report.urgency),
        Field(
            name="service",
            label="Service",
            options=(("", "not known"), *((name, name) for name in services)),
            value=report.service,
        ),
    )

    def effects(values: Values) -> list[str]:
        changed = [name for name, value in known.items() if values[name] != value]
        lines = [f"keeps {', '.join(changed)}"] if changed else []
        if bool(values["impact"]) != bool(values["urgency"]):
            lines.append("priority needs both impact and urgency")
        return [*lines, "nobody is told; the others see it"]

    return Form(tui, Plan(title=f"Card of {report.reference}", verb="keep", fields=fields, effects=effects,
                          send=_Sending(tui, one, known)))  # fmt: skip


def _typed(row: wire_triage.CardRow) -> str:
    if row.state == "unknown":
        return UNKNOWN
    return "" if row.implied else row.answer


class _Sending:
    """Sends what differs, in up to three changes; one that was made is not made again after a refusal."""

    def __init__(self, tui: IncidentdApp, one: wire_triage.Triage, known: Values) -> None:
        self._tui = tui
        self._report = one.report
        self._version = one.version
        self._known = known

    async def __call__(self, values: Values) -> str:
        if bool(values["impact"]) != bool(values["urgency"]):
            return "Impact, urgency: priority needs both"
        try:
            await self._service(values)
            await self._answers(values)
            await self._priority(values)
        except ClientError as error:
            return self._tui.acts.reason(f"report:{self._report.id}", error)
        self._tui.say(f"✓ the card of {self._report.reference} is kept", "done")
        return ""

    async def _service(self, values: Values) -> None:
        if values["service"] != self._report.service:
            body = wire_reports.EditReport(service=values["service"])
            call = self._tui.acts.client.edit_report(self._report.id, body, if_version=self._version)
            self._report = await self._tui.acts.gateway.ask(call)
            self._version = self._report.version

    async def _answers(self, values: Values) -> None:
        changed = {name: values[name] for name, value in self._known.items() if values[name] != value}
        if not changed:
            return
        given = {name: None if text == UNKNOWN else text for name, text in changed.items() if text}
        call = self._tui.acts.client.answer_questions(
            self._report.id,
            cast("dict[wire_triage.QuestionName, str | None]", given),
            forget=cast("list[wire_triage.QuestionName]", [name for name, text in changed.items() if not text]),
            if_version=self._version,
        )
        self._take(await self._tui.acts.gateway.ask(call))
        self._known |= changed

    async def _priority(self, values: Values) -> None:
        wanted = values["impact"], values["urgency"]
        if all(wanted) and wanted != (self._report.impact, self._report.urgency):
            impact, urgency = (cast("wire_triage.Level", word) for word in wanted)
            call = self._tui.acts.client.set_priority(self._report.id, impact, urgency, if_version=self._version)
            self._take(await self._tui.acts.gateway.ask(call))

    def _take(self, card: wire_triage.Triage) -> None:
        self._report, self._version = card.report, card.version


# ------------------------------------------------------------------ where it goes
def propagate(tui: IncidentdApp, one: wire_triage.Triage) -> Form:
    """Page the people of its area; who is on project work is reached with a reason only."""
    report, to = one.report, one.whither
    fields = [Field(name="note", label="What they should know", optional=True, hint="goes with the page")]
    if to.on_project_work:
        fields.append(
            Field(
                name="interruption",
                label=f"Why somebody on project work ({', '.join(to.on_project_work)})",
                options=tuple((one.value, interruptions.reason_words(one)) for one in interruptions.GIVEN),
                value=interruptions.GIVEN[0].value,
            )
        )

    def effects(_: Values) -> list[str]:
        lines = [f"pages {to.target} ({to.urgency} urgency)", to.why]
        if to.people:
            lines.append(f"first {', '.join(to.people)}")
        if to.audiences:
            lines.append(f"tells {', '.join(to.audiences)}: {', '.join(to.informed) or 'nobody who does not know'}")
        if to.on_project_work:
            lines.append("the interruption is recorded with this reason")
        return lines

    async def send(values: Values) -> str:
        call = tui.acts.client.propagate_report(
            report.id, values["note"], interruption=values.get("interruption", ""), if_version=one.version
        )
        reason = await tui.acts.refusal(f"report:{report.id}", call)
        if not reason:
            tui.say(f"✓ {report.reference} went to {to.target}", "done")
        return reason

    return Form(tui, Plan(title=f"Page the people of {report.service or 'its area'}", verb="page",
                          fields=tuple(fields), effects=effects, send=send))  # fmt: skip
