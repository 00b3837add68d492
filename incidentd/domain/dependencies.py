"""Dependencies between services: while what a service depends on is broken, its own alerts wait before they are told.

The rule. An alert is held while (1) it fires and does not flap, (2) its service depends, directly or through others, on
a service with a page-worthy alert that fires, and (3) less than `hold` has passed since it began to fire. An alert is
page-worthy when it fulfils every matcher of `source` and a route it ends at pages somebody; that it is silenced,
inhibited or held itself makes no difference, so nothing depends on what was looked at first. After `hold` it is told
whatever still fires above it: a wrong dependency delays a page and never loses one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from graphlib import CycleError, TopologicalSorter

import msgspec

from incidentd.domain.matchers import Matcher, Op

DEFAULT_SOURCE = (Matcher("severity", Op.EQUAL, "critical"),)
HOLD = timedelta(minutes=10)

DependsOn = Mapping[str, Sequence[str]]
"""The services that each service depends on."""


class DependencyRule(msgspec.Struct, frozen=True, kw_only=True):
    """What counts as page-worthy above a service, and how long alerts below wait for it at most."""

    source: tuple[Matcher, ...] = DEFAULT_SOURCE
    hold: timedelta = HOLD


class Dependent(msgspec.Struct, frozen=True, kw_only=True):
    """A firing alert that may be held."""

    id: int
    service: str
    began_at: datetime


class Upstream(msgspec.Struct, frozen=True):
    """A page-worthy alert of a service that others depend on."""

    id: int
    service: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Why an alert waits: the alert above it, the services from its own to that one's, and when it is told anyway."""

    by: int
    chain: tuple[str, ...]
    until: datetime


def cycle(depends_on: DependsOn) -> tuple[str, ...]:
    """A cycle, each service before one it depends on and the first named again at the end; () when there is none."""
    try:
        TopologicalSorter(depends_on).prepare()
    except CycleError as error:  # it names each service before the one that depends on it
        return tuple(reversed(error.args[1]))
    return ()


def chains(depends_on: DependsOn, service: str) -> dict[str, tuple[str, ...]]:
    """The shortest way from `service` to each service it depends on, the nearest first."""
    found: dict[str, tuple[str, ...]] = {}
    here: list[tuple[str, ...]] = [(service,)]
    while here:
        longer = [(*path, below) for path in here for below in depends_on.get(path[-1], ())]
        here = []
        for path in longer:
            if path[-1] != service and path[-1] not in found:
                found[path[-1]] = path
                here.append(path)
    return found


def held(
    rule: DependencyRule,
    depends_on: DependsOn,
    dependents: Iterable[Dependent],
    firing: Callable[[Collection[str]], Iterable[Upstream]],
    now: datetime,
) -> dict[int, Held]:
    """What holds each of `dependents` at `now`, by the nearest service that does; those that nothing holds are missing.

    `firing` gives the page-worthy alerts of some services, the oldest first; it is asked once, when anything waits.
    """
    waiting = [one for one in dependents if now < one.began_at + rule.hold]
    ways = {service: chains(depends_on, service) for service in {one.service for one in waiting}}
    wanted = {upstream for way in ways.values() for upstream in way}
    oldest: dict[str, int] = {}
    for alert in firing(wanted) if wanted else ():
        oldest.setdefault(alert.service, alert.id)
    found: dict[int, Held] = {}
    for one in waiting:
        chain = next((path for upstream, path in ways[one.service].items() if upstream in oldest), None)
        if chain is not None:
            found[one.id] = Held(by=oldest[chain[-1]], chain=chain, until=one.began_at + rule.hold)
    return found
