"""Connections for what is no HTTP, by sockets that the outbound policy allows."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from incidentd.plugin.own_threads import on_own_thread

AddressInfo = tuple[Any, ...]
"""One entry of `getaddrinfo`."""


async def connect_first(
    open_socket: Callable[[AddressInfo], socket.socket], addresses: Iterable[AddressInfo]
) -> socket.socket:
    """A connected socket, not blocking: the first of `addresses` that answers. Since API version 1.6.

    `open_socket` is that of the adapter's context. Raises the last `OSError`, `AddressRefused` among them.
    """
    loop = asyncio.get_running_loop()
    failure: OSError = OSError("the name has no address")
    for info in addresses:
        try:
            sock = open_socket(info)
        except OSError as error:
            failure = error
            continue
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, info[4])
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failure


async def connect(open_socket: Callable[[AddressInfo], socket.socket], host: str, port: int) -> socket.socket:
    """The same for a host by its name. Since API version 1.6."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await on_own_thread(ask, f"name-{host}")
    return await connect_first(open_socket, found)
