"""An Opsgenie account as a roster: users with their notification rules, teams, escalations and schedules.

Follows Opsgenie's API reference: what `GET /v2/users`, `/v2/users/ID/contacts`, `/v2/users/ID/notification-rules/ID`,
`/v2/teams/ID`, `/v2/teams/ID/routing-rules`, `/v2/schedules?expand=rotation`, `/v2/schedules/ID/overrides` and
`/v2/escalations` answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from incidentd.importers.contact_ways import EMAIL, URGENCIES, Way, contacts
from incidentd.importers.export_files import Export, Layout
from incidentd.importers.imported import Imported
from incidentd.importers.opsgenie_escalations import add_escalation, amount
from incidentd.importers.opsgenie_schedules import schedule_turns
from incidentd.importers.policy_parts import Rung, add_policy, policy_name
from incidentd.importers.report import Outcome, Report
from incidentd.importers.roster_parts import RosterParts, person_name
from incidentd.importers.schedule_parts import add_schedule, is_new, schedule_targets
from incidentd.importers.yaml_table import Table

_DATA = ("data",)
LAYOUT = Layout(
    lists=dict.fromkeys(("users", "teams", "schedules", "escalations"), _DATA),
    by_parent=dict.fromkeys(("contacts", "notification_rules", "routing_rules", "overrides"), _DATA),
    required=("users",),
)
_KINDS = {"email": EMAIL, "sms": "a text message", "voice": "a call", "mobile": "a push message"}
_OF_USERS = frozenset({"id", "role", "verified", "createdAt", "locale", "userAddress", "tags", "skypeUsername"})
_OF_OTHERS = frozenset({"id", "description", "ownerTeam", "links"})
_NEW_ALERT = "create-alert"


def read_opsgenie(place: Path, now: datetime) -> Imported:
    """What the export at `place` says at `now`. Raises `NothingRead`; writes nothing."""
    report = Report(place.name)
    export = Export(place, LAYOUT, report)
    parts = RosterParts(report)
    for user in export.tables("users"):
        _user(user, export, parts)
    for team in export.tables("teams"):
        _team(team, parts)
    for schedule in export.tables("schedules"):
        key = schedule.text("id") or ""
        if is_new(parts, schedule, key):
            add_schedule(parts, schedule, key, schedule_turns(schedule, export.of("overrides", key), parts), now)
            parts.leave_rest(schedule, _OF_OTHERS)
    for escalation in export.tables("escalations"):
        add_escalation(escalation, parts)
    for team in export.tables("teams"):
        _routing(team, export, parts)
    return parts.imported({"sources": {"opsgenie": {"type": "opsgenie"}}}, str(place))


# ---------------------------------------------------------------------- people
def _user(user: Table, export: Export, parts: RosterParts) -> None:
    username, full = user.text("username") or "", user.text("fullName") or ""
    handle = parts.people.new(user, username.partition("@")[0] or full)
    if handle is None:
        return
    person: dict[str, Any] = {"name": person_name(full or username or handle), "zone": parts.zone(user, "timeZone")}
    if user.flag("blocked", False):
        user.say(Outcome.CHANGED, f"{username!r} is blocked there: here nothing reaches {handle}", "blocked")
    elif methods := contacts(list(_ways(user, export)), username, user, parts):
        person["contacts"] = methods
    parts.people.tables[handle] = person
    user.say(Outcome.CARRIED, f"{full or username!r} is person {handle}")
    parts.leave_rest(user, _OF_USERS)


def _ways(user: Table, export: Export) -> Iterator[Way]:
    key = user.text("id") or ""
    disabled = {
        (one.text("method"), one.text("to"))
        for one in export.of("contacts", key)
        if (status := one.table("status")) is not None and not status.flag("enabled", True)
    }
    rules = [one for one in export.of("notification_rules", key) if _counts(one)]
    steps = [step for rule in rules for step in rule.tables("steps")]
    if not steps:
        yield from _without_rules(export.of("contacts", key), disabled)
    for step in steps:
        contact = step.table("contact")
        if contact is None or not step.flag("enabled", True):
            step.say(Outcome.LEFT, "is disabled" if contact else "names no contact")
        elif (contact.text("method"), contact.text("to")) in disabled:
            contact.say(Outcome.LEFT, f"{contact.text('to')} is a disabled contact")
        else:
            yield _way(contact, amount(step.table("sendAfter")), step)


def _without_rules(given: Sequence[Table], disabled: set[tuple[str | None, str | None]]) -> Iterator[Way]:
    for contact in given:
        if (contact.text("method"), contact.text("to")) not in disabled:
            yield _way(contact, timedelta(0), contact)


def _way(contact: Table, after: timedelta, told: Table) -> Way:
    """Opsgenie knows no urgency: a rule is for both."""
    method = contact.text("method") or ""
    address = "" if method == "mobile" else contact.text("to") or ""
    return Way(_KINDS.get(method, method or "a message"), address, after, URGENCIES, told)


def _counts(rule: Table) -> bool:
    """Whether the rule is for every new alert; others are reported."""
    if rule.text("actionType") != _NEW_ALERT or not rule.flag("enabled", True):
        return False
    criteria = rule.table("criteria")
    narrow = criteria is not None and criteria.text("type") not in (None, "match-all")
    if narrow or "timeRestriction" in rule.unread():
        rule.say(Outcome.LEFT, f"the rule {rule.text('name')!r} is for some alerts or hours only")
        return False
    if "steps" not in rule:
        rule.say(Outcome.TO_DO, "has no steps in the export: fetch notification-rules/ID one by one")
    return True


# ---------------------------------------------------------------------- teams
def _team(team: Table, parts: RosterParts) -> None:
    called = team.text("name") or ""
    name = parts.teams.new(team, called)
    if name is None:
        return
    if "members" not in team:
        team.say(Outcome.TO_DO, f"team {called!r} has no members in the export: fetch teams/ID one by one")
    members = []
    for member in team.tables("members"):
        user = member.table("user")
        members.append(parts.person((user.text("id") if user else "") or "", member, "user"))
    parts.teams.tables[name] = {"members": [one for one in members if one]}
    team.say(Outcome.CARRIED, f"team {called!r} is [teams.{name}]")
    parts.leave_rest(team, _OF_OTHERS)


def _routing(team: Table, export: Export, parts: RosterParts) -> None:
    """A team to which alerts go is a service: its default routing rule has its policy."""
    key = team.text("id") or ""
    for rule in export.of("routing_rules", key):
        if not rule.flag("isDefault", False):
            rule.say(Outcome.LEFT, f"the routing rule {rule.text('name')!r}: write a route in process.toml")
            continue
        notify = rule.table("notify")
        if notify is None or notify.text("type") == "none":
            rule.say(Outcome.LEFT, f"team {team.text('name')!r} is told of nothing by default", "notify")
            continue
        policy = _notified(notify, team, parts)
        if policy is not None:
            name = parts.services.named(key, team.text("name") or "")
            parts.services.tables[name] = {"team": parts.teams.names[key], "policy": policy}
            rule.say(Outcome.CARRIED, f"what goes to team {team.text('name')!r} is [services.{name}]")


def _notified(notify: Table, team: Table, parts: RosterParts) -> str | None:
    kind, key = notify.text("type"), notify.text("id") or ""
    if kind == "escalation":
        return policy_name(parts, key, notify, "id")
    if kind != "schedule":
        notify.say(Outcome.LEFT, f"{kind!r} is neither an escalation nor a schedule", "type")
        return None
    if key not in parts.policies.names:
        rungs = [Rung(tuple(schedule_targets(parts, key, notify)), timedelta(0))]
        add_policy(parts, notify, rungs, 0, f"{team.text('name')}-on-call")
    return parts.policies.names.get(key) or None
