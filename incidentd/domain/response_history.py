"""When people were responding, and under which rules, read from an incident's events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain import corrections
from incidentd.domain.event_times import instant
from incidentd.domain.incidents import RESPONDING
from incidentd.domain.process import Process
from incidentd.domain.roles import Span
from incidentd.domain.severity import Severity
from incidentd.wire import Event

KINDS = ("incident.declared", "incident.status", "incident.severity", "incident.edited", corrections.KIND)
"""The events that this is read from."""
_TOLD = frozenset(KINDS) - {corrections.KIND}


class _Facts(msgspec.Struct):
    """What holds from one event to the next."""

    at: datetime
    status: str = ""
    severity: str = ""
    many_stakeholders: bool = False


def _apply(facts: _Facts, event: Event) -> None:
    data: Any = event.data
    if event.kind == "incident.declared":
        facts.status, facts.severity = data["status"], data["severity"]
        facts.many_stakeholders = data["many_stakeholders"]
    elif event.kind == "incident.status":
        facts.status = data["to"]
    elif event.kind == "incident.severity":
        facts.severity = data["to"]
    elif "many_stakeholders" in data["changes"]:
        facts.many_stakeholders = data["changes"]["many_stakeholders"]["to"]


def spans(events: Sequence[Event], process: Process, now: datetime) -> list[Span]:
    """The stretches in which people responded, up to `now`, oldest first. Times that ran backwards count as none."""
    found: list[Span] = []
    facts: _Facts | None = None
    corrected = corrections.of_events(events)
    for event in (one for one in events if one.kind in _TOLD):
        at = corrected.get(event.seq) or instant(event.data.get("at")) or event.at
        if facts is None:
            facts = _Facts(at)
        else:
            _close(found, facts, at, process)
            facts.at = max(facts.at, at)
        _apply(facts, event)
    if facts is not None and now >= facts.at:
        _close(found, facts, now, process, present=True)
    return found


def _close(found: list[Span], facts: _Facts, until: datetime, process: Process, *, present: bool = False) -> None:
    """End a stretch. The `present` one counts even when it has only begun: rules are broken from its first instant."""
    if facts.status in RESPONDING and (present or until > facts.at):
        separated = wants_two_leads(process, Severity(facts.severity), facts.many_stakeholders)
        found.append(Span(facts.at, until, separated))


def wants_two_leads(process: Process, severity: Severity, many_stakeholders: bool) -> bool:
    """Whether mitigation and communications must be led by two people."""
    return many_stakeholders or severity in process.separation_severities
