"""The routing tree of Alertmanager as the one of process.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from incidentd.configuration.process_file import MAX_DEPTH
from incidentd.domain.matchers import BadMatcher
from incidentd.domain.routing import EVERY_LABEL
from incidentd.importers.alertmanager_intervals import IntervalReader
from incidentd.importers.alertmanager_matchers import matchers_of
from incidentd.importers.report import Outcome
from incidentd.importers.yaml_table import Table

_DURATION = re.compile(
    r"(?:(\d{1,9})y)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?",
    re.ASCII,
)
_UNITS_MS = (365 * 86_400_000, 7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000, 1)
_LONGEST = timedelta(days=3650)
_MATCHING = ("match", "match_re", "matchers")


def parse_duration(text: str) -> timedelta | None:
    """A duration in Prometheus's notation, whose year has 365 days; None when it is none."""
    found = _DURATION.fullmatch(text)
    if text != "0" and (found is None or not any(found.groups())):
        return None
    parts = found.groups() if found else ()
    return timedelta(milliseconds=sum(int(n or 0) * unit for n, unit in zip(parts, _UNITS_MS, strict=False)))


def duration_text(length: timedelta) -> str:
    """`length` in incidentd's notation, a started second counted as a whole one."""
    seconds = -(-length // timedelta(seconds=1))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"


class RouteReader:
    """Reads routes; `policies` maps a receiver to its policy, "" for one that tells nobody."""

    def __init__(self, policies: Mapping[str, str], intervals: IntervalReader) -> None:
        self._policies = policies
        self._intervals = intervals

    def root(self, table: Table) -> dict[str, Any]:
        """The `[route]` table."""
        for key in (*_MATCHING, "continue", "mute_time_intervals", "active_time_intervals"):
            table.leave(key, "has no meaning on the first route, which takes every alert")
        if "receiver" not in table:
            table.say(Outcome.LEFT, "names no receiver: its alerts go to the policy called default")
        # Alertmanager puts everything into one group where it is told nothing, incidentd does not
        return {"group_by": [], **self._node(table, pages=True, depth=1)}

    def _node(self, table: Table, *, pages: bool, depth: int) -> dict[str, Any]:
        route = self._target(table, pages)
        pages = route.get("page", pages)
        route |= self._grouping(table)
        children = [child for child in table.tables("routes") if self._fits(child, depth)]
        routes = [found for child in children if (found := self._child(child, pages, depth + 1)) is not None]
        if routes:
            route["routes"] = routes
        table.say(Outcome.CARRIED, _said(route))
        table.rest()
        return route

    def _fits(self, child: Table, depth: int) -> bool:
        if depth < MAX_DEPTH:
            return True
        child.say(Outcome.LEFT, f"is nested deeper than {MAX_DEPTH}: its alerts end at the route above")
        return False

    def _child(self, table: Table, pages: bool, depth: int) -> dict[str, Any] | None:
        try:
            matchers = matchers_of(table)
        except BadMatcher as error:
            table.say(Outcome.LEFT, f"{error}: the route is left out, its alerts go the way of those beside and above")
            return None
        stated: dict[str, Any] = {"match": [str(matcher) for matcher in matchers]} if matchers else {}
        if table.flag("continue", False):
            stated["continue"] = True
        stated |= self._intervals.of_route(table)
        return stated | self._node(table, pages=pages, depth=depth)

    def _target(self, table: Table, pages: bool) -> dict[str, Any]:
        """Who is paged, where the route says so."""
        name = table.text("receiver")
        if name is None:
            return {}
        if name not in self._policies:
            table.say(Outcome.LEFT, f"there is no receiver {name!r}: the route above decides who is paged", "receiver")
            return {}
        policy = self._policies[name]
        found: dict[str, Any] = {"name": name} | ({"policy": policy} if policy else {})
        if bool(policy) != pages:
            found["page"] = bool(policy)
        return found

    def _grouping(self, table: Table) -> dict[str, Any]:
        found: dict[str, Any] = {}
        labels = table.texts("group_by")
        if labels:  # an empty list says nothing there: what is above counts
            found["group_by"] = [EVERY_LABEL] if EVERY_LABEL in labels else labels
        for key in ("group_wait", "group_interval", "repeat_interval"):
            text = _duration(table, key)
            if text is not None:
                found[key] = text
        return found


def _said(route: Mapping[str, Any]) -> str:
    if route.get("page") is False:
        return "the route pages nobody"
    return f"the route pages by policy {route['policy']}" if "policy" in route else "the route is here too"


def _duration(table: Table, key: str) -> str | None:
    text = table.text(key)
    if text is None:
        return None
    length = parse_duration(text)
    if length is None or (not length and key != "group_wait"):
        table.say(Outcome.LEFT, "is no duration" if length is None else "must be longer than nothing", key)
        return None
    if length > _LONGEST or length % timedelta(seconds=1):
        table.say(Outcome.CHANGED, "is now whole seconds and at most ten years", key)
    return duration_text(min(length, _LONGEST))
