"""Who is in a room right now, and what they do there. Nothing of it is kept: it is true for seconds."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime

import msgspec

BEAT_SECONDS = 10.0
"""How often somebody who is there says so."""
GONE_SECONDS = 25.0
"""So long after their last word somebody is gone: two beats may get lost."""


class State(enum.StrEnum):
    """What somebody does, the one that tells most first."""

    WRITING = "writing"
    VIEWING = "viewing"
    AWAY = "away"


_RANK = {state: rank for rank, state in enumerate(State)}


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """What one terminal said last. `until` is in seconds of a clock that only the node knows that heard it."""

    person: str
    session: str
    state: State
    what: str
    since: datetime
    until: float


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """One person, however many terminals they have open. `since` is when they began what they do."""

    person: str
    state: State
    what: str
    since: datetime


def here(signs: Iterable[Sign], ticks: float) -> tuple[Present, ...]:
    """Everybody whose last word still counts, by name; of several terminals the one that tells most."""
    best: dict[str, Sign] = {}
    for sign in signs:
        known = best.get(sign.person)
        if sign.until > ticks and (known is None or _order(sign) < _order(known)):
            best[sign.person] = sign
    return tuple(
        Present(person=one.person, state=one.state, what=one.what, since=one.since)
        for one in sorted(best.values(), key=lambda sign: sign.person)
    )


def _order(sign: Sign) -> tuple[int, float, str]:
    return _RANK[sign.state], -sign.since.timestamp(), sign.session
