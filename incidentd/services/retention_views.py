"""Retention and holds as the socket API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from incidentd.domain.holds import Hold
from incidentd.domain.retention import CLASSES, Retention
from incidentd.storage.expiry import Size
from incidentd.storage.retention_runs import Run
from incidentd.wire import retention as wire_retention

_DAY = timedelta(days=1)


def run_view(run: Run) -> wire_retention.RetentionRun:
    """A run with what it removed so far."""
    return wire_retention.RetentionRun(
        id=run.id,
        state=run.state,
        started_at=run.started_at,
        by=run.by,
        at_class=run.at_class,
        removed={name: wire_retention.RetentionCount(**counts) for name, counts in run.counts.items()},
        error=run.error,
        ended_at=run.ended_at,
    )


def days(kept: timedelta | None) -> float | None:
    return None if kept is None else kept / _DAY


def class_views(policy: Retention) -> tuple[wire_retention.RetentionClass, ...]:
    """Every class with how long it is kept."""
    return tuple(
        wire_retention.RetentionClass(name=one.name, what=one.what, days=days(policy.keep[one.name])) for one in CLASSES
    )


def forecast(name: str, policy: Retention, size: Size, keeps: Mapping[str, int]) -> wire_retention.RetentionForecast:
    """What of one class would go."""
    return wire_retention.RetentionForecast(
        name=name, days=days(policy.keep[name]), removes=count(size), keeps=dict(sorted(keeps.items()))
    )


def count(size: Size) -> wire_retention.RetentionCount:
    return wire_retention.RetentionCount(rows=size.rows, events=size.events, bytes=size.bytes)


def hold_view(hold: Hold) -> wire_retention.Hold:
    return wire_retention.Hold(**msgspec.structs.asdict(hold))
