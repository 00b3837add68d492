"""The final schedule of 200 people over a year: 25 teams of 8, each with three layers in two zones, and its changes."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from benchmarks.tables import percentile, table
from incidentd.domain.duty_changes import Absence, Changes, Override
from incidentd.domain.final_schedule import final_schedule, holder_at
from incidentd.domain.people import Layer, Restriction, Rotation, Schedule, Unit

_TEAMS, _TEAM = 25, 8
_START = datetime(2026, 1, 1, tzinfo=UTC)
_END = _START + timedelta(days=365)
_OFFICE = Restriction(days=frozenset(range(1, 6)), start=clock(9), end=clock(17), days_over=0)


def _people(team: int) -> tuple[str, ...]:
    return tuple(f"person-{team * _TEAM + number}" for number in range(_TEAM))


def _layer(name: str, people: tuple[str, ...], zone: str, unit: Unit, *restrictions: Restriction) -> Layer:
    rotation = Rotation(people=people, start=date(2025, 1, 6), zone=zone, unit=unit)
    return Layer(name=name, rotation=rotation, restrictions=restrictions)


def _schedule(team: int) -> Schedule:
    people, half = _people(team), _TEAM // 2
    return Schedule(
        name=f"team-{team}",
        layers=(
            _layer("weeks", people, "Europe/Berlin", Unit.WEEKS),
            _layer("europe", people[:half], "Europe/Berlin", Unit.DAYS, _OFFICE),
            _layer("america", people[half:], "America/New_York", Unit.DAYS, _OFFICE),
        ),
    )


def _changes(team: int) -> Changes:
    """40 overrides of a night and four absences of a week for each person."""
    people = _people(team)
    nights = [_START + timedelta(days=9 * number, hours=20) for number in range(40)]
    weeks = [(who, _START + timedelta(days=80 * turn + at)) for at, who in enumerate(people) for turn in range(4)]
    return Changes(
        overrides=tuple(
            Override(
                id=number, schedule=f"team-{team}", person=people[number % _TEAM], starts_at=night,
                ends_at=night + timedelta(hours=12), at=_START,
            )
            for number, night in enumerate(nights)
        ),
        absences=tuple(
            Absence(id=number, person=who, starts_at=begin, ends_at=begin + timedelta(days=7), at=_START)
            for number, (who, begin) in enumerate(weeks)
        ),
    )  # fmt: skip


async def run(rounds: int) -> str:
    """Milliseconds for a year of all schedules, and microseconds for one schedule at one instant."""
    teams = [(_schedule(team), _changes(team)) for team in range(_TEAMS)]
    years, instants, shifts = [], [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        shifts = sum(len(final_schedule(one, changes, _START, _END)) for one, changes in teams)
        years.append(time.perf_counter() - began)
        began = time.perf_counter()
        for one, changes in teams:
            holder_at(one, changes, _START + timedelta(days=100))
        instants.append((time.perf_counter() - began) / len(teams))
    return table(
        ("200 people, 25 schedules of 3 layers, 1000 overrides, 800 absences", "best", "median"),
        [
            (f"a year of all of them ({shifts:,} shifts), ms", *_figures(years, 1e3)),
            ("one schedule at one instant, us", *_figures(instants, 1e6)),
        ],
    )


def _figures(seconds: list[float], unit: float) -> tuple[str, str]:
    return f"{min(seconds) * unit:.0f}", f"{percentile(seconds, 50) * unit:.0f}"
