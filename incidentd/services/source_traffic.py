"""What each source instance sent to this node: signals, and requests that were refused."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from incidentd.clock import Clock
from incidentd.domain.display import safe_line

WINDOW = timedelta(minutes=1)
_SLOT = timedelta(seconds=5)
_ERROR = 200  # characters
_REASONS = {401: "signature", 403: "signature", 404: "unknown", 408: "slow", 413: "size", 429: "rate", 503: "store"}


def refusal_reason(status: int) -> str:
    """Why a request with this answer was refused, in one word: signature, unknown, slow, size, rate, body ..."""
    return _REASONS.get(status, "body" if status < 500 else "failed")


class Traffic:
    """Counts, for every source of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._recent: dict[str, deque[tuple[datetime, int]]] = defaultdict(deque)  # (slot, signals)
        self.signals: dict[str, int] = {}  # since the start
        self.last_at: dict[str, datetime] = {}
        self.refused: dict[str, dict[str, int]] = {}  # source -> reason -> requests
        self.last_error: dict[str, tuple[datetime, str]] = {}

    def heard(self, source: str, signals: int) -> None:
        """So many signals of a source are durable."""
        now = self._clock.now()
        self.last_at[source] = now
        self.signals[source] = self.signals.get(source, 0) + signals
        slots = self._recent[source]
        if slots and now - slots[-1][0] < _SLOT:
            slots[-1] = (slots[-1][0], slots[-1][1] + signals)
        else:
            slots.append((now, signals))
        self._forget(slots, now)

    def refuse(self, source: str, status: int, why: str) -> None:
        """A request was not taken; `why` is what its sender was told."""
        reasons = self.refused.setdefault(source, {})
        reason = refusal_reason(status)
        reasons[reason] = reasons.get(reason, 0) + 1
        self.last_error[source] = (self._clock.now(), f"{status}: {safe_line(why, _ERROR)}")

    def per_minute(self, source: str) -> int:
        """The signals of the last minute, to five seconds."""
        slots = self._recent.get(source)
        if slots is None:
            return 0
        self._forget(slots, self._clock.now())
        return sum(count for _, count in slots)

    def _forget(self, slots: deque[tuple[datetime, int]], now: datetime) -> None:
        while slots and now - slots[0][0] >= WINDOW:
            slots.popleft()

    def news(self, since: Mapping[str, datetime]) -> dict[str, datetime]:
        """The latest signals of sources that were heard of later than `since` says."""
        return {source: at for source, at in self.last_at.items() if source not in since or at > since[source]}
