"""The fictional team: twelve people in two teams, three services, and the versions of their process.

It is written as the three files that any team has, and read by the same parsers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import tomli_w

from incidentd.configuration.documents import Document
from incidentd.configuration.process_file import PROCESS_FILE, read_process
from incidentd.configuration.process_sources import source_of
from incidentd.configuration.roster_file import ROSTER_FILE, read_roster
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.process_versions import Source

NOTIFIER = "pages"
TEAMS: Mapping[str, tuple[str, ...]] = {
    "shop": ("ana", "ben", "cleo", "dev", "eli", "fay"),
    "platform": ("gus", "hana", "ivo", "jo", "kim", "lea"),
}
SERVICES: Mapping[str, str] = {"checkout": "shop", "search": "shop", "gateway": "platform"}
"""Who owns what."""
HANDOVER_HOUR = 9
REASONS: Mapping[int, tuple[str, Mapping[str, str]]] = {
    2: ("many promised updates come late", {"updates.remind": "three minutes are too short to write one"}),
    3: ("leads say that the first minutes are a blur", {}),
}
"""Why a version was adopted, and why keys of it are as they are."""


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def cycle_begins(start: datetime) -> datetime:
    """When the first person of each team took over as primary: before `start`, on a Monday."""
    monday = _monday(start.date()) - timedelta(weeks=1)
    return datetime(monday.year, monday.month, monday.day, HANDOVER_HOUR, tzinfo=start.tzinfo)


def roster_data(start: datetime, people: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """roster.toml. `people` are more of them, such as who looks at it."""
    hours = [{"days": ["mon-fri"], "from": "08:00", "to": "18:00"}]
    members = {
        handle: {"name": handle.title(), "contacts": [{"notifier": NOTIFIER}], "working_hours": hours}
        for team in TEAMS.values()
        for handle in team
    }
    begins = cycle_begins(start).date()
    return {
        "people": {**members, **(people or {})},
        "teams": {name: {"members": list(team), "support_percent": 33} for name, team in TEAMS.items()},
        "services": {name: {"team": team, "policy": team} for name, team in SERVICES.items()},
        "schedules": {
            f"{team}-{place}": {
                "people": [*people[turn:], *people[:turn]],
                "start": begins,
                "handover": f"{HANDOVER_HOUR:02}:00",
            }
            for team, people in TEAMS.items()
            for turn, place in enumerate(("primary", "secondary"))
        },
        "policies": {
            "default": {"steps": [{"targets": ["schedule:shop-primary"]}]},
            **{
                team: {
                    "steps": [
                        {"targets": [f"schedule:{team}-primary"], "delay": "10m"},
                        {"targets": [f"schedule:{team}-secondary"], "delay": "10m"},
                        {"targets": [f"team:{team}"], "delay": "10m"},
                    ]
                }
                for team in TEAMS
            },
        },
    }


def process_data(version: int) -> dict[str, Any]:
    """process.toml in version 1, 2 or 3. Version 2 reminds of updates earlier; 3 adds a checklist.

    Whoever proposes a version does not adopt it, and both teams get a letter each month.
    """
    warnings = {"name": "can wait", "match": ["severity=warning"], "urgency": "low", "group_wait": "5m"}
    infos = {"name": "to be seen", "match": ["severity=info"], "page": False}
    data: dict[str, Any] = {
        "route": {"routes": [warnings, infos]},
        "updates": {"remind": "3m"},
        "adoption": {"second_person": True},
        "letter": {"day": 1, "at": f"{HANDOVER_HOUR:02}:00", "zone": "UTC", "to": [f"team:{name}" for name in TEAMS]},
    }
    if version > 1:
        data["updates"] = {"remind": "6m", "repeat": "5m"}
    if version > 2:
        items = [{"id": "who", "text": "Say who does what"}, {"id": "undo", "text": "Is there something to undo?"}]
        data["checklists"] = [{"role": "mitigation_lead", "items": items}]
    return data


def read_files(start: datetime) -> tuple[Roster, Process, Source]:
    """The roster, and the first version of the process, as a daemon reads them."""
    roster = read_roster(Document(Path(ROSTER_FILE), tomli_w.dumps(roster_data(start))), {NOTIFIER})
    document = Document(Path(PROCESS_FILE), process_text(1))
    process = read_process(document, roster.policies)
    return roster, process, source_of(document, process)


def process_text(version: int) -> str:
    """process.toml in one version."""
    return tomli_w.dumps(process_data(version))


def on_call(start: datetime, team: str, at: datetime) -> tuple[str, str]:
    """(primary, secondary) of a team by its schedules; the secondary is the primary of the week after."""
    people = TEAMS[team]
    turn = (at - cycle_begins(start)) // timedelta(weeks=1)
    return people[turn % len(people)], people[(turn + 1) % len(people)]
