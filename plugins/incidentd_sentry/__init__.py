"""Alerts from Sentry: issue alerts and metric alerts, sent by an internal integration."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_sentry.source import SOURCES

    return SOURCES
