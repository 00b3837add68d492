"""One SMTP session for one message, and what its end means for the message.

Until the DATA command the server has nothing, so a broken connection is a `TemporaryFailure`. From there on it may have
taken the message without us hearing of it: `UnknownOutcome`. A reply decides by its first digit (RFC 5321, 4.2.1).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from incidentd.plugin import PermanentFailure, Secret, TemporaryFailure, safe_line
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.sockets import AddressInfo, connect
from incidentd_email.config import SmtpConfig
from incidentd_email.mailbox import Mailbox

if TYPE_CHECKING:
    import aiosmtplib

MAX_REPLY = 160  # characters of a server's reply that an error shows
QUIT_SECONDS = 1.0
_HELO = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


OpenSocket = Callable[[AddressInfo], socket.socket]


async def deliver(config: SmtpConfig, sender: Mailbox, recipient: Mailbox, data: bytes, open_socket: OpenSocket) -> str:
    """Hand `data` to the server; returns its last reply, which often names a queue id.

    `open_socket` is that of the adapter's context: the outbound policy holds.

    Raises `TemporaryFailure`, `PermanentFailure` or `UnknownOutcome`, none with a credential in its text or an earlier
    exception attached. Closes the connection on every path, cancellation included.
    """
    session = _Session(config, open_socket)
    try:
        async with asyncio.timeout(config.timeout):
            reply = await session.run(sender, recipient, data)
        await session.say_goodbye()
        return reply
    except (TemporaryFailure, PermanentFailure):
        raise
    except Exception as exc:
        failure = session.failure(exc)
    finally:
        session.drop()
    raise failure


class _Session:
    def __init__(self, config: SmtpConfig, open_socket: OpenSocket) -> None:
        import aiosmtplib

        self._config = config
        self._open_socket = open_socket
        self._in_data = False
        self._logging_in = False
        self._client = aiosmtplib.SMTP(
            hostname=config.host,
            port=config.real_port,
            local_hostname=_helo_name(),
            timeout=config.timeout,
            use_tls=config.tls,
            start_tls=False,  # done in `_secure`, which knows our rules
            validate_certs=config.verifies_certificates,
            cert_bundle=None if config.ca_file is None else str(config.ca_file),
        )

    async def run(self, sender: Mailbox, recipient: Mailbox, data: bytes) -> str:
        client = self._client
        sock = await connect(self._open_socket, self._config.host, self._config.real_port)
        await client.connect(sock=sock, port=None)
        await client.ehlo()
        await self._secure()
        await self._log_in()
        utf8 = sender.needs_utf8 or recipient.needs_utf8
        if utf8 and not client.supports_extension("smtputf8"):
            raise PermanentFailure("the address is not ASCII and the server does not know SMTPUTF8")
        encoding = "utf-8" if utf8 else "ascii"
        await client.mail(sender.address, options=["SMTPUTF8"] if utf8 else [], encoding=encoding)
        await client.rcpt(recipient.address, encoding=encoding)
        self._in_data = True
        reply = await client.data(data)
        return safe_line(reply.message, MAX_REPLY)

    async def say_goodbye(self) -> None:
        """QUIT. The message is taken by now: nothing that happens here changes that."""
        with contextlib.suppress(Exception):
            await self._client.quit(timeout=QUIT_SECONDS)

    def drop(self) -> None:
        """Close without waiting for the other side."""
        abort = getattr(self._client.transport, "abort", None)  # by name: uvloop's transports have types of their own
        self._client.close()
        if abort is not None:
            abort()

    async def _secure(self) -> None:
        config, client = self._config, self._client
        if config.tls or config.starttls == "never":
            return
        if client.supports_extension("starttls"):
            await client.starttls()
            await client.ehlo()
        elif config.starttls == "required":
            raise PermanentFailure("the server offers no STARTTLS, which `starttls` requires")
        elif config.username is not None and not _is_loopback(client):
            raise PermanentFailure("the server offers no STARTTLS: the password is not sent in clear text")

    async def _log_in(self) -> None:
        config = self._config
        if config.username is None or config.password is None:
            return
        if not self._client.supports_extension("auth"):
            raise PermanentFailure("the server offers no login: check `host`, `port` and TLS, or drop `username`")
        self._logging_in = True
        await self._client.login(config.username, config.password.reveal())
        self._logging_in = False

    def failure(self, exc: Exception) -> Exception:
        """The outcome that `exc` means at this point of the session."""
        import aiosmtplib

        from incidentd.plugin.httpcall import AddressRefused

        if isinstance(exc, AddressRefused):
            return PermanentFailure("the outbound policy refuses the mail server's address: see allow_private")
        if isinstance(exc, aiosmtplib.SMTPResponseException) and 400 <= exc.code < 600:
            return self._refusal(exc)
        if self._in_data:
            return UnknownOutcome(f"no clear answer to the message ({type(exc).__name__})")
        if self._logging_in and not isinstance(exc, OSError):
            return PermanentFailure("no way to log in with `username` and `password`: no common login method")
        if isinstance(exc, ssl.SSLError):
            return TemporaryFailure(f"TLS failed: {exc.reason or type(exc).__name__}")
        if isinstance(exc, ValueError):
            return PermanentFailure("an address cannot be sent to this server")
        if isinstance(exc, TimeoutError):
            return TemporaryFailure("the mail server did not answer in time")
        return TemporaryFailure(f"no working connection to the mail server: {_reason(exc)}")

    def _refusal(self, exc: aiosmtplib.SMTPResponseException) -> TemporaryFailure | PermanentFailure:
        if self._logging_in:
            if exc.code < 500:
                return TemporaryFailure(f"the mail server cannot log us in now ({exc.code})")
            return PermanentFailure(f"the mail server refused the login ({exc.code}): check `username` and `password`")
        text = f"SMTP {exc.code} {self._shown(exc.message)}".strip()
        return TemporaryFailure(text) if exc.code < 500 else PermanentFailure(text)

    def _shown(self, reply: str) -> str:
        """The server's words, unless they repeat a secret in some form."""
        for secret in (value.reveal() for value in vars(self._config).values() if isinstance(value, Secret)):
            encoded = base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode()
            if secret in reply or encoded.rstrip("=") in reply:
                return "(reply not shown: it holds a secret)"
        return safe_line(reply, MAX_REPLY)


def _is_loopback(client: aiosmtplib.SMTP) -> bool:
    peer = client.get_transport_info("peername")
    try:
        return ipaddress.ip_address(str(peer[0]).partition("%")[0]).is_loopback
    except (ValueError, TypeError, IndexError):
        return False


def _reason(exc: Exception) -> str:
    """The operating system's words for the error, without addresses; else the error's type."""
    cause = exc.__cause__ if isinstance(exc.__cause__, OSError) else exc
    number = getattr(cause, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return getattr(cause, "strerror", None) or type(cause).__name__  # name resolution has numbers of its own


def _helo_name() -> str:
    """This machine's name if it is a full one; asking DNS for it could take long in the middle of an outage."""
    name = socket.gethostname()
    return name if _HELO.fullmatch(name) else "[127.0.0.1]"
