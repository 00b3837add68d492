"""Grafana OnCall as a roster: users and their rules, teams, escalation chains, schedules and integrations.

Follows the reference of OnCall's HTTP API (`/api/v1/`), which was archived in 2026, and where that is silent, what
OnCall 1.16 does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from incidentd.importers.contact_ways import EMAIL, HIGH, LOW, URGENCIES, Way, contacts
from incidentd.importers.export_files import Export, Layout
from incidentd.importers.imported import Imported
from incidentd.importers.oncall_chains import add_chain
from incidentd.importers.oncall_shifts import shift_turns
from incidentd.importers.policy_parts import policy_name
from incidentd.importers.report import Outcome, Report
from incidentd.importers.roster_parts import RosterParts, person_name
from incidentd.importers.schedule_parts import add_schedule, is_new
from incidentd.importers.shift_layers import Turns
from incidentd.importers.yaml_table import Table

_RESULTS = ("results",)
LAYOUT = Layout(
    lists=dict.fromkeys(
        ("users", "teams", "personal_notification_rules", "schedules", "on_call_shifts", "escalation_chains",
         "escalation_policies", "integrations", "routes"), _RESULTS,
    ),
    required=("users",),
)  # fmt: skip
_KINDS = {
    "notify_by_email": EMAIL, "notify_by_sms": "a text message", "notify_by_phone_call": "a call",
    "notify_by_slack": "Slack", "notify_by_telegram": "Telegram", "notify_by_msteams": "Microsoft Teams",
    "notify_by_mobile_app": "a push message", "notify_by_mobile_app_critical": "a critical push message",
    "notify_by_webhook": "a webhook",
}  # fmt: skip
_OF_USERS = frozenset({"id", "grafana_id", "role", "slack", "is_phone_number_verified", "teams"})
_OF_TEAMS = frozenset({"id", "grafana_id", "avatar_url", "email"})
_OF_INTEGRATIONS = frozenset({"id", "type", "link", "inbound_email", "default_route", "description_short"})
_OF_SCHEDULES = frozenset({"id", "team_id", "type", "on_call_now", "enable_web_overrides", "shifts"})


def read_oncall(place: Path, now: datetime) -> Imported:
    """What the export at `place` says at `now`. Raises `NothingRead`; writes nothing."""
    report = Report(place.name)
    export = Export(place, LAYOUT, report)
    parts = RosterParts(report)
    _users(export, parts)
    _teams(export, parts)
    _schedules(export, parts, now)
    for chain in export.tables("escalation_chains"):
        steps = [one for one in export.tables("escalation_policies") if _of(one, "escalation_chain_id", chain)]
        add_chain(chain, sorted(steps, key=_position), parts)
    _integrations(export, parts)
    return parts.imported({}, str(place))


def _of(table: Table, key: str, parent: Table) -> bool:
    return (table.text(key) or "") == (parent.text("id") or "")


def _position(table: Table) -> int:
    return table.number("position") or 0


# ---------------------------------------------------------------------- people
def _users(export: Export, parts: RosterParts) -> None:
    rules: dict[str, list[Table]] = {}
    for rule in export.tables("personal_notification_rules"):
        rules.setdefault(rule.text("user_id") or "", []).append(rule)
    for user in export.tables("users"):
        username, email = user.text("username") or "", user.text("email") or ""
        handle = parts.people.new(user, username.partition("@")[0] or email.partition("@")[0])
        if handle is None:
            continue
        ways = list(_ways(sorted(rules.get(user.text("id") or "", ()), key=_position)))
        person: dict[str, Any] = {"name": person_name(username or handle), "zone": parts.zone(user, "timezone")}
        if methods := contacts(ways, email, user, parts):
            person["contacts"] = methods
        parts.people.tables[handle] = person
        user.say(Outcome.CARRIED, f"{username!r} is person {handle}")
        parts.leave_rest(user, _OF_USERS)
    for key in rules.keys() - parts.people.names.keys():
        rules[key][0].say(Outcome.LEFT, f"is a rule of the user {key!r}, who is not in the export", "user_id")


def _ways(rules: Sequence[Table]) -> Iterator[Way]:
    """The rules of one person; important ones and the others wait on their own."""
    important = {rule.flag("important", False) for rule in rules}
    waited = {True: timedelta(0), False: timedelta(0)}
    for rule in rules:
        mine = rule.flag("important", False)
        kind = rule.text("type") or ""
        if kind == "wait":
            waited[mine] += timedelta(seconds=rule.number("duration") or 0)
            continue
        urgencies = URGENCIES if len(important) == 1 else (HIGH,) if mine else (LOW,)
        yield Way(_KINDS.get(kind, kind), "", waited[mine], urgencies, rule)


def _teams(export: Export, parts: RosterParts) -> None:
    for team in export.tables("teams"):
        name = parts.teams.new(team, team.text("name") or "")
        if name is None:
            continue
        members = [
            parts.people.names.get(user.text("id") or "")
            for user in export.tables("users")
            if (team.text("id") or "") in user.texts("teams")
        ]
        parts.teams.tables[name] = {"members": [one for one in members if one]}
        team.say(Outcome.CARRIED, f"team {team.text('name')!r} is [teams.{name}]")
        parts.leave_rest(team, _OF_TEAMS)


# ---------------------------------------------------------------------- schedules and what pages by them
def _schedules(export: Export, parts: RosterParts, now: datetime) -> None:
    shifts = {shift.text("id") or "": shift for shift in export.tables("on_call_shifts")}
    for schedule in export.tables("schedules"):
        _schedule(schedule, shifts, parts, now)
    used = {shift for schedule in export.tables("schedules") for shift in _shifts(schedule, shifts)}
    for key in shifts.keys() - used:
        parts.gather(Outcome.LEFT, shifts[key], "is a shift of no schedule")


def _shifts(schedule: Table, shifts: dict[str, Table]) -> list[str]:
    """The shifts that a schedule names, and those that name it: overrides that were made in the UI."""
    return list(
        dict.fromkeys([*schedule.texts("shifts"), *(key for key in shifts if _of(shifts[key], "schedule", schedule))])
    )


def _schedule(schedule: Table, shifts: dict[str, Table], parts: RosterParts, now: datetime) -> None:
    key, called = schedule.text("id") or "", schedule.text("name") or ""
    if not is_new(parts, schedule, key):
        return
    for calendar in ("ical_url_primary", "ical_url_overrides"):
        if calendar in schedule.unread():
            schedule.say(Outcome.TO_DO, f"the shifts of {called!r} in this iCalendar are not carried over", calendar)
    zone = parts.zone(schedule, "time_zone")
    web = schedule.text("type") == "web"
    turns: list[Turns] = []
    for shift in _shifts(schedule, shifts):
        if shift not in shifts:
            schedule.say(Outcome.LEFT, f"the shift {shift!r} is not in the export", "shifts")
        else:
            turns += shift_turns(shifts[shift], zone, web, parts)
    add_schedule(parts, schedule, key, turns, now)
    if "slack" in schedule.unread():
        parts.gather(Outcome.LEFT, schedule, "Slack is not told who is on call", "slack")
    parts.leave_rest(schedule, _OF_SCHEDULES)


def _integrations(export: Export, parts: RosterParts) -> None:
    """An integration is a service: its last route, whatever no other one takes, has its policy."""
    for integration in export.tables("integrations"):
        called = integration.text("name") or ""
        name = parts.services.new(integration, called)
        if name is None:
            continue
        routes = sorted((r for r in export.tables("routes") if _of(r, "integration_id", integration)), key=_position)
        last = next((route for route in routes if route.flag("is_the_last_route", False)), None)
        last = last or integration.table("default_route")
        if last is not None and (chain := last.text("escalation_chain_id")):
            policy = policy_name(parts, chain, last, "escalation_chain_id")
            parts.services.tables[name] = {"policy": policy} if policy else {}
        team = parts.teams.names.get(integration.text("team_id") or "")
        if team:
            parts.services.tables[name]["team"] = team
        integration.say(Outcome.CARRIED, f"integration {called!r} is [services.{name}]")
        parts.gather(
            Outcome.TO_DO, integration, "point its sender at a source of incidentd that sets the label `service`: see "
            "docs/alert-sources.md",
        )  # fmt: skip
        parts.leave_rest(integration, _OF_INTEGRATIONS)
        for route in routes:
            if "slack" in route.unread() or "telegram" in route.unread():
                parts.gather(Outcome.LEFT, route, "no chat channel is told what a route pages")
            if route.text("routing_regex") and not route.flag("is_the_last_route", False):
                what = f"a route of {called!r} by {route.text('routing_type') or 'regex'}: write one in process.toml"
                route.say(Outcome.LEFT, what, "routing_regex")
