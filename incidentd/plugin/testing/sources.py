"""What the daemon lends to a source, as doubles a test can read and set, and helpers to drive a source's routes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from incidentd.plugin import (
    ActiveAlert,
    AdapterType,
    AlertSource,
    BadRequest,
    Matcher,
    OnDuty,
    Route,
    Signal,
    StoreUnavailable,
    WebhookRequest,
    WebhookResponse,
    matches_all,
)
from incidentd.plugin.issues import IssueState
from incidentd.plugin.testing.clock import FakeClock
from incidentd.plugin.testing.memory import InMemory, SettablePauses
from incidentd.plugin.testing.silences import MemorySilences
from incidentd.plugin.testing.status import SettableStatus
from incidentd.plugin.testing.subscribers import RecordingSubscribers
from incidentd.plugin.testing.support import RecordingReports


class RecordingSink:
    """A sink that keeps what was submitted; with `available = False` it fails as a full disk would."""

    def __init__(self) -> None:
        self.batches: list[tuple[Signal, ...]] = []
        self.once: set[str] = set()
        self.available = True

    @property
    def signals(self) -> list[Signal]:
        """Every signal of every batch, in order."""
        return [signal for batch in self.batches for signal in batch]

    async def submit(self, signals: Sequence[Signal], *, once: str = "") -> None:
        """Keep `signals`, once under a key `once`. Raises `StoreUnavailable` while not `available`."""
        await asyncio.sleep(0)  # a real store suspends here
        if not self.available:
            raise StoreUnavailable("the test said so")
        if once in self.once:
            return
        if once:
            self.once.add(once)
        self.batches.append(tuple(signals))


class SettableReader:
    """A reader that answers with `active`, which the test fills in."""

    def __init__(self, active: Sequence[ActiveAlert] = ()) -> None:
        self.active: list[ActiveAlert] = list(active)

    async def alerts(
        self, *, include_resolved: bool = False, matchers: Sequence[Matcher] = ()
    ) -> Sequence[ActiveAlert]:
        """`active`, without what `matchers` do not choose, and without the resolved ones unless asked for."""
        shown = [alert for alert in self.active if include_resolved or alert.status == "firing"]
        return [alert for alert in shown if matches_all(matchers, alert.labels)]


class SettableDuty:
    """Who is on call, by schedule, as the test fills it in."""

    def __init__(self) -> None:
        self.held: dict[str, OnDuty] = {}
        self.called: dict[str, tuple[str, str]] = {}  # (person, note) by id of the call
        self.unavailable = False

    async def on_call(self, schedule: str) -> OnDuty | None:
        """What `held` says."""
        return self.held.get(schedule)

    async def put_through(self, person: str, *, once: str, note: str = "") -> None:
        """Keep it once."""
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        self.called.setdefault(once, (person, note))


class RecordingIssues:
    """An `IssueBook` that keeps what it was told; `unavailable` makes it refuse."""

    def __init__(self) -> None:
        self.told: list[tuple[str, IssueState, datetime]] = []
        self.unavailable = False

    async def changed(self, url: str, state: IssueState, at: datetime) -> bool:
        """Keep it once."""
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        if (url, state, at) in self.told:
            return False
        self.told.append((url, state, at))
        return True


class FakeContext:
    """What the daemon lends to one adapter instance: a recording sink, a settable reader and a clock to move."""

    def __init__(
        self,
        instance: str = "under-test",
        *,
        clock: FakeClock | None = None,
        http: Any = None,
        version: str = "0.0.0-test",
        memory: InMemory | None = None,
    ) -> None:
        self.instance = instance
        self.version = version
        self.clock = clock or FakeClock()
        self.http = http
        self.sink = RecordingSink()
        self.reader = SettableReader()
        self.silences = MemorySilences(self.clock)
        self.receipts: Any = _receipts()
        self.reports = RecordingReports()
        self.chat: Any = _chat()
        self.issues = RecordingIssues()
        self.duty = SettableDuty()
        self.status = SettableStatus()
        self.subscribers = RecordingSubscribers()
        self.notes: list[str] = []
        self.memory = memory or InMemory()
        self.paused = SettablePauses()

    async def note(self, text: str) -> None:
        """Keep `text` in `notes`."""
        self.notes.append(text)

    def now(self) -> datetime:
        """The clock's instant."""
        return self.clock.now()

    def open_socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """A socket, whatever the address: a test stays on this machine by itself."""
        family, kind, protocol, _name, _address = address_info
        return socket.socket(family, kind, protocol)


def _receipts() -> Any:
    from incidentd.plugin.testing.receipts import RecordingReceipts  # it uses this context

    return RecordingReceipts()


def _chat() -> Any:
    from incidentd.plugin.testing.chat import RecordingChat  # its module needs this context

    return RecordingChat()


def make_source(
    kind: AdapterType[AlertSource], config: Mapping[str, Any], context: FakeContext | None = None
) -> tuple[AlertSource, FakeContext]:
    """A source of `kind` with `config` checked as the daemon does it, and the context it lives in.

    Secrets in `config` are `Secret` values: the daemon resolves references beforehand.
    """
    context = context or FakeContext()
    return kind.create(kind.config.model_validate(dict(config)), context), context


def make_request(
    path: str,
    body: bytes = b"",
    *,
    method: str = "POST",
    params: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    received_at: datetime | None = None,
) -> WebhookRequest:
    """A request as the listener hands it over; header names are lower-cased."""
    return WebhookRequest(
        method=method,
        path=path,
        params=params or {},
        query=query or {},
        headers={name.lower(): value for name, value in (headers or {}).items()},
        body=body,
        peer="127.0.0.1",
        received_at=received_at or FakeClock().now(),
    )


def route_for(source: AlertSource, method: str, path: str) -> Route:
    """The route of `source` for an exact method and path. Raises `LookupError` with the routes there are."""
    routes = list(source.routes())
    for route in routes:
        if (route.method, route.path) == (method, path):
            return route
    raise LookupError(f"no route {method} {path} among {[f'{r.method} {r.path}' for r in routes]}")


def call(source: AlertSource, request: WebhookRequest) -> WebhookResponse:
    """The answer of `source` to `request`, whether the handler returned it or raised.

    `BadRequest` becomes an answer with its status and `StoreUnavailable` a 503, as the listener makes them. Anything
    else a handler raises goes through and fails the test.
    """
    route = route_for(source, request.method, request.path)
    try:
        return asyncio.run(_await(route, request))
    except BadRequest as error:
        return WebhookResponse(status=error.status, body=f"{error.field}: {error}".encode())
    except StoreUnavailable as error:
        return WebhookResponse(status=503, body=str(error).encode())


async def _await(route: Route, request: WebhookRequest) -> WebhookResponse:
    return await route.handler(request)
