"""A mail provider on loopback: an IMAP server (pymap) with one mailbox, and an SMTP server (aiosmtpd)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

from incidentd.plugin import Secret
from incidentd.plugin.testing import Vendor

PASSWORD = "correct-horse-battery"
REPLY_KEY = "0123456789abcdef-reply-key"


class Unhashed:
    """Passwords as they are: hashing takes most of a second."""

    def hash(self, value: str) -> str:
        return value

    def verify(self, value: str, digest: str) -> bool:
        return value == digest

    def copy(self, **_: Any) -> Unhashed:
        return self


class Provider(Vendor):
    def __init__(self, tls: ssl.SSLContext | None = None, starttls: Path | None = None) -> None:
        self.tls = tls  # of the mailbox
        self.starttls = starttls  # a certificate with its key: the mailbox speaks TLS when it is asked to
        self.envelopes: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.open: set[Any] = set()
        self.imap_connections: list[asyncio.StreamWriter] = []
        self.imap_port = self.smtp_port = 1
        self.inbox: Any = None
        self._hang = False
        self._busy = asyncio.Event()

    # ------------------------------------------------------------------ the vendor of the conformance class
    def settings(self) -> Mapping[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.smtp_port,
            "from": "Shop Support <support@example.org>",
            "imap_port": self.imap_port,
            "imap_tls": "never",
            "imap_username": "support",
            "imap_password": Secret(PASSWORD),
            "reply_key": Secret(REPLY_KEY),
            "timeout": 10,
        }

    def sent(self) -> Sequence[Envelope]:
        return self.envelopes

    def reject(self) -> None:
        self.answers["RCPT"] = f"550 5.1.1 not here; by the way you are {PASSWORD} {REPLY_KEY}"

    def hang(self) -> None:
        self._hang = True

    async def wait_for_request(self) -> None:
        async with asyncio.timeout(5):
            await self._busy.wait()
        self._busy.clear()

    async def wait_until_idle(self) -> None:
        async with asyncio.timeout(5):
            while self.open:  # noqa: ASYNC110 - aiosmtpd tells nobody when a connection ends
                await asyncio.sleep(0.01)

    # ------------------------------------------------------------------ the mailbox
    async def put(self, raw: bytes, *flags: Any) -> int:
        """Deliver a mail; returns its UID."""
        message = await self.inbox.append(AppendMessage(raw, datetime.now(UTC), frozenset(flags)))
        return int(message.uid)

    async def flags(self, uid: int) -> set[str]:
        """The flags that a message has now."""
        message = await self.inbox.get(uid, None)
        return {bytes(flag).decode() for flag in message.permanent_flags}

    # ------------------------------------------------------------------ SMTP
    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        if "RCPT" in self.answers:
            return self.answers.pop("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._busy.set()
        if self._hang:
            self._hang = False
            await asyncio.sleep(60)
        self.envelopes.append(envelope)
        return "250 2.0.0 Ok: queued as 4XyZ"

    def _smtp(self) -> SMTP:
        opened = self.open

        class Counting(SMTP):
            def connection_made(self, transport: Any) -> None:
                opened.add(self)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                opened.discard(self)
                super().connection_lost(error)

        return Counting(self, loop=asyncio.get_running_loop(), hostname="mail.example")

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Provider]:
        smtp = await asyncio.get_running_loop().create_server(self._smtp, "127.0.0.1", 0)
        self.smtp_port = smtp.sockets[0].getsockname()[1]
        imap = await self._imap()
        self.imap_port = imap.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            smtp.close()
            imap.close()

    async def _imap(self) -> asyncio.Server:
        args = argparse.Namespace(
            debug=False, demo_data=False, demo_user="support", demo_password=PASSWORD, host=["127.0.0.1"], port="0",
            cert=self.starttls, key=self.starttls, tls=self.starttls is not None, proxy_protocol=None,
            insecure_login=self.starttls is None, inherited_sockets=None, passlib_cfg=None,
        )  # fmt: skip
        backend, config = await DictBackend.init(args, hash_context=Unhashed())
        config.apply_context()
        async with backend.login.demo_user_identity.new_session() as session:
            self.inbox = await session.mailbox_set.get_mailbox("INBOX")
        serve = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))

        async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.imap_connections.append(writer)
            await serve(reader, writer)  # it goes on in a task of its own

        return await asyncio.start_server(kept, "127.0.0.1", 0, ssl=self.tls)

    def cut(self) -> None:
        """Break every IMAP connection off."""
        while self.imap_connections:
            self.imap_connections.pop().transport.abort()


@pytest.fixture
def provider() -> type[Provider]:
    """The mail provider, to be started with `async with provider().running()`."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd logs every command, passwords included
    logging.getLogger("pymap").setLevel(logging.CRITICAL)
    return Provider
