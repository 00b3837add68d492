"""Alerts from CloudEvents: brokers, event grids and programs that send the CNCF's event format by HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_cloudevents.source import SOURCES

    return SOURCES
