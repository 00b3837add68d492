"""Escalation chains of Grafana OnCall as policies.

OnCall runs the steps of a chain one after another and stops only where one says `wait`, so what stands between two
waits is one step here. `repeat_escalation` begins again five times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from incidentd.importers.policy_parts import Rung, add_policy
from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import RosterParts
from incidentd.importers.schedule_parts import schedule_targets
from incidentd.importers.yaml_table import Table

_REPEATS = 5
_LEFT = {
    "notify_user_group": "pages a Slack user group: name its people, or their schedule",
    "notify_whole_channel": "pages everybody in a Slack channel",
    "trigger_webhook": "calls a webhook: add a person whom a notifier of type webhook reaches",
    "resolve": "resolves the alert: only its source does here",
    "notify_if_time_from_to": "goes on at some hours only: the steps after it always run here; write routes with "
    "active_time_intervals in process.toml",
    "notify_if_num_alerts_in_window": "goes on when there are many alerts: the steps after it always run here",
    "declare_incident": "declares an incident: a person does here",
}


def add_chain(chain: Table, steps: Sequence[Table], parts: RosterParts) -> None:
    """Add the chain with its `steps`, which are in order."""
    rungs: list[Rung] = []
    repeat = 0
    for step in steps:
        kind = step.text("type") or ""
        if kind == "wait":
            delay = timedelta(seconds=step.number("duration") or 300)
            if not any(rung.targets for rung in rungs):
                step.say(Outcome.CHANGED, f"waited {delay} before it paged anybody: here it pages at once")
            rungs.append(Rung((), delay))
        elif kind == "repeat_escalation":
            repeat = _REPEATS
        elif kind in _TARGETS:
            rungs.append(Rung(tuple(_TARGETS[kind](step, parts)), timedelta(0)))
            _important(step, parts)
        else:
            step.say(Outcome.LEFT, _LEFT.get(kind, f"the step {kind!r} is not known here"))
    add_policy(parts, chain, rungs, repeat, chain.text("name") or "chain")


def _important(step: Table, parts: RosterParts) -> None:
    if step.flag("important", False):
        what = "is `important`: here the urgency of the page says which contact methods are used (`urgency` of routes)"
        parts.gather(Outcome.CHANGED, step, what)


def _persons(step: Table, parts: RosterParts) -> list[str]:
    return _named(step, "persons_to_notify", parts)


def _in_turn(step: Table, parts: RosterParts) -> list[str]:
    step.say(Outcome.CHANGED, "paged one of these in turn: all of them are paged at once")
    return _named(step, "persons_to_notify_next_each_time", parts)


def _named(step: Table, key: str, parts: RosterParts) -> list[str]:
    found = [parts.person(one, step, key) for one in step.texts(key)]
    return [f"person:{handle}" for handle in found if handle]


def _team(step: Table, parts: RosterParts) -> list[str]:
    team = parts.teams.names.get(step.text("team_to_notify") or "")
    if team is None:
        step.say(Outcome.LEFT, "pages a team that is not in the export", "team_to_notify")
        return []
    step.say(Outcome.CHANGED, f"pages those who are in team {team} now", "team_to_notify")
    return [f"person:{handle}" for handle in parts.teams.tables[team]["members"]]


def _schedule(step: Table, parts: RosterParts) -> list[str]:
    return schedule_targets(parts, step.text("notify_on_call_from_schedule") or "", step)


_TARGETS: Mapping[str, Callable[[Table, RosterParts], list[str]]] = {
    "notify_persons": _persons,
    "notify_person_next_each_time": _in_turn,
    "notify_team_members": _team,
    "notify_on_call_from_schedule": _schedule,
}
