"""Asking the other nodes whether they reach the database, when this one does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import aiohttp

from incidentd.domain.nodes import Node

_SECONDS = 2.0
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def places(nodes: Iterable[Node]) -> list[str]:
    """Where nodes answer, by their host's name where they listen at every address of it."""
    return [_place(address, node.host) for node in nodes for address in node.addresses]


def _place(address: str, host: str) -> str:
    parts = urlsplit(address)
    if parts.hostname not in _ANYWHERE:
        return address
    return f"{parts.scheme}://{host}:{parts.port}"


async def any_ready(http: aiohttp.ClientSession, addresses: Sequence[str]) -> bool:
    """Whether one of the listeners says that its node takes alerts."""
    return any(await asyncio.gather(*(_ready(http, address) for address in addresses)))


async def _ready(http: aiohttp.ClientSession, address: str) -> bool:
    # Whose certificate it is does not matter: nothing is told, and a name inside the network often has none.
    try:
        async with http.get(f"{address}/-/ready", timeout=aiohttp.ClientTimeout(total=_SECONDS), ssl=False) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return False
