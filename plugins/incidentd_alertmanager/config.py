"""Configuration of an Alertmanager source."""

from __future__ import annotations

from incidentd.plugin import AdapterConfig, PositiveSeconds


class AlertmanagerConfig(AdapterConfig):
    """`resolve_timeout` (seconds): an alert sent without an end expires so long after it was last sent.

    Alertmanager's `global.resolve_timeout`, with its default of 5 minutes. Prometheus always states an end.
    """

    resolve_timeout: PositiveSeconds = 300
