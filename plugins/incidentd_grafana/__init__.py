"""Alerts from Grafana's unified alerting, sent by a webhook contact point."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_grafana.source import SOURCES

    return SOURCES
