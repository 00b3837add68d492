"""Heartbeats: jobs say that they ran, by the ping URLs of healthchecks.io, and a page goes out when one does not."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_heartbeat.source import SOURCES

    return SOURCES
