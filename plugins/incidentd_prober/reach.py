"""Reaching a host: names are resolved on threads of the prober's own, sockets come from the outbound policy.

A name server that hangs holds a thread for as long as it likes; on the threads that the whole daemon shares it would
hold up the others.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from incidentd.plugin.sockets import AddressInfo, connect_first

_THREADS = 32


class Reach(AbstractResolver):
    """Names to addresses, and addresses to connections."""

    def __init__(self, open_socket: Callable[[AddressInfo], socket.socket]) -> None:
        self.open_socket = open_socket
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="prober-names")

    async def addresses(self, host: str, port: int, family: int = socket.AF_UNSPEC) -> Sequence[AddressInfo]:
        """What `getaddrinfo` says. Raises `socket.gaierror`."""
        ask = functools.partial(socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM)
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As aiohttp asks."""
        numeric = socket.AI_NUMERICHOST
        return [
            ResolveResult(hostname=host, host=str(at[0]), port=port, family=kind, proto=protocol, flags=numeric)
            for kind, _, protocol, _, at in await self.addresses(host, port, family)
        ]

    async def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket: the first of the host's addresses that answers. Raises OSError of the last one."""
        return await connect_first(self.open_socket, await self.addresses(host, port))

    async def certificate(self, host: str, port: int, context: ssl.SSLContext) -> dict[str, Any]:
        """The host's certificate after a full handshake. Raises OSError, `ssl.SSLError` among them."""
        sock = await self.connect(host, port)
        try:
            _, writer = await asyncio.open_connection(sock=sock, ssl=context, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        try:
            found: dict[str, Any] = writer.get_extra_info("peercert") or {}
            return found
        finally:
            writer.transport.abort()

    async def close(self) -> None:
        """Take no more questions; a thread that hangs is left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)
