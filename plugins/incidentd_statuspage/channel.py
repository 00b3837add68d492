"""A status page, served by the listener and written to a directory where one is configured.

| request | answer |
|---|---|
| GET PATH | the page |
| GET PATH/feed.atom, PATH/status.json | the same as a feed and as JSON |
| PATH/subscribe, PATH/confirm/TOKEN, PATH/unsubscribe/TOKEN | news by mail, where it is configured: `subscribing` |

Everything has an `ETag`, and 304 for who knows it. All of it is what customers were told, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from incidentd.plugin import (
    Access,
    AdapterType,
    Condition,
    Context,
    Handler,
    Outgoing,
    PermanentFailure,
    Receipt,
    Route,
    StoreUnavailable,
    SupportChannel,
    WebhookRequest,
    WebhookResponse,
    safe_line,
)
from incidentd_statuspage.board import Board, board
from incidentd_statuspage.config import StatusPageConfig
from incidentd_statuspage.publishing import Publisher
from incidentd_statuspage.rendering import DATA, FEED, PAGE, File, Renderer
from incidentd_statuspage.subscribing import Subscribing

FRESH = timedelta(seconds=5)
"""How old an answer may be: a crowd asks the database as seldom as one reader does."""


class StatusPage(SupportChannel):
    """One page."""

    def __init__(self, config: StatusPageConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._renderer = Renderer(config, context.instance)
        self._publisher = Publisher(config.directory) if config.directory is not None else None
        self._below = config.path.rpartition("/")[2] + "/"
        self._looking = asyncio.Lock()
        self._known: tuple[datetime, Board] | None = None  # when it was read
        self._fault = ""
        self._mail_fault = ""
        self._subscribing = Subscribing(config, config.mail, context) if config.mail is not None else None

    def routes(self) -> Sequence[Route]:
        path = self._config.path
        places: dict[str, Handler] = {
            path: partial(self._serve, PAGE),
            f"{path}/{FEED}": partial(self._serve, FEED),
            f"{path}/{DATA}": partial(self._serve, DATA),
        }
        pages = [
            Route(method=method, path=place, handler=handler, max_body=1024, access=Access.PUBLIC)
            for place, handler in places.items()
            for method in ("GET", "HEAD")
        ]
        return [*pages, *(self._subscribing.routes() if self._subscribing is not None else ())]

    async def _serve(self, name: str, request: WebhookRequest) -> WebhookResponse:
        """One of the files, with the last that is known while the store is down; `StoreUnavailable` when none is."""
        file = (await self.files(self._below))[name]
        headers = {**self._renderer.headers, "ETag": file.etag, "Cache-Control": "public, max-age=15"}
        if _knows(request.headers.get("if-none-match", ""), file.etag):
            return WebhookResponse(status=304, headers=headers, content_type=file.content_type)
        if name != PAGE:
            headers["Access-Control-Allow-Origin"] = "*"  # it is public, and other pages may show it
        return WebhookResponse(body=file.body, headers=headers, content_type=file.content_type)

    async def files(self, below: str = "") -> Mapping[str, File]:
        """What stands on the page now. Raises `StoreUnavailable` where nothing was ever known."""
        async with self._looking:
            stale_since = await self._look()
            assert self._known is not None
            return self._renderer.files(self._known[1], below=below, stale_since=stale_since)

    async def _look(self) -> datetime | None:
        """Read what customers were told, unless it was read a moment ago; how old it is when it cannot be read."""
        now = self._context.now()
        if self._known is not None and timedelta(0) <= now - self._known[0] < FRESH:
            return None
        try:
            told = await self._context.status.incidents(now - self._config.history)
        except StoreUnavailable:
            if self._known is None:
                raise
            return self._known[0]
        self._known = (now, board(told, self._config.services, now))
        return None

    # ------------------------------------------------------------------ for other web servers
    async def run(self) -> None:
        """Keep the directory, and those who subscribe, as things stand."""
        if self._publisher is None and self._subscribing is None:
            return
        while True:
            await self.publish()
            await self.tell_subscribers()
            await asyncio.sleep(FRESH.total_seconds())

    async def tell_subscribers(self) -> None:
        """Hand in the letters that are due; while that fails they wait, and the health view says so."""
        if self._subscribing is None:
            return
        try:
            await self._subscribing.publish()
        except StoreUnavailable as error:
            self._mail_fault = f"subscribers cannot be told: {safe_line(str(error), 200)}"
        else:
            self._mail_fault = self._subscribing.fault

    async def publish(self) -> None:
        """Write what has changed; while that fails the files stay as they are, and the health view says so."""
        if self._publisher is None:
            return
        try:
            files = (await self.files()).values()
            await asyncio.to_thread(self._publisher.write, tuple(files))
        except StoreUnavailable as error:
            self._fault = f"cannot be written: {safe_line(str(error), 200)}"
        except OSError as error:
            self._fault = f"cannot be written to {self._config.directory}: {error.strerror or error}"
        else:
            self._fault = ""

    def condition(self) -> Condition | None:
        faults = [one for one in (self._fault, self._mail_fault) if one]
        if faults:
            return Condition(text="; ".join(faults), well=False)
        turned_away = self._subscribing.turned_away if self._subscribing is not None else 0
        if turned_away:
            return Condition(text=f"turned away since the start: {turned_away} who wanted news by mail")
        return None

    # ------------------------------------------------------------------
    async def send(self, outgoing: Outgoing) -> Receipt:
        """Nobody writes to a status page, so nobody is answered by one."""
        raise PermanentFailure("a status page carries no messages: post an update for customers instead")


def _knows(if_none_match: str, etag: str) -> bool:
    """Whether a reader has this version (RFC 9110, section 13.1.2; weak comparison)."""
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in known or etag in known


CHANNELS: tuple[AdapterType[SupportChannel], ...] = (
    AdapterType(
        id="statuspage",
        config=StatusPageConfig,
        create=StatusPage,
        summary="A status page with an Atom feed and JSON, at /status",
    ),
)
