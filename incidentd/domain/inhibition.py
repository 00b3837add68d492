"""Inhibition: an alert is not told about while another one fires that explains it.

The rules are Alertmanager's (its documentation, "Inhibition-related settings"): a target is muted while an alert
fires that fulfils the source matchers and has equal values for the labels under `equal`; a label that is missing and
one that is empty are the same. An alert that fulfils both sides of a rule is not muted by one of which the same holds,
itself included. A source inhibits also while it is silenced or inhibited itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from incidentd.domain.matchers import Matcher, matches_all


class InhibitRule(msgspec.Struct, frozen=True, kw_only=True):
    """While a `source` fires, `target`s with equal values of the labels `equal` are not told about."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        return self.name or f"{_said(self.source)} over {_said(self.target)}"


class Firing(msgspec.Struct, frozen=True, gc=False):
    """A firing alert, as far as inhibition looks at it."""

    id: int
    labels: Mapping[str, str]


class Inhibited(msgspec.Struct, frozen=True):
    """Why an alert is inhibited: the alert that explains it, and the rule."""

    by: int
    rule: InhibitRule


def _said(matchers: Sequence[Matcher]) -> str:
    return "{" + ", ".join(str(matcher) for matcher in matchers) + "}"


class _Sources:
    """The alerts that inhibit by one rule, found by the values of its equal labels."""

    def __init__(self, rule: InhibitRule, firing: Iterable[Firing]) -> None:
        self._rule = rule
        self._any: dict[tuple[str, ...], int] = {}
        self._one_sided: dict[tuple[str, ...], int] = {}
        for alert in firing:
            if not matches_all(rule.source, alert.labels):
                continue
            key = self._key(alert)
            self._any.setdefault(key, alert.id)
            if not matches_all(rule.target, alert.labels):
                self._one_sided.setdefault(key, alert.id)

    def _key(self, alert: Firing) -> tuple[str, ...]:
        return tuple(alert.labels.get(name, "") for name in self._rule.equal)

    def of(self, target: Firing) -> int | None:
        """The oldest alert that inhibits `target`. One that is on both sides needs a source that is on one only."""
        if not matches_all(self._rule.target, target.labels):
            return None
        both = matches_all(self._rule.source, target.labels)
        return (self._one_sided if both else self._any).get(self._key(target))


def inhibited(
    rules: Sequence[InhibitRule], targets: Sequence[Firing], firing: Callable[[InhibitRule], Iterable[Firing]]
) -> dict[int, Inhibited]:
    """What inhibits each of `targets`, by the first rule that does; those that nothing inhibits are missing.

    `firing` gives the alerts that fire and may be sources of a rule; it is asked only about rules with a target here.
    """
    found: dict[int, Inhibited] = {}
    for rule in rules:
        left = [one for one in targets if one.id not in found and matches_all(rule.target, one.labels)]
        if not left:
            continue
        sources = _Sources(rule, firing(rule))
        found.update({one.id: Inhibited(by, rule) for one in left if (by := sources.of(one)) is not None})
    return found
