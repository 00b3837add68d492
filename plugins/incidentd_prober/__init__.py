"""Probes: the daemon itself asks, again and again, whether a page answers, a port is open, a certificate holds."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_prober.source import SOURCES

    return SOURCES
