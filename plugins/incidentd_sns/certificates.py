"""The certificates SNS signs with: fetched once, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography import x509

from incidentd.plugin import BadRequest, StoreUnavailable

MAX_KEPT = 16
_AT_ONCE = 4
_PAUSE = timedelta(seconds=30)  # before an address that failed is asked again
Load = Callable[[str], Coroutine[None, None, x509.Certificate]]
T = TypeVar("T")


class Certificates:
    """A cache of certificates by their address.

    `load` fetches one. An address is fetched once, however many messages wait for it, and few are at the same time:
    anybody can name addresses here, for a message's signature is checked only after this.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._kept: dict[str, x509.Certificate] = {}
        self._failed: dict[str, tuple[datetime, Exception]] = {}
        self._loading: dict[str, asyncio.Task[x509.Certificate]] = {}

    async def get(self, url: str, now: datetime) -> x509.Certificate:
        """The certificate at `url`. Raises `BadRequest` (403) or `StoreUnavailable`, so that SNS tries again."""
        if url in self._kept:
            return self._kept[url]
        if url in self._failed and now - self._failed[url][0] < _PAUSE:
            raise self._failed[url][1]
        task = self._task(url)
        try:
            certificate = await asyncio.shield(task)
        except (BadRequest, StoreUnavailable) as failure:
            _remember(self._failed, url, (now, failure))
            raise
        self._failed.pop(url, None)
        _remember(self._kept, url, certificate)
        return certificate

    def _task(self, url: str) -> asyncio.Task[x509.Certificate]:
        if url not in self._loading:
            if len(self._loading) >= _AT_ONCE:
                raise StoreUnavailable("too many certificates are being fetched; send it again")
            task = asyncio.create_task(self._load(url))
            self._loading[url] = task
            task.add_done_callback(lambda _: self._loading.pop(url, None))
        return self._loading[url]


def _remember(kept: dict[str, T], url: str, what: T) -> None:
    """The oldest makes room."""
    if url not in kept and len(kept) >= MAX_KEPT:
        del kept[next(iter(kept))]
    kept[url] = what
