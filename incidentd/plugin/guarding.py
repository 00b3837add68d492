"""The outbound policy for libraries that open connections of their own, on threads. Since API version 1.11.

CPython announces every connection before it is made (PEP 578, event `socket.connect`). For the threads named here, and
those that they start, each address meets the policy at that moment; a name that the system would look up itself is
refused, for nobody could tell where it leads.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from incidentd.plugin.sockets import AddressInfo

_SENDING = ("socket.connect", "socket.sendto", "socket.sendmsg")
_guards: weakref.WeakKeyDictionary[threading.Thread, Guard] = weakref.WeakKeyDictionary()


class Guard:
    """`open_socket` is that of the adapter's context. `refused` says whether an address was refused."""

    def __init__(self, open_socket: Callable[[AddressInfo], socket.socket]) -> None:
        self._open_socket = open_socket
        self.refused = False

    def check(self, sock: socket.socket, address: object) -> None:
        """Raises `AddressRefused` where the policy forbids a connection to `address`."""
        if not isinstance(address, tuple):  # a path of this machine, say of its message bus
            address = ("127.0.0.1", 0)
        try:
            self._open_socket((sock.family, sock.type, sock.proto, "", address)).close()
        except PermissionError:  # `AddressRefused`, whose module loads all of aiohttp
            self.refused = True
            raise


@contextlib.contextmanager
def guarded(open_socket: Callable[[AddressInfo], socket.socket]) -> Iterator[Guard]:
    """Every connection of this thread, and of those that it starts, meets the policy until the block ends."""
    _listen()
    guard = Guard(open_socket)
    thread = threading.current_thread()
    _guards[thread] = guard
    try:
        yield guard
    finally:
        del _guards[thread]


@functools.cache
def _listen() -> None:
    """Hear of connections from now on, by a hook that stays for good, and of threads, of which no hook tells."""
    sys.addaudithook(_heard)
    start = threading.Thread.start

    def start_held(self: threading.Thread) -> None:
        guard = _guards.get(threading.current_thread())
        if guard is not None:
            _guards[self] = guard
        start(self)

    threading.Thread.start = start_held  # type: ignore[method-assign]


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _SENDING or not _guards:
        return
    guard = _guards.get(threading.current_thread())
    if guard is not None and arguments[1] is not None:
        guard.check(arguments[0], arguments[1])
