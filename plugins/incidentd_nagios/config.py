"""Configuration of a Nagios source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import pydantic

from incidentd.plugin import AdapterConfig, SecretRef, check_service_keys

SEVERITIES: Mapping[str, str] = {
    "WARNING": "warning",
    "CRITICAL": "critical",
    "UNKNOWN": "error",
    "DOWN": "critical",
    "UNREACHABLE": "warning",
}
"""What a state of a host or a service means unless the configuration says otherwise."""


class NagiosConfig(AdapterConfig):
    """`keys` names for each service the keys whose notifications belong to it; without any, this machine may send.

    `severities` says what a state means, `labels` which field of a notification becomes which label, and
    `custom_seconds` how long the alert of a custom notification about something healthy lasts.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a key written in plain must not be logged

    keys: Mapping[str, tuple[SecretRef, ...]] = {}
    severities: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    custom_seconds: Annotated[int, pydantic.Field(ge=60, le=604_800)] = 3600

    @pydantic.model_validator(mode="after")
    def _usable(self) -> NagiosConfig:
        check_service_keys("keys", self.keys)
        for state in self.severities:
            if state not in SEVERITIES:
                raise ValueError(f"severities.{state} is no state — write one of {', '.join(SEVERITIES)}")
        for label, field in self.labels.items():
            if not label or not field:
                raise ValueError('labels has an empty name — write { team = "_HOSTTEAM" }')
        return self

    def severity(self, state: str) -> str:
        """What a state means; a problem whose state is not known counts as critical."""
        return self.severities.get(state) or SEVERITIES.get(state, "critical")
