"""The severity of an incident: recorded by answers to the matrix, or set by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import severity as wire_severity
from incidentd_tui import vocabulary
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.seen import Seen, take

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

SEVERITIES = tuple((level.value, level.value) for level, _ in vocabulary.SEVERITIES)
MEANING = {level.value: text for level, text in vocabulary.SEVERITIES}
_BACK = "set by mistake, taken back at once"


class Answering:
    """What was answered in a questionnaire about one incident, and how it is recorded and taken back."""

    def __init__(
        self, tui: IncidentdApp, incident: wire.Incident, recorded: wire_severity.IncidentClassification | None
    ) -> None:
        self.tui = tui
        self.seen = Seen(tui, incident)
        self.recorded = {} if recorded is None else {str(name): str(told) for name, told in recorded.answers.items()}
        self.given = {name: told for name, told in self.recorded.items() if told != UNKNOWN}
        self.level: Severity | None = None if recorded is None else recorded.level

    @property
    def incident(self) -> wire.Incident:
        return self.seen.current()

    async def record(self, severity: Severity | None = None, reason: str = "") -> str:
        """ "" when the daemon has it, else the reason why not. `severity` overrides what the answers come to."""
        before = self.incident.severity
        answers = {str(name): str(told) for name, told in self.given.items()}
        body = wire_severity.ClassifyIncident(answers=answers, severity=severity, reason=reason)
        fault = await self.tui.acts.change_incident(self.incident, self._send(body, self.seen.version))
        if not fault:
            told = f"INC-{self.seen.id} is {self.incident.severity.value}"
            self.tui.acts.can_undo(told, lambda: self._back(answers, before))
        return self.seen.outcome(fault)

    async def _send(self, body: wire_severity.ClassifyIncident, version: int | None) -> wire.Incident:
        call = self.tui.acts.client.classify_incident(self.seen.id, body, if_version=version)
        return (await call).incident

    async def _back(self, answers: Mapping[str, str], before: Severity) -> wire.Incident | None:
        """The answers as they were, unknown where there was none, and the severity that it had."""
        former = {name: self.recorded.get(name, UNKNOWN) for name in answers}
        body = wire_severity.ClassifyIncident(answers=former, severity=before, reason=_BACK)
        return await take(self.tui, self.seen.id, self._send(body, None))


def severity(tui: IncidentdApp, incident: wire.Incident) -> Form:
    """A severity without any question."""
    return by_hand(Answering(tui, incident, None))


def by_hand(answering: Answering) -> Form:
    """Another level than the answers come to; without any answers, a severity without the matrix."""
    tui, incident = answering.tui, answering.incident
    overrides = answering.level is not None
    fields = (
        Field(
            name="severity",
            label="Severity",
            options=SEVERITIES,
            value=incident.severity.value,
            hint="impact only; unsure means the worse one",
        ),
        Field(
            name="reason",
            label="Reason",
            optional=True,
            hint="needed to override" if overrides else "needed to lower it",
        ),
    )

    def effects(values: Values) -> list[str]:
        chosen = Severity(values["severity"])
        lines = [f"{chosen.value}: {MEANING[chosen.value]}"]
        if overrides and chosen is not answering.level:
            lines.append(
                f"the matrix says {answering.level}: an override, which stands on the timeline with its reason"
            )
            if not values["reason"]:
                lines.append("without a reason a broken rule will be shown; the change is made all the same")
        elif not overrides and incident.severity.worse_than(chosen):
            lines.append("lowering it needs a reason")
        return lines

    async def send(values: Values) -> str:
        chosen = Severity(values["severity"])
        if overrides:
            return await answering.record(chosen, values["reason"])
        return await _set(answering.seen, chosen, values["reason"])

    plan = Plan(title=f"Severity of INC-{incident.id} by hand", verb="set", fields=fields, effects=effects, send=send)
    return Form(tui, plan)


async def _set(seen: Seen, chosen: Severity, reason: str) -> str:
    before = seen.current().severity
    if before.worse_than(chosen) and not reason:
        return "Reason: lowering a severity needs one"
    body = wire_incidents.SetSeverity(severity=chosen, reason=reason)
    acts = seen.tui.acts
    fault = await acts.change_incident(seen.current(), acts.client.set_severity(seen.id, body, if_version=seen.version))

    def back() -> Awaitable[wire.Incident | None]:
        former = wire_incidents.SetSeverity(severity=before, reason=_BACK)
        return take(seen.tui, seen.id, acts.client.set_severity(seen.id, former))

    if not fault:
        acts.can_undo(f"INC-{seen.id} is {chosen.value}", back)
    return seen.outcome(fault)
