"""Whoever fails to prove who they are, again and again, has to wait: keys, signatures and secret addresses.

Nobody guesses 128 bits, but a token may be short. What is counted are refusals of one network at one source, so that
neither a sender that nobody refuses waits for others, nor one source for another. This machine's own addresses never
wait: behind a proxy on it every sender looks local, and one of them must not silence all.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from incidentd.plugin.access import Access
from incidentd.plugin.allowance import sender_network
from incidentd.plugin.service_keys import is_loopback

MOST = 10_000
"""Networks that are remembered; who was refused least lately is forgotten first."""
_MINUTE = 60.0


def unproven(access: Access, status: int) -> bool:
    """Whether an answer says that somebody could not prove who they are."""
    return status in (401, 403) or (access is Access.ADDRESS and status in (404, 410))


class Guessing:
    """`a_minute` refusals may come at once and grow back within a minute; 0 counts none."""

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most = a_minute
        self._now = now
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait(self, peer: str, source: str) -> float:
        """Seconds until this peer may try again, 0.0 for now."""
        known = self._levels.get((sender_network(peer, "", ()), source)) if self._levels else None
        if known is None:
            return 0.0
        missing = 1 - self._level(known)
        return missing * _MINUTE / self._most if missing > 0 else 0.0

    def refused(self, peer: str, source: str) -> None:
        """Count one refusal."""
        if self._most <= 0 or is_loopback(peer):
            return
        key = (sender_network(peer, "", ()), source)
        level = self._level(self._levels.get(key, (float(self._most), self._now())))
        self._levels[key] = (level - 1, self._now())
        self._levels.move_to_end(key)
        while len(self._levels) > MOST:
            self._levels.popitem(last=False)

    def _level(self, known: tuple[float, float]) -> float:
        level, at = known
        return min(float(self._most), level + (self._now() - at) * self._most / _MINUTE)
