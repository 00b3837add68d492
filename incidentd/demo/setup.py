"""The files of the demonstration's private daemon: written with tomli-w, read like anybody's."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tomli_w

from incidentd.demo.scenario import Scenario

LEAD, COMMS = "ada", "mei"
"""Who leads mitigation and who leads communication in the replay."""


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _people() -> dict[str, Any]:
    contacts = [{"notifier": "pages"}]
    people: dict[str, Any] = {
        handle: {"name": name, "zone": zone, "contacts": contacts}
        for handle, name, zone in (
            ("ada", "Ada", "Europe/London"),
            ("lin", "Lin", "Asia/Singapore"),
            ("mei", "Mei", "Europe/Berlin"),
        )
    }
    user = getpass.getuser()
    people.setdefault(user, {"name": user, "contacts": contacts})["os_user"] = user
    return people


def _roster(scenario: Scenario) -> dict[str, Any]:
    return {
        "people": _people(),
        "teams": {"platform": {"members": ["ada", "lin", "mei"]}},
        "services": {scenario.service: {"team": "platform", "policy": "platform"}},
        "schedules": {
            "platform-primary": {
                "people": ["ada", "lin", "mei"],
                "start": _monday(scenario.instant(scenario.event[0]).date()),
                "handover": "00:00",
                "zone": "UTC",
            }
        },
        "policies": {
            "platform": {
                "steps": [
                    {"targets": ["schedule:platform-primary"], "delay": "5m"},
                    {"targets": ["person:lin", "person:mei"], "delay": "10m"},
                ]
            },
            "default": {"steps": [{"targets": ["schedule:platform-primary"]}]},
        },
    }


def write_files(directory: Path, scenario: Scenario) -> Mapping[str, str]:
    """Write configuration below `directory`; returns the environment that makes a daemon use it and nothing else."""
    return write_configuration(directory, _roster(scenario), {"route": {"group_wait": "30s"}})


def write_configuration(directory: Path, roster: Mapping[str, Any], process: Mapping[str, Any]) -> Mapping[str, str]:
    """As `write_files`, for any people who are reached by the notifier `pages`. Raises `FileExistsError`."""
    places = {name: directory / name for name in ("config", "state", "runtime")}
    for place in places.values():
        place.mkdir(mode=0o700)
    pages = directory / "pages.jsonl"
    files: dict[str, Mapping[str, Any]] = {
        "incidentd.toml": {
            "daemon": {"state_dir": str(places["state"]), "runtime_dir": str(places["runtime"])},
            "ingress": {"listen": ["127.0.0.1:0"]},
            "notifiers": {"pages": {"type": "log", "path": str(pages)}},
            "own_alarms": {"page": False},  # its clock runs so fast that a moment of load would page
        },
        "roster.toml": roster,
        "process.toml": process,
    }
    for name, data in files.items():
        (places["config"] / name).write_text(tomli_w.dumps(data), encoding="utf-8")
    return {"INCIDENTD_CONFIG_DIR": str(places["config"])}
