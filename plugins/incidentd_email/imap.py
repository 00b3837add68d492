"""One IMAP connection (RFC 3501), with IDLE (RFC 2177) where the server knows it.

IMAPClient blocks, and some of its calls never return when a network goes silent. So it lives on a thread of its own,
and every call has its time: when that is over, or the call is cancelled, the socket is shut, which ends whatever the
thread waits for.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import imaplib
import logging
import os
import socket
import ssl
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, TypeVar

from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import IMAPClientError, LoginError  # type: ignore[import-untyped]

from incidentd.plugin import Secret, safe_line
from incidentd.plugin.sockets import connect
from incidentd_email.config import MailChannelConfig
from incidentd_email.session import OpenSocket

T = TypeVar("T")
CALL_SECONDS = 30.0
FETCH_SECONDS = 300.0
MAX_SAID = 160  # characters of what a server says that an error shows
SEEN, FLAGGED = rb"\Seen", rb"\Flagged"
logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it writes down the whole conversation


class MailboxLost(Exception):
    """The mailbox cannot be reached or used; the text says why and holds no secret."""


class _Given(imaplib.IMAP4):
    """imaplib on a socket that is connected already."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self._given = sock
        super().__init__(host)

    def _create_socket(self, _timeout: float | None = None) -> socket.socket:
        return self._given


_SENDERS = "HEADER.FIELDS (FROM REPLY-TO)"
_AT_ONCE = 500  # messages that one command asks for
_MAX_SENDER = 1000  # bytes


class _Client(IMAPClient):  # type: ignore[misc] # the library has no types
    def __init__(self, sock: socket.socket, host: str) -> None:
        self._given = sock
        super().__init__(host, ssl=False, timeout=CALL_SECONDS)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        return _Given(self._given, self.host)

    @property
    def news(self) -> int:
        """How often the server told of new messages beside its answers."""
        return len(self._imap.untagged_responses.get("EXISTS", ()))

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> Any:
        """As the library waits, but not for what was read already: news in one packet with the answer to IDLE."""
        with contextlib.suppress(OSError):  # nothing there, in the words of TLS
            if self._imap.file.peek(1):
                return True
        return super()._poll_socket(sock, timeout)


