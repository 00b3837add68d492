"""When this daemon could hear pings, and when it could not: nothing is held against a job that nobody listened to."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from incidentd_heartbeat.history import Span

BEAT = timedelta(seconds=10)
"""How often it is written down that pings can be heard, and kept."""
DEAF = timedelta(seconds=30)
"""A gap longer than this is one in which pings were lost. Shorter ones are bridged by the retries of a client, as in
`curl --retry 5`: excusing a job for each restart would hide one that did not run."""
_KEPT = 10


class Listening(msgspec.Struct, frozen=True):
    """The latest instant at which any node could keep pings, and the gaps before it."""

    alive_at: datetime
    gaps: tuple[Span, ...] = ()


def beat(before: Listening | None, now: datetime) -> Listening:
    """What is known at `now`, when this node can keep pings."""
    if before is None or before.alive_at - now > DEAF:  # a clock that ran ahead was put right
        return Listening(now, before.gaps if before is not None else ())
    gaps = before.gaps
    if now - before.alive_at > DEAF:
        gaps = (*gaps, Span(before.alive_at, now, "incidentd did not listen"))[-_KEPT:]
    return Listening(max(now, before.alive_at), gaps)
