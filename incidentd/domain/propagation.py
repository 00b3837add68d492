"""Where a report goes: the rules that send it to the people of an area, and to those who are kept informed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import msgspec

from incidentd.domain.priority import Priority
from incidentd.domain.severity import Severity

URGENT = (Priority.P1, Priority.P2, Severity.SEV1, Severity.SEV2)


class PropagationRule(msgspec.Struct, frozen=True, kw_only=True):
    """A report that fulfils every condition given goes to `team`, `schedule` or `policy`; "" for its service's policy.

    Values of `tags` may hold `*`. `team` stands for those of it who are in support mode.
    """

    name: str
    services: tuple[str, ...] = ()
    tags: Mapping[str, str] = {}
    severities: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    team: str = ""
    schedule: str = ""
    policy: str = ""
    urgency: str = ""
    audiences: tuple[str, ...] = ()


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What rules look at: the report, and the severity of its incident, "" for none."""

    service: str = ""
    tags: Mapping[str, str] = {}
    severity: str = ""
    priority: str = ""
    kind: str = ""


class Propagation(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a report reaches: a target of the rule, with what decided. `rule` is "" for the built-in one."""

    rule: str
    why: str
    team: str = ""
    schedule: str = ""
    policy: str = ""
    urgency: str
    audiences: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    """Rules before it, and why they did not count."""


def propagation(about: About, rules: Iterable[PropagationRule]) -> Propagation:
    """The first rule that a report fulfils; without one it goes the way of its service."""
    usual = "high" if about.priority in URGENT or about.severity in URGENT else "low"
    passed = []
    for rule in rules:
        against = _against(about, rule)
        if against:
            passed.append(f"{rule.name}: {against}")
            continue
        return Propagation(
            rule=rule.name,
            why=f"rule {rule.name}{_because(rule)}",
            team=rule.team,
            schedule=rule.schedule,
            policy=rule.policy,
            urgency=rule.urgency or usual,
            audiences=rule.audiences,
            passed=tuple(passed),
        )
    what = f"the way of its service {about.service}" if about.service else "no service is known"
    return Propagation(rule="", why=f"no rule fits: {what}", urgency=usual, passed=tuple(passed))


def _against(about: About, rule: PropagationRule) -> str:
    """The first condition that a report does not fulfil, in words; "" when it fulfils all."""
    for name, wanted, value in (
        ("service", rule.services, about.service),
        ("severity", rule.severities, about.severity),
        ("priority", rule.priorities, about.priority),
        ("kind", rule.kinds, about.kind),
    ):
        if wanted and value not in wanted:
            return f"{name} is {value or 'not known'}, not {' or '.join(wanted)}"
    for tag, pattern in rule.tags.items():
        value = about.tags.get(tag, "")
        if not fnmatchcase(value.casefold(), pattern.casefold()):
            return f"{tag} is {value or 'not known'}, not {pattern}"
    return ""


def _because(rule: PropagationRule) -> str:
    conditions = [
        f"{name} {' or '.join(values)}"
        for name, values in (
            ("service", rule.services),
            ("severity", rule.severities),
            ("priority", rule.priorities),
            ("kind", rule.kinds),
        )
        if values
    ]
    conditions += [f"{tag} {pattern}" for tag, pattern in rule.tags.items()]
    return f" ({', '.join(conditions)})" if conditions else ""
