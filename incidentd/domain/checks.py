"""Checks: things that are expected to say, or to prove, again and again that they are well.

A heartbeat waits for somebody's pings, a probe asks by itself; both have a status, a last result and a next one.
"""

from __future__ import annotations

import enum
from datetime import datetime

import msgspec


class CheckStatus(enum.StrEnum):
    """How a check stands."""

    NEW = "new"  # no result yet: nobody is paged for it
    UP = "up"
    STARTED = "started"  # a run has begun and is not over
    LATE = "late"  # overdue, but within its grace
    DOWN = "down"  # its alert fires
    PAUSED = "paused"


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One ping or probe. `outcome` is one word or a few: "success", "fail", "start", "exit 3", "HTTP 503" ..."""

    at: datetime
    outcome: str
    good: bool | None = None  # None: it says neither
    duration: float | None = None  # seconds of the run, or of the probe
    detail: str = ""


class CheckState(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says about one of its checks. `name` is unique within the source instance."""

    name: str
    kind: str  # heartbeat, http, tcp ...: one word
    status: CheckStatus
    expects: str  # what is expected of it, for people: "every 1d, grace 1h"
    detail: str = ""  # why it stands so
    service: str = ""
    severity: str = ""
    description: str = ""
    since: datetime | None = None  # when the status began
    last_at: datetime | None = None
    last_duration: float | None = None  # seconds
    next_at: datetime | None = None  # when the next result is expected
    down_at: datetime | None = None  # when it is down unless it is heard of until then
    certificate_until: datetime | None = None
    alert_key: str = ""  # key of the alert it raises
    ping_path: str = ""  # where pings go, below the instance's place; who knows it may ping
    recent: tuple[CheckResult, ...] = ()  # newest first


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """Who paused a check, when and why."""

    at: datetime
    by: str
    note: str = ""
