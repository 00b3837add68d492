"""When pages come, by weekday and hour, and what each week asks of a team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from incidentd.domain.figures.cases import within
from incidentd.domain.figures.facts import Facts
from incidentd.domain.figures.paging import began as pages_began
from incidentd.domain.figures.responses import began, real
from incidentd.domain.wall_clock import wall
from incidentd.wire.figures import FigureScope, LoadWeek

RHYTHM = (
    "Pages of no drill by the hour and the weekday in which they began, on the wall clock of the zone. An hour of the"
    " night has come as often as one of the day, so that counts can be compared as they are."
)
LOAD: Mapping[str, str] = {
    "pages": "Pages of no drill about services of the team, by when they began.",
    "off_hours": "Those of them that reached somebody outside of their working hours (Monday to Friday, 9 to 18, where"
    " none are stated), or on a public holiday; those in sleep hours are among them.",
    "sleep_hours": "Those of them that reached somebody in their sleep hours (their own, else 23:00 to 07:00).",
    "incidents": "Incidents of services of the team, by when they began; without drills, false alarms, merged and"
    " imported ones.",
    "project_days": "Days of people of the team on project work at noon, with working hours, no holiday and no absence,"
    " or with an interruption.",
    "leaks": "Project days with an interruption.",
}


def hours(facts: Facts, scope: FigureScope, zone: str) -> tuple[tuple[int, ...], ...]:
    """How many pages of a scope began in each hour of each weekday, Monday first."""
    counts = [[0] * 24 for _ in range(7)]
    for case in pages_began(facts):
        if within(case, scope):
            local = wall(case.at, zone)
            counts[local.weekday()][local.hour] += 1
    return tuple(map(tuple, counts))


def weeks_of(facts: Facts, team: str, spans: Sequence[tuple[datetime, datetime]], zone: str) -> tuple[LoadWeek, ...]:
    """The load of a team in each of some weeks."""
    pages = [one for one in facts.pages if facts.teams.get(one.service, "") == team]
    incidents = [began(one) for one in real(facts) if facts.teams.get(one.incident.service, "") == team]
    days = [one for one in facts.project_days if one.team == team]
    found = []
    for start, end in spans:
        mine = [one for one in pages if start <= one.at < end]
        worked = [one for one in days if start <= one.at < end]
        found.append(
            LoadWeek(
                day=wall(start, zone).date(),
                starts_at=start,
                ends_at=end,
                pages=len(mine),
                off_hours=sum(one.off or one.asleep for one in mine),
                sleep_hours=sum(one.asleep for one in mine),
                incidents=sum(start <= at < end for at in incidents),
                project_days=len(worked),
                leaks=sum(one.leaked for one in worked),
            )
        )
    return tuple(found)
