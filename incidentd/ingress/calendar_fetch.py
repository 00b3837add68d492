"""Fetching the calendars of layers: URLs through the guarded session, files by their path, both bounded."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from incidentd.plugin.httpcall import AddressRefused
from incidentd.services.calendar_imports import MOST_BYTES, CannotFetch

_SECONDS = 20.0
_REDIRECTS = 3
_TOO_LONG = f"it is longer than {MOST_BYTES // 2**20} MiB: leave out what is past"


class CalendarFetch:
    """Implements `calendar_imports.Fetch`. No message holds the URL: who knows it may read the calendar."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def __call__(self, place: str) -> bytes:
        """The document. Raises `CannotFetch`."""
        if place.startswith("/"):
            return await asyncio.to_thread(_file, Path(place))
        try:
            return await self._get(place)
        except aiohttp.ClientConnectorError as error:
            refused = isinstance(error.os_error, AddressRefused)
            why = "its address is not allowed: see allow_private" if refused else f"no connection: {error.strerror}"
            raise CannotFetch(f"{why}; see whether its URL is still right") from None
        except TimeoutError:
            raise CannotFetch(f"it did not answer within {_SECONDS:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CannotFetch(f"{type(error).__name__}; see whether its URL is still right") from None

    async def _get(self, url: str) -> bytes:
        limit = aiohttp.ClientTimeout(total=_SECONDS)
        headers = {"Accept": "text/calendar"}
        async with self._http.get(url, timeout=limit, max_redirects=_REDIRECTS, headers=headers) as answer:
            if answer.status != 200:
                raise CannotFetch(f"HTTP {answer.status}; see whether its URL is still right, or was revoked")
            found = bytearray()
            async for part in answer.content.iter_chunked(65_536):
                found += part
                if len(found) > MOST_BYTES:
                    raise CannotFetch(_TOO_LONG)
            return bytes(found)


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            found = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CannotFetch(f"{path}: {error.strerror}; see whether the daemon may read it") from None
    if len(found) > MOST_BYTES:
        raise CannotFetch(_TOO_LONG)
    return found
