"""A PagerDuty account as a roster: users, teams, services, escalation policies and schedules.

Follows PagerDuty's REST API v2 reference: what `GET /users`, `/teams`, `/teams/ID/members`, `/schedules`,
`/schedules/ID/overrides`, `/escalation_policies` and `/services` answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from incidentd.importers.contact_ways import EMAIL, HIGH, LOW, Way, contacts
from incidentd.importers.export_files import Export, Layout
from incidentd.importers.imported import Imported
from incidentd.importers.pagerduty_schedules import schedule_turns
from incidentd.importers.policy_parts import Rung, add_policy, policy_name
from incidentd.importers.report import Outcome, Report
from incidentd.importers.roster_parts import RosterParts, person_name
from incidentd.importers.schedule_parts import add_schedule, is_new, schedule_targets
from incidentd.importers.yaml_table import Table

LAYOUT = Layout(
    lists={
        "users": ("users", "user"),
        "teams": ("teams", "team"),
        "schedules": ("schedules", "schedule"),
        "escalation_policies": ("escalation_policies", "escalation_policy"),
        "services": ("services", "service"),
    },
    by_parent={"members": ("members",), "overrides": ("overrides",)},
    required=("users",),
)
_KINDS = {
    "email_contact_method": EMAIL, "phone_contact_method": "a call", "sms_contact_method": "a text message",
    "push_notification_contact_method": "a push message", "whatsapp_contact_method": "a WhatsApp message",
}  # fmt: skip
_SELF = frozenset({"id", "type", "summary", "self", "html_url", "description", "created_at", "updated_at"})
_OF_USERS = _SELF | {
    "avatar_url", "color", "role", "invitation_sent", "job_title", "locale", "coordinated_incidents", "teams",
}  # fmt: skip
_OF_SCHEDULES = _SELF | {
    "users", "teams", "escalation_policies", "schedule_users", "final_schedule", "overrides_subschedule", "web_cal_url",
    "http_cal_url", "next_oncall_for_user", "personal_web_cal_url",
}  # fmt: skip
_OF_POLICIES = _SELF | {"services", "teams", "on_call_handoff_notifications"}
_OF_SERVICES = _SELF | {
    "last_incident_timestamp", "incident_count", "response_play", "status", "alert_creation", "addons",
}  # fmt: skip


def read_pagerduty(place: Path, now: datetime) -> Imported:
    """What the export at `place` says at `now`. Raises `NothingRead`; writes nothing."""
    report = Report(place.name)
    export = Export(place, LAYOUT, report)
    parts = RosterParts(report)
    for user in export.tables("users"):
        _user(user, parts)
    for schedule in export.tables("schedules"):
        _schedule(schedule, export, parts, now)
    _teams(export, parts)
    for policy in export.tables("escalation_policies"):
        _policy(policy, parts)
    for service in export.tables("services"):
        _service(service, parts)
    return parts.imported({"sources": {"pagerduty": {"type": "pagerduty"}}}, str(place))


# ---------------------------------------------------------------------- people
def _user(user: Table, parts: RosterParts) -> None:
    name, email = user.text("name") or "", user.text("email") or ""
    handle = parts.people.new(user, email.partition("@")[0] or name)
    if handle is None:
        return
    person: dict[str, Any] = {"name": person_name(name or email or handle), "zone": parts.zone(user, "time_zone")}
    if methods := contacts(list(_ways(user, parts)), email, user, parts):
        person["contacts"] = methods
    parts.people.tables[handle] = person
    user.say(Outcome.CARRIED, f"{name or email!r} is person {handle}")
    parts.leave_rest(user, _OF_USERS)


def _ways(user: Table, parts: RosterParts) -> Iterable[Way]:
    known = {method.text("id"): method for method in user.tables("contact_methods")}
    for rule in user.tables("notification_rules"):
        reference = rule.table("contact_method")
        if reference is None:
            rule.say(Outcome.LEFT, "names no contact method")
            continue
        method = known.get(reference.text("id"), reference)
        kind = (method.text("type") or "").removesuffix("_reference")
        address = method.text("address") or ""
        country = method.text("country_code")
        if country and kind != "email_contact_method":
            address = f"+{country} {address}"
        if kind == "push_notification_contact_method":
            address = ""  # the token of a device
        if method.flag("blacklisted", False):
            method.say(Outcome.LEFT, f"{address} is blocked by its user or by the carrier")
            continue
        urgency = LOW if rule.text("urgency") == LOW else HIGH
        after = timedelta(minutes=rule.number("start_delay_in_minutes") or 0)
        yield Way(_KINDS.get(kind, kind or "a message"), address, after, (urgency,), rule)
    if "contact_methods" not in user or "notification_rules" not in user:
        parts.gather(
            Outcome.TO_DO, user, "has no rules in the export: fetch users with include[]=contact_methods&"
            "include[]=notification_rules",
        )  # fmt: skip


def _teams(export: Export, parts: RosterParts) -> None:
    for team in export.tables("teams"):
        key = team.text("id") or ""
        name = parts.teams.new(team, team.text("name") or key)
        if name is None:
            continue
        members = [parts.person(_id(one, "user"), one, "user") for one in export.of("members", key)]
        if key not in export.parents("members"):
            members = list(_of_team(export, key, parts))
        parts.teams.tables[name] = {"members": list(dict.fromkeys(one for one in members if one))}
        if (parent := team.table("parent")) is not None:
            parent.say(Outcome.LEFT, "teams have no parents here")
        team.say(Outcome.CARRIED, f"team {team.text('name')!r} is [teams.{name}]")
        parts.leave_rest(team, _SELF | {"default_role"})


def _of_team(export: Export, team: str, parts: RosterParts) -> Iterable[str]:
    """The members of a team as the users name their teams."""
    for user in export.tables("users"):
        if any(one.text("id") == team for one in user.tables("teams")):
            handle = parts.people.names.get(user.text("id") or "")
            if handle:
                yield handle


def _id(table: Table, key: str) -> str:
    found = table.table(key)
    return (found.text("id") if found else "") or ""


# ---------------------------------------------------------------------- schedules, policies, services
def _schedule(schedule: Table, export: Export, parts: RosterParts, now: datetime) -> None:
    key = schedule.text("id") or ""
    if is_new(parts, schedule, key):
        add_schedule(parts, schedule, key, schedule_turns(schedule, export.of("overrides", key), parts, now), now)
        parts.leave_rest(schedule, _OF_SCHEDULES)


def _policy(policy: Table, parts: RosterParts) -> None:
    rungs = [_rung(rule, parts) for rule in policy.tables("escalation_rules")]
    add_policy(parts, policy, rungs, policy.number("num_loops") or 0, policy.text("name") or "policy")
    parts.leave_rest(policy, _OF_POLICIES)


def _rung(rule: Table, parts: RosterParts) -> Rung:
    targets: list[str] = []
    for target in rule.tables("targets"):
        kind = (target.text("type") or "").removesuffix("_reference")
        key = target.text("id") or ""
        if kind == "schedule":
            targets += schedule_targets(parts, key, target)
        elif kind != "user":
            target.say(Outcome.LEFT, f"{kind!r} is neither a user nor a schedule")
        elif (handle := parts.person(key, target)) is not None:
            targets.append(f"person:{handle}")
    strategy = rule.table("escalation_rule_assignment_strategy")
    if strategy is not None and strategy.text("type") == "round_robin":
        strategy.say(Outcome.CHANGED, "was one of these in turn: all of them are paged at once")
    return Rung(tuple(targets), timedelta(minutes=rule.number("escalation_delay_in_minutes") or 0))


def _service(service: Table, parts: RosterParts) -> None:
    called = service.text("name") or ""
    if service.text("status") == "disabled":
        service.say(Outcome.LEFT, f"service {called!r} is disabled")
        return
    name = parts.services.new(service, called)
    if name is None:
        return
    table = parts.services.tables[name]
    teams = [parts.teams.names.get(one.text("id") or "") for one in service.tables("teams")]
    if known := [one for one in teams if one]:
        table["team"] = known[0]
    if len(known) > 1:
        service.say(Outcome.CHANGED, f"has one team here, {known[0]}", "teams")
    policy = policy_name(parts, _id(service, "escalation_policy"), service, "escalation_policy")
    if policy:
        table["policy"] = policy
    service.say(Outcome.CARRIED, f"service {called!r} is [services.{name}]")
    _urgency(service, name, parts)
    _integrations(service, name, parts)
    for key in ("acknowledgement_timeout", "auto_resolve_timeout"):
        if service.number(key):
            parts.gather(Outcome.LEFT, service, "is said by alerts and their sources here", key)
    parts.leave_rest(service, _OF_SERVICES)


def _urgency(service: Table, name: str, parts: RosterParts) -> None:
    rule = service.table("incident_urgency_rule")
    if rule is None:
        return
    kind, urgency = rule.text("type"), rule.text("urgency")
    if kind == "constant" and urgency == "low":
        parts.routes.append({"name": f"{name} can wait"[:64], "match": [f"service={name}"], "urgency": "low"})
        rule.say(Outcome.CARRIED, f"is a route of process.toml: what {name} raises can wait")
    elif kind != "constant" or urgency != "high":
        rule.say(Outcome.LEFT, "urgency by severity or by support hours: write routes with `urgency` in process.toml")
    for key in ("support_hours", "scheduled_actions"):
        if key in service.unread():
            service.leave(key, "write a route with active_time_intervals in process.toml")


def _integrations(service: Table, name: str, parts: RosterParts) -> None:
    for one in service.tables("integrations"):
        if (one.text("type") or "").startswith("events_api_v2"):
            what = f"its key was not copied: [sources.pagerduty] routing_keys = {{ KEY = {name!r} }}"
            one.say(Outcome.TO_DO, f"{what} lets its sender go on")
        else:
            parts.gather(Outcome.TO_DO, one, "point this sender at a source of incidentd: see docs/alert-sources.md")
