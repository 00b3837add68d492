"""Configuration of a GoAlert source."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import pydantic

from incidentd.plugin import AdapterConfig, SecretRef


class GoalertConfig(AdapterConfig):
    """`tokens` names for each service the tokens (GoAlert's integration keys) whose alerts belong to it.

    A service may have several at once, so that a token can be changed without a gap. Without any service every token
    is let in from this machine (loopback), and none from elsewhere.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a token written in plain must not be logged

    tokens: Mapping[str, tuple[SecretRef, ...]] = {}

    @pydantic.model_validator(mode="after")
    def _usable(self) -> GoalertConfig:
        seen: set[str] = set()
        for service, tokens in self.tokens.items():
            if not service.strip():
                raise ValueError('tokens has a service without a name — write { checkout = [{ env = "TOKEN" }] }')
            if not tokens or not all(token.reveal() for token in tokens):
                raise ValueError(f"tokens.{service} has no token or an empty one — store one where the reference leads")
            if seen & (mine := {token.reveal() for token in tokens}):
                raise ValueError(f"tokens.{service} has a token that another service has — give each its own")
            seen |= mine
        return self

    def service_of(self, token: str) -> str | None:
        """The service that `token` belongs to; None for a token that is not known."""
        given = token.encode(errors="surrogateescape")
        found: str | None = None
        for service, tokens in self.tokens.items():  # every token is compared: the time taken tells nothing
            for known in tokens:
                if hmac.compare_digest(known.reveal().encode(), given):
                    found = service
        return found
