"""Scenarios: public incidents as timelines of facts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Literal

import msgspec

from incidentd.domain.severity import Severity

Kind = Literal["change", "alert", "report", "join", "observation", "decision", "action", "mitigation"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened at a time of the scenario's day, in UTC."""

    at: str
    kind: Kind
    text: str
    labels: Mapping[str, str] = {}
    count: int = 1


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One incident; facts are in the order of time."""

    title: str
    day: date
    customers: str
    service: str
    severity: Severity
    severity_reason: str
    event: tuple[Fact, ...]
    shift: timedelta = timedelta(0)  # added to every time

    def instant(self, fact: Fact) -> datetime:
        """When a fact happens in this replay."""
        return datetime.combine(self.day, time.fromisoformat(fact.at), UTC) + self.shift

    def ending_at(self, at: datetime) -> Scenario:
        """The same facts, moved so that the last one happens at `at`."""
        return msgspec.structs.replace(self, shift=self.shift + at - self.instant(self.event[-1]))


class UnknownScenario(Exception):  # noqa: N818
    """There is no scenario of that name."""


def _folder() -> Any:
    return files("incidentd.demo") / "scenarios"


def names() -> list[str]:
    """The scenarios that come with incidentd."""
    return sorted(one.name.removesuffix(".toml") for one in _folder().iterdir() if one.name.endswith(".toml"))


def load(name: str) -> Scenario:
    """One scenario. Raises `UnknownScenario` naming the known ones."""
    if name not in names():
        raise UnknownScenario(f"there is no scenario {name!r}; there are {', '.join(names())}")
    data = tomllib.loads((_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    return msgspec.convert(data, Scenario)
