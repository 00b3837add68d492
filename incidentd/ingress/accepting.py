"""Taking connections from listening sockets: some at a time, and none while no descriptor is left.

The servers of an event loop take all that wait in one go, a thousand before anything else runs. When descriptors have
run out they close who waits, and where the limit was lowered below what is open they ask again for ever.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterable
from typing import Any, cast

from aiohttp import web

BACKLOG = 1024
_AT_ONCE = 64
_PAUSE_SECONDS = 0.5
_SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


async def bound(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of `host`. Raises `OSError`, with none left open."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            sockets.append(sock := socket.socket(family, kind, protocol))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:  # IPv4 has a socket of its own
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind(address)
            sock.listen(BACKLOG)
    except BaseException:
        for sock in sockets:
            sock.close()
        raise
    return sockets


class Accepting:
    """Makes a protocol for each peer; `speaks` is what `connect_accepted_socket` takes for TLS. It owns the sockets."""

    def __init__(
        self, sockets: Iterable[socket.socket], made: Callable[[], asyncio.Protocol], speaks: dict[str, Any]
    ) -> None:
        self.sockets = tuple(sockets)
        self._made = made
        self._speaks = speaks
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._closed = False
        for sock in self.sockets:
            sock.setblocking(False)
            sock.listen(BACKLOG)
            self._go_on(sock)

    def _go_on(self, sock: socket.socket) -> None:
        if not self._closed:
            self._loop.add_reader(sock, self._accept, sock)

    def _accept(self, sock: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                peer, _ = sock.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _SCARCE:  # who waits goes on waiting, and so do we
                    self._loop.remove_reader(sock)
                    self._loop.call_later(_PAUSE_SECONDS, self._go_on, sock)
                    return
            else:
                task = self._loop.create_task(self._open(peer))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

    async def _open(self, peer: socket.socket) -> None:
        try:
            peer.setblocking(False)
            await self._loop.connect_accepted_socket(self._made, peer, **self._speaks)
        except OSError:  # it left, or its handshake failed or took too long
            peer.close()

    def close(self) -> None:
        """Take no more; who is connected stays so."""
        self._closed = True
        for sock in self.sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self.sockets = ()


class Site(web.BaseSite):
    """Listening sockets of the ingress, with TLS where `speaks` says so."""

    def __init__(self, runner: web.ServerRunner, sockets: Iterable[socket.socket], speaks: dict[str, Any]) -> None:
        super().__init__(runner)
        self._sockets = tuple(sockets)
        self._speaks = speaks

    @property
    def name(self) -> str:
        """Where it listens."""
        return ", ".join(str(sock.getsockname()) for sock in self._sockets)

    async def start(self) -> None:
        """Begin to accept."""
        await super().start()
        made = self._runner.server
        assert made is not None
        self._server = cast(asyncio.AbstractServer, Accepting(self._sockets, made, self._speaks))
