"""How each source instance does: when it was last heard of, how much it sends, and what of it was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from incidentd import wire
from incidentd.services.source_traffic import Traffic
from incidentd.wire.health import SourceHealth


def source_health(
    adapters: Sequence[wire.AdapterHealth],
    traffic: Traffic,
    last_signals: Mapping[str, datetime],
    expected: Mapping[str, timedelta],
    now: datetime,
) -> tuple[SourceHealth, ...]:
    """One row for each source instance. `last_signals` is of all nodes, what was refused is of this one."""
    return tuple(
        _one(adapter, traffic, last_signals.get(adapter.instance), expected.get(adapter.instance), now)
        for adapter in adapters
        if adapter.role == "source"
    )


def _one(
    adapter: wire.AdapterHealth, traffic: Traffic, last: datetime | None, every: timedelta | None, now: datetime
) -> SourceHealth:
    error_at, error = traffic.last_error.get(adapter.instance, (None, ""))
    return SourceHealth(
        instance=adapter.instance,
        type=adapter.type,
        last_signal_at=last,
        signals_per_minute=traffic.per_minute(adapter.instance),
        refused=dict(sorted(traffic.refused.get(adapter.instance, {}).items())),
        last_error=error,
        last_error_at=error_at,
        expect_every=every.total_seconds() if every is not None else None,
        silent=every is not None and last is not None and now - last > every,
    )
