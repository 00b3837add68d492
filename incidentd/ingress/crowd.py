"""How many connections the listener keeps open, and which one gives way when there are more.

Whoever has the most gives one up, the one that waited longest for the rest of a request: a flood from one place, or a
sender that leaks connections, closes its own, and a new sender gets in. Requests that are complete are always answered.
"""

from __future__ import annotations

import resource
import time
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from incidentd.domain.own_alarms import OwnAlarm

C = TypeVar("C", bound=Hashable)
_RESERVE = 256
"""Descriptors that are not the listener's: the socket API, the database, what plugins open."""
_SHOWN_SECONDS = 60.0


def affordable(wanted: int, descriptors: int | None = None) -> int:
    """How many of the `wanted` connections may be open at once, by the descriptors that this process may have."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if descriptors is None else descriptors
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, max(soft - _RESERVE, soft // 2))


def raise_limit(most: int = 65_536) -> None:
    """Let this process open as many descriptors as it is allowed to, at most `most`: the usual 1,024 is a shell's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        except (OSError, ValueError):  # a sandbox may forbid it, and has set what it wants
            return


class Crowd(Generic[C]):
    """The open connections by the place they come from. `waits` tells of one whether its request is incomplete."""

    def __init__(self, most: int, waits: Callable[[C], bool], now: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.turned_away = 0
        self._now = now
        self._full_at = -_SHOWN_SECONDS
        self._waits = waits
        self._place: dict[C, str] = {}
        self._of: defaultdict[str, dict[C, None]] = defaultdict(dict)  # in the order they were last heard
        self._having: defaultdict[int, dict[str, None]] = defaultdict(dict)  # how many -> the places that have so many
        self._highest = 0

    def __len__(self) -> int:
        return len(self._place)

    def enter(self, connection: C, place: str) -> C | None:
        """One more. Returns the one that has to go, which no longer counts; itself when all others are answered."""
        self._place[connection] = place
        self._of[place][connection] = None
        self._moved(place, len(self._of[place]) - 1)
        if len(self._place) <= self.most:
            return None
        found = self._expendable() or connection
        self.leave(found)
        self.turned_away += 1
        self._full_at = self._now()
        return found

    def heard(self, connection: C) -> None:
        """It began a request: of its place it is the last to go."""
        place = self._place.get(connection)
        if place is not None:
            del self._of[place][connection]
            self._of[place][connection] = None

    def leave(self, connection: C) -> None:
        """It ended; nothing happens when it is known to have."""
        place = self._place.pop(connection, None)
        if place is not None:
            del self._of[place][connection]
            self._moved(place, len(self._of[place]) + 1)

    def problems(self) -> list[OwnAlarm]:
        """That it was full within the last minute, and who has the most."""
        if self._now() - self._full_at >= _SHOWN_SECONDS:
            return []
        place = next(iter(self._having.get(self._highest, ())), "nobody")
        text = (
            f"the listener is full ({self.most} connections): those that only wait are closed; "
            f"{self._highest} are open from {place}"
        )
        return [OwnAlarm("connections-full", text)]

    def _moved(self, place: str, before: int) -> None:
        now = len(self._of[place])
        self._having[before].pop(place, None)
        if now:
            self._having[now][place] = None
        else:
            del self._of[place]
        self._highest = max(self._highest, now)
        while self._highest and not self._having[self._highest]:
            del self._having[self._highest]
            self._highest -= 1

    def _expendable(self) -> C | None:
        for number in range(self._highest, 0, -1):
            for place in self._having.get(number, ()):
                found = next((one for one in self._of[place] if self._waits(one)), None)
                if found is not None:
                    return found
        return None
