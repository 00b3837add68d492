"""Configuration of an Opsgenie source."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import pydantic

from incidentd.plugin import AdapterConfig, SecretRef


class OpsgenieConfig(AdapterConfig):
    """`keys` names for each service the API keys whose alerts belong to it.

    A service may have several at once, so that a key can be changed without a gap. Without any service every key is
    let in from this machine (loopback), and none from elsewhere.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a key written in plain must not be logged

    keys: Mapping[str, tuple[SecretRef, ...]] = {}

    @pydantic.model_validator(mode="after")
    def _usable(self) -> OpsgenieConfig:
        seen: set[str] = set()
        for service, keys in self.keys.items():
            if not service.strip():
                raise ValueError('keys has a service without a name — write { checkout = [{ env = "KEY" }] }')
            if not keys or not all(key.reveal() for key in keys):
                raise ValueError(f"keys.{service} has no key or an empty one — store one where the reference leads")
            if seen & (mine := {key.reveal() for key in keys}):
                raise ValueError(f"keys.{service} has a key that another service has — give each its own")
            seen |= mine
        return self

    def service_of(self, key: str) -> str | None:
        """The service that `key` belongs to; None for a key that is not known."""
        given = key.encode(errors="surrogateescape")
        found: str | None = None
        for service, keys in self.keys.items():  # every key is compared: the time taken tells nothing
            for known in keys:
                if hmac.compare_digest(known.reveal().encode(), given):
                    found = service
        return found
