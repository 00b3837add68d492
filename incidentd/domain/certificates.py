"""When the end of a certificate is something to tell."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

_SOON = timedelta(days=30)
_URGENT = timedelta(days=7)


class Expiry(enum.IntEnum):
    """How near the end is; a later one is worse."""

    FAR = 0
    SOON = 1
    URGENT = 2
    PAST = 3


def expiry(not_before: datetime, not_after: datetime, now: datetime) -> Expiry:
    """How near the end of a certificate is: 30 days before it is soon, 7 days before it is urgent.

    One that lives for less than three months is renewed later: the last third of its life is soon, the last twelfth
    urgent.
    """
    left, life = not_after - now, not_after - not_before
    if left <= timedelta():
        return Expiry.PAST
    if left <= min(_URGENT, life / 12):
        return Expiry.URGENT
    return Expiry.SOON if left <= min(_SOON, life / 3) else Expiry.FAR