class Inbox:
    """A folder that is open. Not for several tasks at once."""

    def __init__(self, client: _Client, line: _Line) -> None:
        self._client = client
        self._line = line
        self.validity = 0
        """UIDs of another UIDVALIDITY mean other messages."""
        self.next_uid = 1
        self.idles = False
        self._looked = 0

    @classmethod
    async def open(cls, config: MailChannelConfig, open_socket: OpenSocket) -> Inbox:
        """Connect, log in, select the folder. Raises `MailboxLost`."""
        host, port = config.imap_address
        try:
            async with asyncio.timeout(CALL_SECONDS):
                sock = await connect(open_socket, host, port)
        except (OSError, TimeoutError) as error:
            raise MailboxLost(f"no connection: {_words(error)}") from None
        line = _Line(sock)
        return await line.call(cls._begin, config, sock, line)

    @classmethod
    def _begin(cls, config: MailChannelConfig, sock: socket.socket, line: _Line) -> Inbox:
        host, _ = config.imap_address
        sock.settimeout(CALL_SECONDS)
        try:
            tls = ssl.create_default_context(cafile=config.ca_file)
            if config.imap_tls == "tls":
                sock = tls.wrap_socket(sock, server_hostname=host)
            client = _Client(sock, host)
            line.last = client.shutdown
            if config.imap_tls == "starttls":
                client.starttls(tls)
            name, password = config.imap_login or ("", Secret(""))
            client.login(name, password.reveal())
            inbox = cls(client, line)
            inbox._select(config.folder)
            return inbox
        except BaseException:
            sock.close()
            raise

    def _select(self, folder: str) -> None:
        state = self._client.select_folder(folder)
        if state.get(b"READ-WRITE") is not True:
            raise IMAPClientError("the folder is read only: mails cannot be marked as seen")
        self.validity, self.next_uid = int(state[b"UIDVALIDITY"]), int(state.get(b"UIDNEXT", 1))
        self.idles = bool(self._client.has_capability("IDLE"))

    async def unseen(self) -> set[int]:
        """The UIDs of the messages that nobody has seen."""
        self._looked = self._client.news
        return set(await self._call(self._client.search, ["UNSEEN", "UNDELETED"]))

    async def since(self, uid: int) -> set[int]:
        """The UIDs from `uid` on, seen or not."""
        found = await self._call(self._client.search, ["UID", f"{uid}:*", "UNDELETED"])
        return {one for one in found if one >= uid}  # a range with * always has the last message

    async def arrived_since(self, day: date) -> set[int]:
        """The UIDs of what arrived on `day` or later, seen or not."""
        return set(await self._call(self._client.search, ["SINCE", day, "UNDELETED"]))

    async def fetch(self, uid: int, limit: int, some: int) -> tuple[bytes, int] | None:
        """A message and its size; its first `some` bytes when it is over `limit`. None when it is gone."""
        told = await self._call(self._client.fetch, [uid], ["RFC822.SIZE"])
        size = int(told.get(uid, {}).get(b"RFC822.SIZE", 0))
        part = f"BODY.PEEK[]<0.{some}>" if size > limit else "BODY.PEEK[]"
        got = await self._call(self._client.fetch, [uid], [part], seconds=FETCH_SECONDS)
        bodies = [value for key, value in got.get(uid, {}).items() if key.startswith(b"BODY[]")]
        return (bodies[0], size) if bodies and bodies[0] is not None else None

    async def senders(self, uids: Collection[int]) -> dict[int, bytes]:
        """What the lines From and Reply-To of messages say, as they stand; nothing else of them is read."""
        found: dict[int, bytes] = {}
        ordered = sorted(uids)
        for some in (ordered[n : n + _AT_ONCE] for n in range(0, len(ordered), _AT_ONCE)):
            got = await self._call(self._client.fetch, some, [f"BODY.PEEK[{_SENDERS}]"])
            for uid, parts in got.items():
                values = [value for key, value in parts.items() if key.startswith(b"BODY[HEADER") and value]
                found[uid] = values[0][:_MAX_SENDER] if values else b""
        return found

    async def mark(self, uid: int, *flags: bytes) -> None:
        """Set flags of a message."""
        await self._call(self._client.add_flags, [uid], list(flags), silent=True)

    async def wait(self, seconds: float) -> None:
        """Returns when the server tells of something new, at the latest after `seconds`."""
        if not self.idles:
            await asyncio.sleep(seconds)
            return
        await self._call(self._idle, seconds, seconds=seconds + 2 * CALL_SECONDS)

    def _idle(self, seconds: float) -> None:
        self._client.noop()
        if self._client.news != self._looked:  # it came since we looked, and IDLE may tell only what comes from now on
            return
        self._client.idle()
        self._client.idle_check(seconds)
        self._client.idle_done()

    async def close(self) -> None:
        """Say goodbye, briefly, and close."""
        with contextlib.suppress(MailboxLost):
            await self._call(self._client.logout, seconds=1.0)
        self._line.drop()

    async def _call(self, call: Callable[..., T], *args: Any, seconds: float = CALL_SECONDS, **named: Any) -> T:
        return await self._line.call(functools.partial(call, *args, **named), seconds=seconds)


class _Line:
    """The thread of a connection, and a hold on its socket, by which it can be shut under the thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._hold = sock.dup()  # TLS takes the socket itself over
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="imap")
        self._dropped = False
        self.last: Callable[[], object] | None = None
        """Done on the thread when the connection is over."""

    async def call(self, call: Callable[..., T], *args: Any, seconds: float = CALL_SECONDS) -> T:
        """What `call` returns. Raises `MailboxLost`; the connection is of no more use after any exception."""
        if self._dropped:
            raise MailboxLost("the connection is closed")
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.get_running_loop().run_in_executor(self._thread, call, *args)
        except LoginError:
            failure = "the login was refused: check `imap_username` and `imap_password`"
        except (IMAPClientError, OSError, TimeoutError) as error:
            failure = _words(error)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            failure = f"the server's answer makes no sense ({type(error).__name__})"
        except BaseException:
            self.drop()
            raise
        self.drop()
        raise MailboxLost(failure)

    def drop(self) -> None:
        """Shut the socket under whatever the thread waits for."""
        if not self._dropped:
            self._dropped = True
            with contextlib.suppress(OSError):
                self._hold.shutdown(socket.SHUT_RDWR)
            self._hold.close()
            if self.last is not None:
                self._thread.submit(self.last)
            self._thread.shutdown(wait=False)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or type(error).__name__}"
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or type(error).__name__
    return safe_line(str(error), MAX_SAID)
