"""Cases of figures: what each one is about, when, and where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain.figures.facts import Facts, IncidentFacts
from incidentd.domain.severity import Severity
from incidentd.wire.figures import FigureCase, FigureScope


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case as `wire.figures.FigureCase` has it. `value` is None where it could have one and has none."""

    subject: str
    name: str
    at: datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    severity: Severity | None = None
    service: str = ""
    team: str = ""
    version: str = ""
    part: str = ""


Cases = Callable[[Facts], Iterator[Case]]
_SHOWN = FigureCase.__struct_fields__


def shown(case: Case) -> FigureCase:
    """A case that has a value, as it is told."""
    return FigureCase(**{name: getattr(case, name) for name in _SHOWN})


def of_incident(facts: Facts, one: IncidentFacts, at: datetime, value: float | None, **more: Any) -> Case:
    """A case about an incident; its version of record counts, whenever the case is."""
    incident = one.incident
    return Case(
        subject=incident.subject,
        name=more.pop("name", one.name),
        at=at,
        value=value,
        severity=one.worst,
        service=incident.service,
        team=facts.teams.get(incident.service, ""),
        version=incident.process_version,
        **more,
    )


def of_part(
    facts: Facts, subject: str, name: str, at: datetime, value: float | None, incident_id: int | None, **more: Any
) -> Case:
    """A case about something that may belong to an incident: then it has the severity of that, and the version too
    where it remembers none of its own.
    """
    found = facts.incidents.get(incident_id) if incident_id is not None else None
    service = more.pop("service", "") or (found.incident.service if found else "")
    return Case(
        subject=subject,
        name=name,
        at=at,
        value=value,
        severity=found.worst if found else None,
        service=service,
        team=more.pop("team", "") or facts.teams.get(service, ""),
        version=more.pop("version", "") or (found.incident.process_version if found else facts.version_at(at)),
        **more,
    )


def of_team(facts: Facts, team: str, at: datetime, value: float, **more: Any) -> Case:
    """A case about a team's time."""
    return Case(
        subject=more.pop("subject", f"team:{team}"),
        name=more.pop("name", f"{at:%Y-%m-%d}"),
        at=at,
        value=value,
        team=team,
        version=facts.version_at(at),
        **more,
    )


def within(case: Case, scope: FigureScope) -> bool:
    """Whether a case is in a scope: by its own time, and by where it belongs."""
    return (
        (not scope.team or case.team == scope.team)
        and (not scope.service or case.service == scope.service)
        and (scope.severity is None or case.severity is scope.severity)
        and (not scope.version or case.version == scope.version)
        and (scope.since is None or case.at >= scope.since)
        and (scope.until is None or case.at < scope.until)
    )
