"""Configuration of a Grafana source: what a request must prove before it is read."""

from __future__ import annotations

import re

import pydantic

from incidentd.plugin import AdapterConfig, PositiveSeconds, SecretRef

SIGNATURE_HEADER = "X-Grafana-Alerting-Signature"
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class GrafanaConfig(AdapterConfig):
    """Without `secrets`, `tokens` and `password` every request is let in.

    With `secrets` a request must be signed; with `tokens` or `password` it must carry one of them. Where both are
    set, both are asked for. Several secrets and tokens may be live at once, so that they can be changed without a gap.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a secret written in plain must not be logged

    secrets: tuple[SecretRef, ...] = ()  # HMAC keys, any of which may have signed
    signature_header: str = SIGNATURE_HEADER
    timestamp_header: str = ""  # as in the contact point; "": the body alone is signed, and may be replayed
    replay_window: PositiveSeconds = 300  # seconds that a signed timestamp may be off
    tokens: tuple[SecretRef, ...] = ()  # Authorization: Bearer
    username: str = ""  # basic authentication
    password: SecretRef | None = None

    @pydantic.field_validator("signature_header", "timestamp_header")
    @classmethod
    def _header(cls, name: str) -> str:
        if name and not _HEADER_NAME.fullmatch(name):
            raise ValueError(f'is no header name — write it as in the contact point, for example "{SIGNATURE_HEADER}"')
        return name

    @pydantic.model_validator(mode="after")
    def _complete(self) -> GrafanaConfig:
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password belong together — set both or none")
        if self.secrets and not self.signature_header:
            raise ValueError("signature_header is empty — name the header that carries the signature")
        if self.timestamp_header and not self.secrets:
            raise ValueError("timestamp_header without secrets protects nothing — set secrets, or leave it out")
        given = (*self.secrets, *self.tokens, *([] if self.password is None else [self.password]))
        if not all(secret.reveal() for secret in given):
            raise ValueError("a secret is empty — store one where the reference leads")
        return self
