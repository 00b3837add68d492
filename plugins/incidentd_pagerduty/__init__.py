"""Alerts in PagerDuty's Events API v2: what already pages through PagerDuty needs only another address."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_pagerduty.source import SOURCES

    return SOURCES
