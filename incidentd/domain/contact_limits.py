"""How often one contact method may ring: limits, and what is held back told in one message.

A limit is "at most `count` messages within `per`". Several hold at once. What is held waits until the window opens and
goes out then as one message, so a storm costs a person one ring a minute and loses nothing.

The figures for voice and text messages are GoAlert's (engine/message, its per-contact-method throttle).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Limit(msgspec.Struct, frozen=True):
    """At most `count` messages within `per`; written "3/15m"."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        seconds = int(self.per.total_seconds())
        unit = next(unit for unit in (86400, 3600, 60, 1) if seconds % unit == 0)
        return f"{self.count}/{seconds // unit}{ {86400: 'd', 3600: 'h', 60: 'm', 1: 's'}[unit] }"


USUAL = (Limit(1, MINUTE),)
VOICE = (*USUAL, Limit(3, 15 * MINUTE), Limit(7, HOUR), Limit(15, 3 * HOUR))
SMS = (*USUAL, Limit(5, 15 * MINUTE), Limit(11, HOUR), Limit(21, 3 * HOUR))


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of every contact method: by the notifier instance's name, else by what it can do, else the usual."""

    usual: tuple[Limit, ...] = USUAL
    voice: tuple[Limit, ...] = VOICE
    sms: tuple[Limit, ...] = SMS
    by_notifier: Mapping[str, tuple[Limit, ...]] = {}

    def of(self, notifier: str, capabilities: Iterable[str]) -> tuple[Limit, ...]:
        """What holds for the contact methods of one notifier instance; nothing for one that rings nobody."""
        able = set(capabilities)
        if notifier in self.by_notifier:
            return self.by_notifier[notifier]
        if "silent" in able:
            return ()
        return self.voice if "voice" in able else self.sms if "sms" in able else self.usual


class Slot(msgspec.Struct, frozen=True):
    """A message that went to a contact method, or may have: when, of which delivery, and whether it was urgent."""

    at: datetime
    delivery: int
    urgent: bool


class Opening(msgspec.Struct, frozen=True):
    """When the next message may go; `limit` is what decides, None when it may go now."""

    at: datetime
    limit: Limit | None = None


def opening(limits: Sequence[Limit], taken: Iterable[Slot], now: datetime, *, urgent: bool) -> Opening:
    """When one more message may go. An urgent one is limited by urgent ones only: nothing less holds it up.

    What seems to have gone ahead of `now` went before the clock was set back, and holds nothing up.
    """
    times = sorted((slot.at for slot in taken if slot.at <= now and (slot.urgent or not urgent)), reverse=True)
    found = Opening(now)
    for limit in limits:
        if len(times) >= limit.count and (at := times[limit.count - 1] + limit.per) > found.at:
            found = Opening(at, limit)
    return found


def remembered(limits: Sequence[Limit], taken: Iterable[Slot], now: datetime) -> tuple[Slot, ...]:
    """The slots that any limit still looks at, oldest first."""
    longest = max((limit.per for limit in limits), default=timedelta(0))
    return tuple(sorted((slot for slot in taken if now - longest < slot.at <= now), key=lambda slot: slot.at))
