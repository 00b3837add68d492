"""Settings of an e-mail notifier."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

import pydantic

from incidentd.plugin import AdapterConfig, PositiveDuration, PositiveSeconds, Secret, SecretRef
from incidentd_email.mailbox import parse_mailbox
from incidentd_email.reply_token import room_for_token

PLAIN_PORT, TLS_PORT, SUBMISSION_PORT = 25, 465, 587
IMAP_PORT, IMAPS_PORT = 143, 993
HOST = r"^[A-Za-z0-9._:-]{1,253}$"


class SmtpConfig(AdapterConfig):
    """How mail is sent."""

    host: str = pydantic.Field(default="localhost", pattern=HOST)
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


class EmailConfig(SmtpConfig):
    """`[notifiers.NAME] type = "email"`. A contact method's address is the recipient."""

    def check_address(self, address: str) -> None:
        """One e-mail address."""
        parse_mailbox(address)


class MailChannelConfig(SmtpConfig):
    """`[channels.NAME] type = "email"`: a mailbox that customers write to. `from` is its address.

    What is not said of IMAP is as for SMTP: the host, the login, the certificates.
    """

    imap_host: str | None = pydantic.Field(default=None, pattern=HOST)
    imap_port: int | None = pydantic.Field(default=None, ge=1, le=65535)  # default: 993 with tls, else 143
    imap_tls: Literal["tls", "starttls", "never"] = "tls"
    imap_username: str | None = None
    imap_password: SecretRef | None = None
    folder: str = pydantic.Field(default="INBOX", min_length=1, max_length=200)
    poll: PositiveDuration = timedelta(minutes=1)  # how often to look where the server tells of no new mail
    reply_key: SecretRef | None = None  # signs Reply-To addresses: support+TOKEN@example.org
    old_reply_key: SecretRef | None = None  # what it signed is known still, while the key is changed
    max_size: int = pydantic.Field(default=25 * 1024 * 1024, ge=64 * 1024, le=100 * 1024 * 1024)  # bytes of one mail
    own_lists: tuple[str, ...] = ()  # List-Ids of mailing lists by which customers write
    automatic_an_hour: int = pydantic.Field(default=10, ge=0, le=1000)  # automatic mails to one address
    from_sender_an_hour: int = pydantic.Field(default=60, ge=1, le=100_000)  # mails; further ones wait in the mailbox

    @pydantic.model_validator(mode="after")
    def _can_read(self) -> Self:
        if self.imap_login is None:
            raise ValueError("set `imap_username` and `imap_password`, or `username` and `password` for both")
        if self.reply_key is not None:
            room_for_token(self.reply_key, parse_mailbox(self.sender))
        return self

    @property
    def imap_login(self) -> tuple[str, Secret] | None:
        """The name and the password for IMAP."""
        if self.imap_username is not None and self.imap_password is not None:
            return self.imap_username, self.imap_password
        if self.imap_username is None and self.imap_password is None and self.username and self.password:
            return self.username, self.password
        return None

    @property
    def imap_address(self) -> tuple[str, int]:
        """The host and the port of the mailbox."""
        return self.imap_host or self.host, self.imap_port or (IMAPS_PORT if self.imap_tls == "tls" else IMAP_PORT)
