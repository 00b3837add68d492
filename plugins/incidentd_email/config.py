"""Settings of an e-mail notifier."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

import pydantic

from incidentd.plugin import AdapterConfig, PositiveSeconds, SecretRef
from incidentd_email.mailbox import parse_mailbox

PLAIN_PORT, TLS_PORT, SUBMISSION_PORT = 25, 465, 587


class EmailConfig(AdapterConfig):
    """`[notifiers.NAME] type = "email"`. A contact method's address is the recipient."""

    host: str = pydantic.Field(default="localhost", pattern=r"^[A-Za-z0-9._:-]{1,253}$")
    port: int | None = pydantic.Field(default=None, ge=1, le=65535)  # default: 465 with tls, 587 with a login, else 25
    tls: bool = False  # TLS from the first byte
    starttls: Literal["auto", "required", "never"] = "auto"  # auto: when offered; a login off loopback requires it
    ca_file: Path | None = None  # certificates to trust besides the system's
    username: str | None = None
    password: SecretRef | None = None
    sender: str = pydantic.Field(alias="from")  # incidentd@example.org or Name <incidentd@example.org>
    timeout: PositiveSeconds = 30.0  # for one whole delivery

    @pydantic.field_validator("sender")
    @classmethod
    def _one_address(cls, value: str) -> str:
        parse_mailbox(value)
        return value

    @pydantic.model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("set both `username` and `password`, or neither")
        if self.tls and self.starttls == "required":
            raise ValueError('`tls = true` is TLS from the start: leave `starttls = "required"` out')
        return self

    def check_address(self, address: str) -> None:
        """One e-mail address."""
        parse_mailbox(address)

    @property
    def real_port(self) -> int:
        """The configured port, or the usual one."""
        if self.port is not None:
            return self.port
        if self.tls:
            return TLS_PORT
        return PLAIN_PORT if self.username is None else SUBMISSION_PORT

    @property
    def verifies_certificates(self) -> bool:
        """Always, except for opportunistic STARTTLS without a login, where plain text would be the alternative."""
        return self.tls or self.starttls == "required" or self.username is not None or self.ca_file is not None
