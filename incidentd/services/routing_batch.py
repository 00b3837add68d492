"""What one transaction of routing gathers before it writes, and where an alert belongs by its labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from incidentd.domain import drills
from incidentd.domain.routing import Route, group_key
from incidentd.storage.alert_routing import Changed, Routed
from incidentd.storage.groups import Group


class Batch(msgspec.Struct):
    """What one routing transaction gathers before it writes."""

    open: dict[str, Group] = {}
    joins: list[tuple[int, int]] = []
    routed: list[Routed] = []
    leaves: list[tuple[int, int]] = []
    flush_now: dict[int, tuple[Group, Route]] = {}
    ended: dict[int, Group] = {}
    left: dict[int, Group] = {}
    steps: dict[tuple[str, str, int], dict[str, Any]] = {}


def keys(routes: Sequence[Route], alert: Changed) -> set[str]:
    """The groups that `alert` belongs into."""
    return {key_on(route, alert) for route in routes if route.page}


def changes(left: Sequence[Group], alert: Changed) -> dict[str, tuple[str, str]]:
    """Labels of the groups that were left, before and now: why they were."""
    before = {name: value for group in left for name, value in group.labels.items()}
    now = {name: alert.labels.get(name, "") for name in before}
    return {name: (value, now[name]) for name, value in sorted(before.items()) if value != now[name]}


def key_on(route: Route, alert: Changed) -> str:
    """The key of its group on a route; alerts of a drill have groups of their own."""
    return drills.group_key(alert.source, group_key(route, alert.labels))
