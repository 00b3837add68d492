"""Scenarios: public incidents as timelines of facts."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import msgspec

from incidentd.domain.severity import Severity

Kind = Literal["change", "alert", "report", "join", "observation", "decision", "action", "mitigation"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened at a time of the scenario's day, in UTC.

    Of a report, `count` customers write, each in turn one of `said` ("subject: text").
    """

    at: str
    kind: Kind
    text: str
    labels: Mapping[str, str] = {}
    count: int = 1
    said: tuple[str, ...] = ()


Told = bool | str | tuple[str, ...]


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One incident; facts are in the order of time.

    `answers` are those to the built-in severity matrix, `open_action` is what people meant to do about it. `asserts`
    ([assert] in the file) must hold of what was recorded once somebody has lived through it; a drill does not look.
    """

    title: str
    day: date
    customers: Literal["end_user", "oss_developer", "internal_team"]
    service: str
    severity: Severity
    severity_reason: str
    event: tuple[Fact, ...]
    answers: Mapping[str, str] = {}
    open_action: str = ""
    asserts: Mapping[str, Told] = msgspec.field(default_factory=dict, name="assert")
    shift: timedelta = timedelta(0)  # added to every time

    def instant(self, fact: Fact) -> datetime:
        """When a fact happens in this replay."""
        return datetime.combine(self.day, time.fromisoformat(fact.at), UTC) + self.shift

    def ending_at(self, at: datetime) -> Scenario:
        """The same facts, moved so that the last one happens at `at`."""
        return msgspec.structs.replace(self, shift=self.shift + at - self.instant(self.event[-1]))


class BadScenario(ValueError):
    """The text is no scenario; the message names the key."""


def parse_scenario(text: str) -> Scenario:
    """The scenario of a TOML text. Raises `BadScenario`."""
    try:
        found = msgspec.convert(tomllib.loads(text), Scenario)
        for fact in found.event:
            found.instant(fact)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise BadScenario(str(error)) from None
    if not any(fact.kind == "alert" for fact in found.event):
        raise BadScenario("it has no event of kind alert")
    if any(later.at < earlier.at for earlier, later in itertools.pairwise(found.event)):
        raise BadScenario("its events are not in the order of time")
    return found
