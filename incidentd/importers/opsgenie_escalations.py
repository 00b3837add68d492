"""Escalations of Opsgenie as policies.

Each rule says how long after the alert it pages whom; here a step says how long it waits for the next one.
"""

from __future__ import annotations

from datetime import timedelta

from incidentd.importers.policy_parts import Rung, add_policy
from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import RosterParts
from incidentd.importers.schedule_parts import schedule_targets
from incidentd.importers.yaml_table import Table

_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def amount(table: Table | None) -> timedelta:
    """A `timeAmount` with its `timeUnit` (minutes when there is none); nothing without a table."""
    if table is None:
        return timedelta(0)
    number, unit = table.number("timeAmount") or 0, (table.text("timeUnit") or "minutes").lower()
    if unit not in _UNITS:
        table.say(Outcome.CHANGED, f"{unit!r} is no unit of time here: minutes are taken", "timeUnit")
    return timedelta(seconds=min(number * _UNITS.get(unit, 60), 10**9))


def add_escalation(escalation: Table, parts: RosterParts) -> None:
    """Add the escalation as a policy."""
    rules = sorted(((amount(rule.table("delay")), rule) for rule in escalation.tables("rules")), key=lambda one: one[0])
    if rules and rules[0][0]:
        rules[0][1].say(
            Outcome.CHANGED, f"waited {rules[0][0]} before it paged anybody: here it pages at once", "delay"
        )
    rounds, pause = _repeat(escalation)
    ends = [due for due, _ in rules[1:]] + [rules[-1][0] + pause] if rules else []
    rungs = [Rung(tuple(_targets(rule, parts)), end - due) for (due, rule), end in zip(rules, ends, strict=True)]
    called = escalation.text("name") or "escalation"
    add_policy(parts, escalation, rungs, rounds, called)
    parts.leave_rest(escalation, frozenset({"id", "description", "ownerTeam"}))


def _repeat(escalation: Table) -> tuple[int, timedelta]:
    """(rounds after the first, wait between two)."""
    repeat = escalation.table("repeat")
    if repeat is None:
        return 0, timedelta(0)
    for key, why in (
        ("closeAlertAfterAll", "only its source ends an alert"),
        ("resetRecipientStates", "whoever acknowledged is not paged again"),
    ):
        if repeat.flag(key, False):
            repeat.say(Outcome.LEFT, why, key)
    return repeat.number("count") or 0, timedelta(minutes=min(repeat.number("waitInterval") or 0, 10**6))


def _targets(rule: Table, parts: RosterParts) -> list[str]:
    recipient, how = rule.table("recipient"), rule.text("notifyType") or "default"
    if recipient is None:
        rule.say(Outcome.LEFT, "has no recipient")
        return []
    if rule.text("condition") == "if-not-closed":
        rule.say(Outcome.CHANGED, "paged although somebody had acknowledged: here it does not", "condition")
    kind, key = recipient.text("type") or "", recipient.text("id") or ""
    if how in ("next", "previous"):
        rule.say(Outcome.LEFT, f"pages the {how} one on call: name that person, or a second schedule", "notifyType")
        return []
    if how not in ("default", "users"):
        rule.say(Outcome.CHANGED, f"paged {how}: here everybody it names", "notifyType")
    if kind == "schedule":
        return schedule_targets(parts, key, recipient)
    if kind == "user":
        handle = parts.person(key, recipient)
        return [f"person:{handle}"] if handle else []
    if kind == "team" and key in parts.teams.names:
        name = parts.teams.names[key]
        recipient.say(Outcome.CHANGED, f"pages those who are in team {name} now")
        return [f"person:{handle}" for handle in parts.teams.tables[name]["members"]]
    recipient.say(
        Outcome.LEFT, f"the {kind or 'recipient'} {key!r} cannot be paged by a policy, or is not in the export"
    )
    return []
