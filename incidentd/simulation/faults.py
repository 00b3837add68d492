"""What goes wrong: every fault is drawn whole when it begins, so that one can be told from what people made of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from incidentd.domain.severity import Severity
from incidentd.simulation.assumptions import Assumptions
from incidentd.simulation.draws import Draws
from incidentd.simulation.team import SERVICES

_SEVERITIES = tuple(Severity)
_CALM = {"harm": "no", "redundancy": "no", "sla": "no"}
ANSWERS: Mapping[Severity, Mapping[str, str]] = {
    Severity.SEV1: {**_CALM, "function": "unusable", "users": "most", "workaround": "none"},
    Severity.SEV2: {**_CALM, "function": "degraded", "users": "most", "workaround": "unacceptable"},
    Severity.SEV3: {**_CALM, "function": "degraded", "users": "few", "workaround": "unacceptable"},
    Severity.SEV4: {**_CALM, "function": "degraded", "users": "few", "workaround": "acceptable"},
    Severity.SEV5: {**_CALM, "function": "works", "users": "few", "workaround": "acceptable"},
}
"""Answers that the built-in matrix calls so."""
_SYMPTOMS = (
    ("ErrorRateHigh", "{service} answers 503", "503 from {service}"),
    ("LatencyHigh", "{service} takes seconds to answer", "{service} is very slow"),
    ("ProbeFails", "{service} cannot be reached from outside", "I cannot reach {service}"),
    ("JobsStuck", "jobs of {service} do not end", "Nothing happens in {service}"),
    ("DataStale", "{service} shows old data", "{service} shows what was true yesterday"),
)
_CHANGES = ("a release", "a migration of the database", "a new limit", "a certificate", "a provider's outage")
NOTICED = (Severity.SEV1, Severity.SEV2, Severity.SEV3)
"""What customers notice, and what pages at once."""
_LATE_ALERT = 3
_REPORTS = {Severity.SEV1: 4, Severity.SEV2: 3, Severity.SEV3: 2}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """`severity` is what it comes to in the end, `guessed` what people think at first. Times count from its beginning.

    `kind` is real, false_alarm or near_miss. `reports`: when customers write.
    """

    number: int
    kind: str
    service: str
    alertname: str
    title: str
    complaint: str
    change: str
    severity: Severity
    guessed: Severity
    alert_after: timedelta
    reports: tuple[timedelta, ...]
    mitigated_after: timedelta
    resolved_after: timedelta

    @property
    def labels(self) -> Mapping[str, str]:
        """Of its alert, which no other fault has."""
        return {
            "alertname": self.alertname,
            "service": self.service,
            "instance": f"node-{self.number}",
            "severity": "critical" if self.severity in NOTICED else "warning",
        }


def draw_fault(assumed: Assumptions, draws: Draws, number: int) -> Fault:
    """The next fault."""
    false = draws.yes(assumed.false_alarm)
    near = false and draws.yes(assumed.near_miss)
    severity = draws.one_of(_SEVERITIES, assumed.severities)
    name, title, complaint = draws.one_of(_SYMPTOMS)
    service = draws.one_of(tuple(SERVICES))
    alert_after = draws.duration(assumed.latent)
    return Fault(
        number=number,
        kind="near_miss" if near else "false_alarm" if false else "real",
        service=service,
        alertname=name,
        title=title.format(service=service).capitalize(),
        complaint=complaint.format(service=service).capitalize(),
        change=draws.one_of(_CHANGES),
        severity=severity,
        guessed=_guess(assumed, draws, severity),
        alert_after=alert_after,
        reports=() if false else _reports(assumed, draws, severity, alert_after),
        mitigated_after=draws.duration(assumed.mitigated_after[_SEVERITIES.index(severity)]),
        resolved_after=draws.duration(assumed.resolved_after),
    )


def _guess(assumed: Assumptions, draws: Draws, severity: Severity) -> Severity:
    if not draws.yes(assumed.first_guess_wrong):
        return severity
    place = _SEVERITIES.index(severity)
    others = [one for one in (place - 1, place + 1) if 0 <= one < len(_SEVERITIES)]
    return _SEVERITIES[draws.one_of(others)]


def _reports(assumed: Assumptions, draws: Draws, severity: Severity, alert_after: timedelta) -> tuple[timedelta, ...]:
    """When customers write: before the alert, or in the hours after it."""
    if severity not in NOTICED:
        return ()
    count = round(draws.between(1, _REPORTS[severity]))
    if draws.yes(assumed.customers_first):
        return tuple(sorted(alert_after * draws.between(0.2, 0.9) for _ in range(count)))
    if draws.yes(assumed.customers_write):
        return tuple(sorted(alert_after + draws.duration(assumed.latent * _LATE_ALERT) for _ in range(count)))
    return ()
