"""The routing tree: which service and escalation policy an alert belongs to, and how it is grouped.

The vocabulary and the walk are Alertmanager's (its documentation, "Routing-related settings"): a child is tried in
order, the first match wins unless it says `continue_`, and the deepest match decides; what a child does not state it
inherits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta

import msgspec

from incidentd.domain.matchers import Matcher, matches_all

GROUP_WAIT = timedelta(seconds=30)
GROUP_INTERVAL = timedelta(minutes=5)
REPEAT_INTERVAL = timedelta(hours=4)
EVERY_LABEL = "..."
_LONGEST_KEY = 500  # characters; PostgreSQL indexes at most 2,704 bytes


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the tree with everything inherited already filled in.

    `service` "" means: the alert's own `service` label, else "default". `policy` "" means: the service's policy.
    """

    id: str  # the path of the node, e.g. "root/1/0": stable while the file keeps its order
    key: str = ""  # what its groups are known by, "" for its id: its matchers and those above it, as in Alertmanager
    name: str = ""
    matchers: tuple[Matcher, ...] = ()
    continue_: bool = False
    service: str = ""
    policy: str = ""
    urgency: str = "high"
    group_by: tuple[str, ...] = ("alertname", "service")
    group_wait: timedelta = GROUP_WAIT
    group_interval: timedelta = GROUP_INTERVAL
    repeat_interval: timedelta = REPEAT_INTERVAL
    page: bool = True  # False: recorded and shown, nobody is paged
    mute_time_intervals: tuple[str, ...] = ()  # like the next, never inherited: see `muting`
    active_time_intervals: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()

    @property
    def stable_key(self) -> str:
        """What its groups are known by, whatever order the routes are in."""
        return self.key or self.id


def walk_routes(root: Route) -> Iterator[Route]:
    """Every node of the tree, a node before those below it."""
    yield root
    for child in root.routes:
        yield from walk_routes(child)


def find_route(root: Route, key: str) -> Route:
    """The route that a group was opened on, by its key; the root when the tree has it no longer."""
    return next((route for route in walk_routes(root) if key in (route.key, route.id)), root)


def keyed(root: Route) -> Route:
    """The tree with the `key` of every node filled in: routes that move keep theirs, and so their groups go on."""
    return _keyed(root, "{}")


def _keyed(route: Route, key: str) -> Route:
    children: list[Route] = []
    seen: dict[str, int] = {}
    for child in route.routes:
        own = "{" + ",".join(str(matcher) for matcher in child.matchers) + "}"
        seen[own] = seen.get(own, 0) + 1
        twin = f"#{seen[own]}" if seen[own] > 1 else ""  # routes with the same matchers beside each other
        children.append(_keyed(child, f"{key}/{own}{twin}"))
    return msgspec.structs.replace(route, key=key, routes=tuple(children))


def matching_routes(root: Route, labels: Mapping[str, str]) -> Iterator[Route]:
    """The routes that `labels` end at, in order; the root itself when no child matches."""
    matched = False
    for child in root.routes:
        if not matches_all(child.matchers, labels):
            continue
        matched = True
        yield from matching_routes(child, labels)
        if not child.continue_:
            return
    if not matched:
        yield root


def pages_somebody(root: Route, labels: Mapping[str, str]) -> bool:
    """Whether any route that `labels` end at pages."""
    return any(route.page for route in matching_routes(root, labels))


def group_labels(route: Route, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that tell this alert's group from the other groups of `route`; a missing label counts as ""."""
    if EVERY_LABEL in route.group_by:
        return dict(labels)
    return {name: labels.get(name, "") for name in route.group_by}


def group_key(route: Route, labels: Mapping[str, str]) -> str:
    """A stable text for the group: the route and the group's labels, or a hash of them when they are long."""
    pairs = ",".join(f"{name}={value!r}" for name, value in sorted(group_labels(route, labels).items()))
    key = f"{route.stable_key}:{{{pairs}}}"
    if len(key) <= _LONGEST_KEY:
        return key
    return f"#{hashlib.blake2b(key.encode(), digest_size=20).hexdigest()}"


def service_at(root: Route, labels: Mapping[str, str]) -> str:
    """The service of an alert that was not routed yet: that of the first route it will end at."""
    return service_of(next(matching_routes(root, labels)), labels)


def service_of(route: Route, labels: Mapping[str, str]) -> str:
    """The service an alert on `route` belongs to."""
    return route.service or labels.get("service") or "default"
