"""The walk of one alert through the routing tree, told node by node: what `routing.matching_routes` does, and why."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from incidentd.domain.matchers import Matcher, matches
from incidentd.domain.routing import Route


class Tried(msgspec.Struct, frozen=True):
    """A matcher, the value that the label has ("" when it is absent), and whether they agree."""

    matcher: Matcher
    value: str
    matched: bool


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A node that was tried. `depth` is 0 for the root.

    `ends`: the alert is taken here, because no child matched. `skipped` counts the routes beside it that were not
    tried, because this one matched and does not continue.
    """

    route: Route
    depth: int
    tried: tuple[Tried, ...]
    matched: bool
    ends: bool
    skipped: int = 0


def walk(root: Route, labels: Mapping[str, str]) -> tuple[Visit, ...]:
    """Every node that is tried for an alert with `labels`, in the order of the walk, a node before its children."""
    return tuple(_taken(root, labels, 0, ()))


def _taken(route: Route, labels: Mapping[str, str], depth: int, tried: tuple[Tried, ...]) -> list[Visit]:
    """The visit of a node that matched, and those below it."""
    below: list[Visit] = []
    ends = True
    for index, child in enumerate(route.routes):
        conditions = tuple(Tried(one, labels.get(one.name, ""), matches(one, labels)) for one in child.matchers)
        if not all(one.matched for one in conditions):
            below.append(Visit(route=child, depth=depth + 1, tried=conditions, matched=False, ends=False))
            continue
        ends = False
        first, *inner = _taken(child, labels, depth + 1, conditions)
        if child.continue_:
            below += [first, *inner]
            continue
        skipped = len(route.routes) - index - 1
        below += [msgspec.structs.replace(first, skipped=skipped), *inner]
        break
    return [Visit(route=route, depth=depth, tried=tried, matched=True, ends=ends), *below]
