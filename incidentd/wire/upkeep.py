"""What a daemon says of its own installation, and how much it logs."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.wire.base import Frozen, Instant, Line, Request

Level = Literal["debug", "info", "warning", "error"]


class DoctorFinding(Frozen, frozen=True):
    """What one check found. No part of it holds a secret."""

    check: str
    state: str  # skipped | ok | warning | problem
    text: str  # what and where; of one that was skipped: why
    means: str = ""
    remedy: str = ""  # a command, or a key to change
    code: str = ""  # of its runbook, where there is one


class DoctorReport(Frozen, frozen=True):
    node: str
    version: str
    state: str  # the worst of all
    findings: tuple[DoctorFinding, ...]


class ChangedLevel(Frozen, frozen=True):
    """A level that somebody set while the daemon runs."""

    logger: str  # "" for all that have none of their own
    level: str
    by: str
    until: Instant


class LogLevel(Frozen, frozen=True):
    level: str  # of all loggers that have none of their own
    configured: str  # log_level of incidentd.toml: what a restart goes back to
    changed: tuple[ChangedLevel, ...]


class SetLogLevel(Request, frozen=True):
    """Without a level it goes back to the configured one at once."""

    level: Level | None = None
    seconds: Annotated[float, Meta(ge=1, le=86_400)] = 900.0
    logger: Line | None = None
