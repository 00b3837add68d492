"""What is wrong with modes before it hurts: too few in support, too soon again, the pager carried on project work.

The figures are those of the practice: two people in support at a time, eight people for turns of a week on one site and
six on each of two, and at least as long on project work as it was in support.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from incidentd.domain.duty_changes import Changes
from incidentd.domain.duty_warnings import DutyWarning, warning
from incidentd.domain.final_schedule import final_schedule
from incidentd.domain.modes import (
    PRIMARY_AND_SECONDARY,
    Mode,
    ModeBlock,
    Stretch,
    sites,
    stretches,
    wanted_in_support,
)
from incidentd.domain.people import Roster, Rotation, Schedule, Shift, TargetKind, Team, Unit

ONE_SITE, EACH_SITE = 8, 6
LOOK_BACK = timedelta(weeks=8)
"""How long before a time its blocks are wanted, to tell how soon somebody is in support again."""


def mode_warnings(
    roster: Roster, changes: Changes, blocks: Sequence[ModeBlock], start: datetime, end: datetime, team: str = ""
) -> list[DutyWarning]:
    """What to know about modes from `start` until `end`; `blocks` go back `LOOK_BACK` from there.

    Of teams, only `team` is judged where one is named.
    """
    teams = [one for one in roster.teams.values() if team in ("", one.name)]
    found = [told for one in teams for told in _of_team(roster, one, blocks, start, end)]
    lasting = [one for one in stretches(blocks) if one.starts_at < end and start < one.ends_at]
    for name in roster.schedules if lasting else ():
        shifts = final_schedule(roster.schedules[name], changes, start, end)
        found += _on_project_work(name, shifts, lasting)
    found += _away(changes, lasting)
    return sorted(found, key=lambda one: (one.starts_at, one.schedule, one.person, one.kind))


def _of_team(
    roster: Roster, team: Team, blocks: Sequence[ModeBlock], start: datetime, end: datetime
) -> Iterator[DutyWarning]:
    own = [one for one in stretches(blocks) if one.person in team.members]
    yield from (one for one in _cadence(own) if start <= one.starts_at < end)
    if team.support_percent is None:
        return
    for kind, text in (*_share(team), *_size(roster, team, start)):
        yield DutyWarning(kind=kind, schedule="", person="", starts_at=start, ends_at=end, text=text)
    yield from _understaffed(team, own, start, end)


# ---------------------------------------------------------------------- what the roster says
def _share(team: Team) -> Iterator[tuple[str, str]]:
    size, percent = len(team.members), team.support_percent or 0
    people = size * percent / 100
    if people < PRIMARY_AND_SECONDARY:
        yield (
            "allocation",
            f"{percent} % of the {size} people of team {team.name} is {people:.2g} in support:"
            " a primary and a secondary are two",
        )
    if percent > 50:
        yield "cadence", f"{percent} % of team {team.name} in support leaves less time for projects than for support"


def _size(roster: Roster, team: Team, at: datetime) -> Iterator[tuple[str, str]]:
    layers = (layer for one in _schedules(roster, team) for layer in one.layers if layer.ical is None)
    if not any(_is_weekly(layer.rotation) for layer in layers):
        return
    places = sites(roster.people, team.members, at)
    if len(places) == 1 and len(team.members) < ONE_SITE:
        said = f"{len(team.members)} people of team {team.name} take turns of a week on one site"
        yield "team_size", f"{said}: {ONE_SITE} make it bearable"
    for place in places if len(places) > 1 else ():
        if len(place) < EACH_SITE:
            who = ", ".join(place)
            said = f"{who} of team {team.name} take turns of a week as one site of {len(places)}"
            yield "team_size", f"{said}: {EACH_SITE} people make it bearable"


def _is_weekly(rotation: Rotation) -> bool:
    return rotation.every * rotation.unit.length >= Unit.WEEKS.length


def _schedules(roster: Roster, team: Team) -> Iterator[Schedule]:
    """Those that pages of the team's services go by."""
    policies = {one.policy for one in roster.services.values() if one.team == team.name} & set(roster.policies)
    steps = [step for name in sorted(policies) for step in roster.policies[name].steps]
    named = [target.name for step in steps for target in step.targets if target.kind is TargetKind.SCHEDULE]
    yield from (roster.schedules[name] for name in dict.fromkeys(named) if name in roster.schedules)


# ---------------------------------------------------------------------- what the blocks say
def _understaffed(team: Team, own: Iterable[Stretch], start: datetime, end: datetime) -> Iterator[DutyWarning]:
    """When fewer than the team's share are in support."""
    wanted = wanted_in_support(team)
    support = [one for one in own if one.mode is Mode.SUPPORT]
    edges = {start, end} | {at for one in support for at in (one.starts_at, one.ends_at) if start < at < end}
    spans: list[tuple[datetime, datetime, tuple[str, ...]]] = []
    for low, high in pairwise(sorted(edges)):
        there = tuple(sorted(one.person for one in support if one.starts_at <= low < one.ends_at))
        if spans and spans[-1][2] == there:
            spans[-1] = (spans[-1][0], high, there)
        else:
            spans.append((low, high, there))
    for low, high, there in spans:
        if len(there) < wanted:
            only = f"only {', '.join(there)} of team {team.name} is" if there else f"nobody of team {team.name} is"
            yield warning("support", "", "", low, high, f"{only} in support mode, of {wanted} wanted,")


def _cadence(own: Iterable[Stretch]) -> Iterator[DutyWarning]:
    support = [one for one in own if one.mode is Mode.SUPPORT]
    for before, after in pairwise(support):
        between, lasted = after.starts_at - before.ends_at, before.ends_at - before.starts_at
        if before.person == after.person and between < lasted:
            what = f"{after.person} is in support again after {_days(between)}, having been for {_days(lasted)},"
            yield warning("cadence", "", after.person, after.starts_at, after.ends_at, what)


def _on_project_work(name: str, shifts: Iterable[Shift], lasting: Sequence[Stretch]) -> Iterator[DutyWarning]:
    project = [one for one in lasting if one.mode is Mode.PROJECT]
    spans: list[tuple[str, datetime, datetime]] = []
    for shift in shifts:
        for one in project:
            low, high = max(one.starts_at, shift.starts_at), min(one.ends_at, shift.ends_at)
            if one.person == shift.person and low < high:
                if spans and spans[-1][0] == shift.person and spans[-1][2] == low:
                    low = spans.pop()[1]
                spans.append((shift.person, low, high))
    for person, low, high in spans:
        yield warning("project", name, person, low, high, f"{person} is on call for {name} in project mode")


def _away(changes: Changes, lasting: Iterable[Stretch]) -> Iterator[DutyWarning]:
    absences = changes.absences_of()
    for one in lasting:
        for away in absences.get(one.person, ()) if one.mode is Mode.SUPPORT else ():
            low, high = max(one.starts_at, away.starts_at), min(one.ends_at, away.ends_at)
            if low < high:
                yield warning("support", "", one.person, low, high, f"{one.person} is in support mode and absent")


def _days(length: timedelta) -> str:
    return f"{length / timedelta(days=1):.3g} d"
