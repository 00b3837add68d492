"""What `wire.Health` says of plugin instances and sources."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.wire.base import Frozen, Instant


class OwnAlarm(Frozen, frozen=True):
    """What is wrong with the daemon itself, or waits for people."""

    code: str  # in kebab-case; docs/reference/alarms.md has them all
    title: str  # what the code means
    severity: str  # critical | warning | info
    text: str  # what and where, and the remedy when it is short
    runbook: str  # the command that prints what to do; it needs no daemon


class AdapterHealth(Frozen, frozen=True):
    """One configured plugin instance, or one plugin that could not be loaded."""

    instance: str
    type: str
    role: str  # source | notifier | plugin
    state: str  # ok | degraded | quarantined | failed | missing
    detail: str  # what is wrong and what to do, one line
    failures: int  # in a row
    last_ok_at: Instant | None
    last_error_at: Instant | None


class SourceHealth(Frozen, frozen=True):
    """What a source instance sends. What was refused is counted by the node that answers, since its start."""

    instance: str
    type: str
    last_signal_at: Instant | None
    signals_per_minute: int
    refused: Mapping[str, int]  # requests by reason: signature | body | size | rate | unknown | slow | store | failed
    last_error: str  # the status and words of the latest refusal
    last_error_at: Instant | None
    expect_every: float | None = None  # seconds, where it is watched
    silent: bool = False  # watched, and longer silent than that
