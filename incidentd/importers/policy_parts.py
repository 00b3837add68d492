"""Escalation policies of an import: steps whose targets exist, within what roster.toml allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from incidentd.importers.alertmanager_routes import duration_text
from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import RosterParts
from incidentd.importers.yaml_table import Table

MOST_ROUNDS = 100
USUAL_DELAY = timedelta(minutes=5)


class Rung(msgspec.Struct, frozen=True):
    """Whom a step pages, and how long it waits for an acknowledgement; zero goes on at once."""

    targets: tuple[str, ...]
    delay: timedelta


def add_policy(parts: RosterParts, table: Table, rungs: Sequence[Rung], repeat: int, text: str) -> None:
    """Add what `table` is about as a policy named after `text`, unless it pages nobody."""
    steps = _steps(rungs)
    name = parts.policies.new(table, text)
    if name is None:
        return
    if not steps:
        del parts.policies.tables[name]
        parts.policies.names[table.text("id") or ""] = ""
        table.say(Outcome.LEFT, f"policy {text!r} pages nobody who could be carried over")
        return
    if repeat > MOST_ROUNDS:
        table.say(Outcome.CHANGED, f"goes on for {MOST_ROUNDS} more rounds at most")
    parts.policies.tables[name] = {"repeat": min(repeat, MOST_ROUNDS), "steps": steps}
    table.say(Outcome.CARRIED, f"policy {text!r} is [policies.{name}]")


def _steps(rungs: Sequence[Rung]) -> list[dict[str, Any]]:
    """Steps: what goes on at once is one with the next, what pages nobody lengthens the one before."""
    found: list[tuple[list[str], timedelta]] = []
    for rung in rungs:
        if found and (not rung.targets or not found[-1][1]):
            targets, delay = found.pop()
            found.append(([*targets, *rung.targets], delay + rung.delay))
        elif rung.targets:
            found.append((list(rung.targets), rung.delay))
    return [
        {"targets": list(dict.fromkeys(targets)), "delay": duration_text(delay or USUAL_DELAY)}
        for targets, delay in found
    ]


def policy_name(parts: RosterParts, key: str, table: Table, where: str = "") -> str | None:
    """The policy here of the vendor's `key`; None after a word in the report."""
    name = parts.policies.names.get(key)
    if name is None:
        table.say(Outcome.LEFT, f"the escalation policy {key!r} is not in the export", where)
    elif not name:
        table.say(Outcome.LEFT, "names a policy that pages nobody, and was left out", where)
    return name or None
