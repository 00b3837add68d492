"""Alerts from Prometheus and Alertmanager, in Alertmanager's own API (v2) and webhook format (version 4).

Prometheus sends to this source as if it were an Alertmanager; an Alertmanager sends by `webhook_configs` to
`/api/v2/webhook`. amtool and dashboards read back by the same API.
"""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_alertmanager.source import SOURCES

    return SOURCES
