"""Names of hosts to addresses, so that one name whose server is silent holds up no other.

The event loop asks for at most two names at once, of all plugins: two that hang would keep every page from every
notifier that is reached by its name. Here each name is asked for on a thread of its own.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from incidentd.plugin.own_threads import on_own_thread

AT_ONCE = 64
"""So many names may be asked for at once; more than any configuration has notifiers."""


class Names(AbstractResolver):
    """What the outbound session asks. It asks for each name once at a time, whoever wants to know."""

    def __init__(self) -> None:
        self._asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """What `getaddrinfo` says. Raises OSError, `socket.gaierror` among them."""
        if self._asked >= AT_ONCE:
            raise OSError("too many names are being asked for: the name server does not answer")
        self._asked += 1
        try:
            return await on_own_thread(partial(self._ask, host, port, family), f"name-{host}")
        finally:
            self._asked -= 1

    @staticmethod
    def _ask(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        return [
            ResolveResult(
                hostname=host, host=_numeric(at), port=port, family=kind, proto=protocol, flags=socket.AI_NUMERICHOST
            )
            for kind, _, protocol, _, at in found
        ]

    async def close(self) -> None:
        """There is nothing to release."""


def _numeric(address: tuple[Any, ...]) -> str:
    """The address as text; a link-local one keeps its scope, without which it leads nowhere."""
    host, scope = str(address[0]), address[3] if len(address) > 3 else 0
    return f"{host}%{scope}" if scope else host
