"""Checks on the wire: heartbeats, probes and what other sources watch; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd import wire


class Pause(wire.Frozen, frozen=True):
    """Who paused a check, when and why."""

    at: wire.Instant
    by: str
    note: str


class CheckResult(wire.Frozen, frozen=True):
    """One ping or probe."""

    at: wire.Instant
    outcome: str  # success | fail | start | log | exit 3 | HTTP 503 ...
    good: bool | None  # null: it says neither
    duration: float | None  # seconds of the run, or of the probe
    detail: str


class Check(wire.Frozen, frozen=True):
    """One thing that a source expects to be well, again and again."""

    source: str  # the instance
    name: str  # unique within the source
    kind: str  # heartbeat | http | tcp | tls | dns, or a word of another plugin
    status: str  # new | up | started | late | down | paused
    expects: str  # for people: "every 1d, grace 1h"
    detail: str  # why it stands so
    service: str
    severity: str
    description: str
    since: wire.Instant | None  # when the status began
    last_at: wire.Instant | None  # the latest result
    last_duration: float | None  # seconds
    next_at: wire.Instant | None  # when the next result is expected
    down_at: wire.Instant | None  # when it is down unless it is heard of until then
    certificate_until: wire.Instant | None
    alert_id: int | None  # the alert of it that fires
    paused: Pause | None
    recent: tuple[CheckResult, ...]  # newest first; empty in lists


class CheckList(wire.Frozen, frozen=True):
    checks: tuple[Check, ...]  # by source and name


class CheckUrl(wire.Frozen, frozen=True):
    """Where the pings of a check go. Who knows it may ping: treat it as a secret."""

    url: str


class PauseCheck(wire.Request, frozen=True):
    note: Annotated[str, Meta(max_length=1000)] = ""  # why, for the others
