"""Configuration of an Alertmanager source."""

from __future__ import annotations

import pydantic

from incidentd.plugin import AdapterConfig, PositiveSeconds, SecretRef


class AlertmanagerConfig(AdapterConfig):
    """`resolve_timeout` (seconds): an alert sent without an end expires so long after it was last sent.

    Alertmanager's `global.resolve_timeout`, with its default of 5 minutes. Prometheus always states an end.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a token written in plain must not be logged

    resolve_timeout: PositiveSeconds = 300
    token: SecretRef | None = None  # asked for as `Authorization: Bearer`, of those who read as well
    old_token: SecretRef | None = None  # lets in too, while `token` is changed
