"""The nodes that share one database: how each stands, what differs between them, and what is wrong with that."""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.own_alarms import OwnAlarm

BEAT = timedelta(seconds=5)
"""How often a node gives a sign of life where there may be others: one row, one small commit."""
BEAT_ALONE = timedelta(minutes=1)
"""How often where there can be none: nobody waits for it, and each costs a disk flush."""
LATE = timedelta(seconds=20)
"""Four signs that did not come: a pause of the machine, or a database that is slow."""
GONE = timedelta(seconds=60)
"""As long as a lease on a message: by now the others have taken over whatever it was sending."""
CLOCKS_APART = timedelta(seconds=2)
"""A lease holds for a minute, and a timer is due to the second: what clocks may differ by without being noticed."""


class State(enum.StrEnum):
    """How a node stands. One that was stopped in an orderly way is missed by nobody."""

    UP = "up"
    LATE = "late"
    GONE = "gone"
    STOPPED = "stopped"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node as it last said. Times are those of the database, so that clocks need not agree to be judged.

    `id` is its name and its state directory, `run` one run of it. `alike` is a hash for each part of the configuration
    that all nodes must have in common. `clock_offset` is how far its clock is ahead of the database's.
    """

    id: str
    name: str
    run: str
    host: str
    version: str
    schema: str
    api_version: str
    process: str
    addresses: tuple[str, ...]
    alike: Mapping[str, str]
    clock_offset: timedelta
    started_at: datetime
    seen_at: datetime
    stopped_at: datetime | None = None
    gone_at: datetime | None = None  # when another node said that it is gone
    contested_by: str = ""  # the host of another daemon that goes by the same name and state directory
    contested_at: datetime | None = None  # and when it last said so

    def state(self, now: datetime) -> State:
        """How it stands at `now`, by the database's clock."""
        if self.stopped_at is not None:
            return State.STOPPED
        silent = now - self.seen_at
        return State.UP if silent <= LATE else State.LATE if silent <= GONE else State.GONE

    def alive(self, now: datetime) -> bool:
        """Whether it may still act."""
        return self.state(now) in (State.UP, State.LATE)

    def contested(self, now: datetime) -> bool:
        """Whether another daemon goes by the same name and state directory."""
        return self.contested_at is not None and now - self.contested_at <= GONE


def living(nodes: Sequence[Node], now: datetime) -> list[Node]:
    """Those that may act, by name."""
    return sorted((one for one in nodes if one.alive(now)), key=lambda one: (one.name, one.id))


def differences(nodes: Sequence[Node]) -> dict[str, list[list[str]]]:
    """The parts of the configuration that are not alike, each with the names of the nodes that agree about it.

    The largest group comes first. A part that one node has and another has not differs, too.
    """
    found: dict[str, list[list[str]]] = {}
    for part in sorted({part for one in nodes for part in one.alike}):
        groups: dict[str, list[str]] = defaultdict(list)
        for one in nodes:
            groups[one.alike.get(part, "")].append(one.name)
        if len(groups) > 1:
            found[part] = sorted(groups.values(), key=lambda names: (-len(names), names))
    return found


def differs_in(node: Node, nodes: Sequence[Node]) -> list[str]:
    """The parts in which `node` is not with the largest group."""
    return [part for part, groups in differences(nodes).items() if node.name not in groups[0]]


def note(nodes: Sequence[Node]) -> str:
    """What is worth knowing and no fault: several versions run, as they do during a rolling upgrade."""
    versions: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in nodes:
        versions[one.version, one.schema].append(one.name)
    if len(versions) < 2:
        return ""
    said = "; ".join(f"{version} (schema {schema}) on {_listed(who)}" for (version, schema), who in versions.items())
    return f"a rolling upgrade is under way: {said}"


def problems(nodes: Sequence[Node], now: datetime) -> list[OwnAlarm]:
    """What is wrong between the nodes."""
    alive = living(nodes, now)
    found = [
        OwnAlarm(
            "node-gone",
            f"node {one.name} was not stopped and has given no sign of life since {one.seen_at:%Y-%m-%d %H:%M:%S} UTC:"
            f" start it again, or `incidentctl node forget {one.name}` if it will not return",
        )
        for one in nodes
        if one.state(now) is State.GONE
    ]
    for part, groups in differences(alive).items():
        sides = ", another ".join(_listed(names) for names in groups)
        text = f"{part} is not the same on all nodes: {sides}; give all nodes the same files, and reload"
        found.append(OwnAlarm("configuration-differs", text))
    return [*found, *_same_names(alive, now), *_clocks(alive)]


def _same_names(alive: Sequence[Node], now: datetime) -> list[OwnAlarm]:
    remedy = "give each a name of its own: `[daemon] node`"
    twice = [name for name, number in Counter(one.name for one in alive).items() if number > 1]
    found = [
        f"two daemons with different state directories go by the name {name}, on "
        f"{_listed([one.host for one in alive if one.name == name])}: {remedy}"
        for name in twice
    ]
    found += [
        f"two daemons, on {one.host} and {one.contested_by}, go by the name {one.name} with the same state directory, "
        f"and each takes what the other sends for its own: {remedy}"
        for one in alive
        if one.contested(now)
    ]
    return [OwnAlarm("node-name-twice", text) for text in found]


def _clocks(alive: Sequence[Node]) -> list[OwnAlarm]:
    return [
        OwnAlarm(
            "node-clock-differs",
            f"the clock of node {one.name} is {abs(one.clock_offset).total_seconds():.1f} s "
            f"{'ahead of' if one.clock_offset > timedelta() else 'behind'} the database's: let NTP set both",
        )
        for one in alive
        if abs(one.clock_offset) > CLOCKS_APART
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
