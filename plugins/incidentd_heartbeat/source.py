"""The heartbeat source: ping URLs, and the round that finds out which check is late.

| request | answer |
|---|---|
| HEAD, GET, POST /ping/UUID[/start, /fail, /log, /EXIT-STATUS] | 200 OK, 404 for an unknown UUID |
| the same at /ping/PING-KEY/SLUG[/...] | 200 OK, 404, 409 where several checks have the slug |
| ... ?create=1 with a slug that nobody has | 201 Created |
| ... ?rid=UUID | tells the run, so that runs may overlap |

As in healthchecks.io's pinging API. An answer of 2xx means that the ping is on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from incidentd.plugin import (
    Access,
    AdapterType,
    AlertSource,
    BadRequest,
    CheckState,
    CheckStatus,
    Context,
    Route,
    StoreUnavailable,
    WebhookRequest,
    WebhookResponse,
)
from incidentd_heartbeat.alert import alert_signal
from incidentd_heartbeat.book import Book, BookKeeper
from incidentd_heartbeat.config import CheckConfig, HeartbeatConfig, NewCheck, as_uuid, is_slug
from incidentd_heartbeat.history import Expected, History, Span, heard, judge, missed, paused, put_right, with_pause
from incidentd_heartbeat.listening import BEAT
from incidentd_heartbeat.ping import MAX_BODY, read_ping

ROUND_SECONDS = 5.0
MAX_REQUEST = 1024 * 1024  # bytes; the end of a body is kept
_METHODS = ("HEAD", "GET", "POST")
_HEADERS = {"Ping-Body-Limit": str(MAX_BODY), "Access-Control-Allow-Origin": "*"}


class HeartbeatSource(AlertSource):
    """One heartbeat instance. Its state is in its memory, so that restarts and several nodes make no difference."""

    def __init__(self, config: HeartbeatConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._book = BookKeeper(context.memory)
        self._addresses = {address: name for name in config.checks for address in config.addresses(name)}
        self._judges_from: datetime | None = None
        self._beat_at: datetime | None = None
        self._looks_at: datetime | None = None  # next; None while it looks
        self._sooner = asyncio.Event()

    # ------------------------------------------------------------------ pings
    def routes(self) -> Sequence[Route]:
        paths = {
            "/ping/{first}": self.ping,
            "/ping/{first}/{second}": self.ping,
            "/ping/{first}/{second}/{third}": self.ping,
        }
        return [
            Route(method=method, path=path, handler=handler, max_body=MAX_REQUEST, access=Access.ADDRESS)
            for path, handler in paths.items()
            for method in _METHODS
        ]

    async def ping(self, request: WebhookRequest) -> WebhookResponse:
        """One ping, answered when it is durable. Plain texts, as clients of healthchecks.io know them."""
        try:
            name, action, created = await self._called(request)
            ping = read_ping(action, request.query.get("rid"), request.body)
        except BadRequest as error:
            text = f"{error.field}: {error}" if error.field else str(error)
            return _answer(error.status, text)
        now, grace = request.received_at, self._check(name).grace
        if created:
            await self._forget_deleted(name)
            created = await self._book.create(name)
        history = await self._book.change(name, lambda before: heard(before, ping, now, grace))
        await self._tell(name, history)
        due = judge(history, self._expected(name), (), now).down_at
        if due is not None and (self._looks_at is None or due < self._looks_at):
            self._sooner.set()
        return _answer(201, "Created") if created else _answer(200, "OK")

    async def _called(self, request: WebhookRequest) -> tuple[str, str, bool]:
        """The check that a path names, the action behind it, and whether to make the check. Raises `BadRequest`."""
        first, second, third = (request.params.get(part, "") for part in ("first", "second", "third"))
        address = as_uuid(first)
        if address is not None:
            name = self._addresses.get(address) or await self._created_at(address.hex)
            if name is None or third:
                raise BadRequest("not found", status=404)
            return name, second, False
        given = first.encode(errors="replace")
        fits = [hmac.compare_digest(key.reveal().encode(), given) for key in self._config.live_keys]
        if not second or not any(fits):
            raise BadRequest("not found", status=404)
        found = [name for name in self._config.checks if self._config.slug(name) == second]
        if len(found) > 1:
            raise BadRequest("ambiguous slug", status=409)
        if found:
            return found[0], third, False
        if is_slug(second) and await self._book.was_created(second):
            return second, third, False
        if request.query.get("create") != "1":
            raise BadRequest("not found", status=404)
        await self._may_create(second)
        return second, third, True

    async def _created_at(self, address: str) -> str | None:
        created = (await self._book.read()).created if self._config.ping_key is not None else ()
        return next((name for name in created if address in {one.hex for one in self._config.addresses(name)}), None)

    async def _may_create(self, slug: str) -> None:
        if not is_slug(slug):
            raise BadRequest("may hold a to z, 0 to 9, - and _, at most 64", field="slug")
        if slug in self._config.checks:
            raise BadRequest("is the name of a check that has another slug", field="slug", status=409)
        if len((await self._book.read()).created) >= self._config.max_created:
            raise BadRequest(f"pings made {self._config.max_created} checks already", field="create", status=403)

    # ------------------------------------------------------------------ time
    async def run(self) -> None:
        """Look again and again; sooner when something is due, also by a ping that came meanwhile."""
        if not self._config.checks and self._config.ping_key is None:
            return
        while True:
            self._looks_at = None
            self._sooner.clear()
            due, now = await self.look(), self._context.now()
            wait = (due - now).total_seconds() if due is not None else ROUND_SECONDS
            seconds = min(max(wait, 0.1), ROUND_SECONDS)
            self._looks_at = now + timedelta(seconds=seconds)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._sooner.wait(), seconds)

    async def look(self) -> datetime | None:
        """One round over all checks; returns when the next one may go down."""
        now = self._context.now()
        await self._listen(now)
        book, pauses = await self._book.read(), await self._context.paused.current()
        dues = []
        for name in self._names(book):
            history = book.histories.get(name, History())
            if put_right(history, now) != history:
                history = await self._book.change(name, partial(put_right, now=now))
            if with_pause(history, pauses.get(name), now) != history:
                history = await self._book.change(name, partial(with_pause, pause=pauses.get(name), now=now))
            due = await self._judge(name, history, _gaps(book), now)
            dues += [due] if due is not None else []
        await self._drop_strangers(book)
        for name in book.deleted:
            await self._forget_deleted(name)
        return min(dues, default=None)

    async def _listen(self, now: datetime) -> None:
        set_back = self._beat_at is not None and self._beat_at > now
        if self._judges_from is None or set_back:
            self._judges_from = now + self._config.settle
        if self._beat_at is None or not timedelta(0) <= now - self._beat_at < BEAT:
            await self._book.beat(now)
            self._beat_at = now

    async def _judge(self, name: str, history: History, gaps: Sequence[Span], now: datetime) -> datetime | None:
        """Let a check go down that is overdue, and tell of it; returns when it may go down."""
        expected = self._expected(name)
        verdict = judge(history, expected, gaps, now)
        if verdict.status is CheckStatus.DOWN and not history.down:
            if self._judges_from is not None and now < self._judges_from:
                return self._judges_from

            def change(before: History) -> History:
                again = judge(before, expected, gaps, now)
                return missed(before, again) if again.status is CheckStatus.DOWN and not before.down else before

            history = await self._book.change(name, change)
        await self._tell(name, history)
        return verdict.down_at if verdict.status is not CheckStatus.DOWN else None

    async def _tell(self, name: str, history: History) -> None:
        """Let the alert say what the history says; what a crash leaves untold is told by the next round."""
        if history.told:
            return
        await self._context.sink.submit([alert_signal(name, self._check(name), history)])
        await self._book.change(name, lambda now: _told(now) if now == history else now)

    async def _drop_strangers(self, book: Book) -> None:
        """End the alerts of checks that the configuration no longer has."""
        names = set(self._names(book))
        for name in book.histories.keys() - names:
            await self._end_alert(name, book.histories[name])

    async def _end_alert(self, name: str, history: History) -> None:
        if history.down:
            history = await self._book.change(name, lambda before: paused(before, self._context.now()))
            await self._tell(name, history)

    # ------------------------------------------------------------------ what nobody wants any more
    async def forget(self, name: str) -> None:
        """Delete a check that a ping made; what a crash leaves of it is dropped by the next round."""
        if name in self._config.checks:
            await super().forget(name)
        if not await self._book.delete(name):
            raise BadRequest(f"there is no check {name}", field="check", status=404)
        await self._forget_deleted(name)

    async def _forget_deleted(self, name: str) -> None:
        book = await self._book.read()
        if name in book.deleted:
            await self._end_alert(name, book.histories.get(name, History()))
            await self._book.forget(name)

    # ------------------------------------------------------------------ what is known
    async def checks(self) -> Sequence[CheckState]:
        book, pauses, now = await self._book.read(), await self._context.paused.current(), self._context.now()
        return [
            self._state(name, with_pause(book.histories.get(name, History()), pauses.get(name), now), _gaps(book), now)
            for name in self._names(book)
        ]

    def _state(self, name: str, history: History, gaps: Sequence[Span], now: datetime) -> CheckState:
        check, expected = self._check(name), self._expected(name)
        verdict = judge(history, expected, gaps, now)
        return CheckState(
            name=name,
            kind="heartbeat",
            status=verdict.status,
            expects=str(expected),
            detail=verdict.detail,
            service=check.service,
            severity=check.severity,
            description=check.description,
            since=verdict.since,
            last_at=history.last_at,
            last_duration=history.last_duration,
            next_at=verdict.next_at,
            down_at=verdict.down_at,
            alert_key=name,
            ping_path=f"/ping/{self._config.address(name)}",
            recent=history.recent,
        )

    def _names(self, book: Book) -> list[str]:
        created = book.created if self._config.ping_key is not None else ()
        return [*self._config.checks, *(name for name in created if name not in self._config.checks)]

    def _check(self, name: str) -> CheckConfig | NewCheck:
        return self._config.checks.get(name, self._config.create)

    def _expected(self, name: str) -> Expected:
        check = self._check(name)
        return Expected(check.rule, check.grace)

    async def close(self) -> None:
        """Write down until when pings were heard."""
        if self._beat_at is not None:
            try:
                await self._book.beat(self._context.now())
            except StoreUnavailable:  # the last beat is ten seconds old at most
                return


def _told(history: History) -> History:
    return msgspec.structs.replace(history, told=True)


def _gaps(book: Book) -> Sequence[Span]:
    return book.listening.gaps if book.listening is not None else ()


def _answer(status: int, text: str) -> WebhookResponse:
    return WebhookResponse(status=status, body=text.encode(), content_type="text/plain", headers=_HEADERS)


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="heartbeat",
        config=HeartbeatConfig,
        create=HeartbeatSource,
        summary="Heartbeats by the ping URLs of healthchecks.io: /ping/UUID, /ping/PING-KEY/SLUG",
        default_instance={},
    ),
)
