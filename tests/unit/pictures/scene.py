"""Made-up figures: a few cases for reckoning by hand, and a year of a team for looking at."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from incidentd.domain.severity import Severity
from incidentd.wire.figures import (
    Figure,
    FigureCase,
    FigureDetail,
    FigureScope,
    Load,
    LoadWeek,
    Rhythm,
    VersionBoundary,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
HOSTILE = '</title><script>alert(1)</script>\x1b[2J\u202e & "x"'
TITLES = {
    "time-to-mitigate": ("Time from start to mitigation", "From when users were hit until they were no longer hit."),
    "incidents-by-severity": ("Incidents", "By the worst severity they ever had, when they began."),
    "update-promises-kept": ("Promised updates that came in time", "Of all times for which an update was promised."),
}


def case(number: int, day: float, value: float, **more: Any) -> FigureCase:
    """A case some days after the start; the value is in seconds, or 1 and 0 of a share."""
    usual: dict[str, Any] = {"service": "checkout", "team": "shop", "version": "aaaa"}
    at = START + timedelta(days=day)
    return FigureCase(subject=f"incident:{number}", name=f"INC-{number}", at=at, value=value, **usual | more)


def detail(cases: Sequence[FigureCase], kind: str = "duration", *, of: int | None = None, **more: Any) -> FigureDetail:
    """A figure of these cases."""
    values = [one.value for one in cases]
    name = {"share": "update-promises-kept", "count": "incidents-by-severity"}.get(kind, "time-to-mitigate")
    title, definition = TITLES[name]
    known: dict[str, Any] = {"n": len(values)}
    if kind == "share":
        known = {"n": sum(1 for value in values if value)}
    elif values:
        known |= {"least": min(values), "median": statistics.median(values), "most": max(values)}
    unit = {"duration": "s", "count": "count"}.get(kind, "")
    figure: Any = {"name": name, "title": title, "definition": definition, "kind": kind, "unit": unit}
    figure |= known | {"of": len(values) if of is None else of} | more.pop("figure", {})
    usual: dict[str, Any] = {"at": START + timedelta(days=365), "scope": FigureScope(), "boundaries": ()}
    return FigureDetail(figure=Figure(**figure), cases=tuple(cases), **usual | more)


def boundary(number: int, day: float, reason: str = "") -> VersionBoundary:
    letter = chr(96 + number)
    return VersionBoundary(at=START + timedelta(days=day), version=letter * 4, name=f"V-{number}", reason=reason)


# ------------------------------------------------------------------ a year
def year(kind: str = "duration", count: int = 90) -> FigureDetail:
    """A year of incidents, three versions of the process, some starts disputed."""
    chance = random.Random(4)
    boundaries = (
        boundary(1, -20), boundary(2, 130, "Updates every 30 minutes"), boundary(3, 242, "Two leads from SEV2 on"),
    )  # fmt: skip
    cases = []
    for number, day in enumerate(sorted(chance.uniform(0, 360) for _ in range(count)), 1):
        severity = chance.choices([None, *Severity], [1, 1, 3, 6, 8, 3])[0]
        value: float = {"share": chance.random() < 0.8, "count": 1}.get(kind, round(chance.lognormvariate(8, 1.5)))
        if kind == "duration" and chance.random() < 0.05:
            value = 0.0
        bounds = {"low": value * 0.4, "high": value * 2.2} if kind == "duration" and chance.random() < 0.14 else {}
        version = [one.version for one in boundaries if one.at <= START + timedelta(days=day)][-1]
        cases.append(case(number, day, float(value), severity=severity, version=version, **bounds))
    return detail(cases, kind, of=count + 4 * (kind == "duration"), boundaries=boundaries,
                  scope=FigureScope(team="shop"))  # fmt: skip


def rhythm(busy: float = 3.0) -> Rhythm:
    """Pages of a year: most in working hours, some at night."""
    chance = random.Random(1)
    counts = tuple(
        tuple(int(chance.expovariate(1 / (busy if 8 < hour < 19 and day < 5 else busy / 3))) for hour in range(24))
        for day in range(7)
    )
    return Rhythm(
        at=START, scope=FigureScope(team="shop"), zone="Europe/Berlin", n=sum(map(sum, counts)), counts=counts,
        definition="Every page that was sent, at the hour at which it was sent.",
    )  # fmt: skip


def week(number: int, **values: int) -> LoadWeek:
    """A week, counted from the start."""
    at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=number)
    usual = {"pages": 0, "off_hours": 0, "sleep_hours": 0, "incidents": 0, "project_days": 0, "leaks": 0}
    return LoadWeek(day=at.date(), starts_at=at, ends_at=at + timedelta(weeks=1), **usual | values)


def load(weeks: Sequence[LoadWeek] | None = None, team: str = "shop") -> Load:
    """The weeks of a team; without any, a quarter."""
    if weeks is None:
        chance = random.Random(1)
        weeks = []
        for number in range(13):
            sleep = chance.choice([0, 0, 1, 2, 3])
            off = sleep + chance.randint(0, 4)
            days = chance.choice([20, 20, 15, 0])
            weeks.append(
                week(
                    number, pages=off + chance.randint(0, 9), off_hours=off, sleep_hours=sleep,
                    incidents=chance.randint(0, 4), project_days=days, leaks=chance.randint(0, min(6, days)),
                )
            )  # fmt: skip
    definitions = {"pages": "Pages that were sent to the team.", "leaks": "Project days with an interruption."}
    return Load(at=START, team=team, zone="Europe/Berlin", weeks=tuple(weeks), definitions=definitions)
