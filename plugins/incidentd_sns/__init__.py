"""Alerts from AWS SNS: CloudWatch alarms, EventBridge events and plain messages, delivered to an HTTPS endpoint."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_sns.source import SOURCES

    return SOURCES
