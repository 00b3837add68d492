"""Units of systemd that failed, as `incidentctl unit` sends them."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_systemd.source import SOURCES

    return SOURCES
