"""Configuration of a systemd source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import pydantic

from incidentd.plugin import AdapterConfig, SecretRef, check_service_keys


class SystemdConfig(AdapterConfig):
    """`keys` names for each service the keys whose units belong to it; without any, this machine may send.

    `severity` is the label every failed unit gets.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a key written in plain must not be logged

    keys: Mapping[str, tuple[SecretRef, ...]] = {}
    severity: Annotated[str, pydantic.Field(min_length=1, max_length=60)] = "critical"

    @pydantic.model_validator(mode="after")
    def _usable(self) -> SystemdConfig:
        check_service_keys("keys", self.keys)
        return self
