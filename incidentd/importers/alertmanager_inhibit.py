"""`inhibit_rules` of Alertmanager as the `[[inhibit]]` of process.toml, which mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from incidentd.domain.matchers import BadMatcher
from incidentd.importers.alertmanager_matchers import matchers_of
from incidentd.importers.report import Outcome
from incidentd.importers.yaml_table import Table

_PAGES = "the rule is left out: what it hid pages"


def inhibit_rules(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """The rules that can be said here; the report tells of the others."""
    return [rule for table in tables if (rule := _rule(table)) is not None]


def _rule(table: Table) -> dict[str, Any] | None:
    rule: dict[str, Any] = {}
    name = table.text("name")
    if name:
        rule["name"] = name
    for side in ("source", "target"):
        try:
            found = matchers_of(table, f"{side}_")
        except BadMatcher as error:
            table.say(Outcome.LEFT, f"{error}: {_PAGES}")
            return None
        if not found:
            table.say(Outcome.LEFT, f"names no {side}, so it stands for every alert: {_PAGES}")
            return None
        rule[side] = [str(matcher) for matcher in found]
    if equal := table.texts("equal"):
        rule["equal"] = sorted(set(equal))
    table.say(Outcome.CARRIED, "is an [[inhibit]]")
    table.rest()
    return rule
