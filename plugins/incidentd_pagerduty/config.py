"""Configuration of a PagerDuty events source."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import pydantic

from incidentd.plugin import AdapterConfig

KEY_LENGTH = 32


class PagerdutyConfig(AdapterConfig):
    """`routing_keys` maps the routing keys that are accepted to the service their alerts belong to.

    Without any, every key of 32 characters is accepted and says nothing about the service. The keys let a sender in,
    so neither an error nor a repr shows them.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)

    routing_keys: Mapping[str, str] = pydantic.Field(default={}, repr=False)

    @pydantic.field_validator("routing_keys", mode="before")
    @classmethod
    def _well_formed(cls, keys: object) -> object:
        """Checks types too: pydantic's own message for a bad value would name the key."""
        if not isinstance(keys, Mapping):
            raise ValueError('is no table — write { "<routing key>" = "<service>" }')
        for number, (key, service) in enumerate(keys.items(), start=1):
            if not isinstance(key, str) or len(key) != KEY_LENGTH:
                raise ValueError(
                    f"has a key that is not {KEY_LENGTH} characters long — correct key {number} of {len(keys)}"
                )
            if not isinstance(service, str) or not service.strip():
                raise ValueError(f"has a key without a service — give one to key {number} of {len(keys)}")
        return keys

    def service_of(self, routing_key: str) -> str | None:
        """The service of `routing_key`: "" when any key is accepted, None for a key that is not known."""
        if not self.routing_keys:
            return ""
        given = routing_key.encode()
        found: str | None = None
        for key, service in self.routing_keys.items():  # every key is compared: the time taken tells nothing
            if hmac.compare_digest(key.encode(), given):
                found = service
        return found
