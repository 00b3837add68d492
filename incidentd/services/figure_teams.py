"""The time of teams, as figures reckon with it: project days, reactive work, heavy shifts, handovers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

import msgspec

from incidentd.domain.figures.facts import HandoverFacts, HeavyShift, ProjectDay, Pulled, Work
from incidentd.domain.people import Roster
from incidentd.domain.protection import Members, project_days, reactive_work
from incidentd.domain.protection_log import Log, read
from incidentd.domain.wall_clock import instant, wall
from incidentd.services.figure_steps import Steps, rows_of
from incidentd.services.public_holidays import public_holidays
from incidentd.storage import figures
from incidentd.wire import Event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IN_TIME = timedelta(hours=1)
"""A handover that is sent so soon after the end of its block is in time: then its writer is reminded first."""
_INSTANT = timedelta(microseconds=1)  # what happens at this instant counts


class TeamFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the time of teams; the names are those of `Facts`."""

    project_days: list[ProjectDay]
    work: list[Work]
    pulled: list[Pulled]
    heavy: list[HeavyShift]
    handovers: list[HandoverFacts]


def members_of(roster: Roster, handles: Collection[str], since: datetime, now: datetime) -> Members:
    """People with their public holidays of a time."""
    people = {one: roster.people[one] for one in handles if one in roster.people}
    holidays = public_holidays(people, since, now)
    return Members(people, {handle: frozenset(days) for handle, days in holidays.items()})


def homes(roster: Roster) -> dict[str, str]:
    """The team of each person: the first that has them, so that nobody's day counts twice."""
    found: dict[str, str] = {}
    for team in roster.teams.values():
        for handle in team.members:
            found.setdefault(handle, team.name)
    return found


def zone_of(roster: Roster, team: str = "") -> str:
    """The zone that most people of a team, or of all, live in; the first of those that come as often."""
    handles = roster.teams[team].members if team in roster.teams else tuple(roster.people)
    zones = Counter(roster.people[one].zone for one in handles if one in roster.people)
    return zones.most_common(1)[0][0] if zones else "UTC"


def team_facts(roster: Roster, now: datetime, since: datetime | None) -> Steps[TeamFacts]:
    """Everything from `since` on, or from the first mode that anybody was in."""
    told = yield from rows_of(partial(_protection, since or EPOCH), 200, "seq")
    practice = yield figures.practice_pages
    rests = yield figures.answered_rests
    blocks = yield partial(figures.ended_blocks, now=now)
    log, home = read(told, practice), homes(roster)
    start = since or min((one.starts_at for one in log.blocks), default=now)
    days, work = [], []
    for team in roster.teams.values():
        people = members_of(roster, [one for one in team.members if home[one] == team.name], start, now)
        days += list(_days(log, people, team.name, start, now))
        work += [
            Work(team.name, one.subject, one.at, one.absorbed)
            for one in reactive_work(log, people, since or EPOCH, now + _INSTANT)
        ]
    return TeamFacts(
        project_days=days,
        work=work,
        pulled=[Pulled(home.get(one.person, ""), one.service, one.at, one.reason) for one in log.interruptions],
        heavy=[HeavyShift(home.get(one.person, ""), _monday(one.last_at), rested(one)) for one in rests],
        handovers=[_handover(one, home.get(one.person, "")) for one in blocks],
    )


def _protection(since: datetime, conn: Any, after: int, limit: int) -> list[Event]:
    return figures.protection_events(conn, after, since, limit)


def _days(log: Log, people: Members, team: str, start: datetime, now: datetime) -> Iterator[ProjectDay]:
    for (person, day), leaked in project_days(log, people, start, now + _INSTANT).items():
        yield ProjectDay(team, day, instant(datetime.combine(day, time(12)), people.people[person].zone), leaked)


def _monday(at: datetime) -> datetime:
    """The week is told and not the day, on which one person may have been on duty."""
    day = wall(at, "UTC").date()
    return datetime.combine(day - timedelta(days=day.weekday()), time(0), UTC)


def rested(row: Any) -> str:
    """How an offer of rest ended: what was taken stays taken once its time is over."""
    took = row.late or row.relief or row.skip
    return "taken" if took and row.state == "over" else str(row.state)


def _handover(row: Any, team: str) -> HandoverFacts:
    sent = row.sent_at
    outcome = "never" if sent is None else "in time" if sent <= row.ends_at + IN_TIME else "late"
    return HandoverFacts(team, row.schedule, row.ends_at, outcome)
