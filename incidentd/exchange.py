"""What every call of `incidentd.client` has in common: the version check, retries over a restart, the followed stream.

Times are in seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import NoReturn, TypeVar

import msgspec

from incidentd import wire
from incidentd.h1 import Connection, HttpRequest, HttpResponse, Pool
from incidentd.sse import FrameDecoder, FrameTooLong
from incidentd.unixsocket import ForeignDirectory

T = TypeVar("T")
OnState = Callable[[bool], None]
_FIRST_PAUSE, _LAST_PAUSE = 0.05, 0.5
_SILENCE = 45.0  # the daemon sends a heartbeat every 15 s


class ClientError(Exception):
    """Base of everything a call can raise."""


class ApiError(ClientError):
    """The daemon refused the request; `problem` says what is wrong and what to do."""

    def __init__(self, problem: wire.Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem

    @property
    def status(self) -> int:
        return self.problem.status


class Unreachable(ClientError):
    """No daemon answered at the socket within the deadline."""


class VersionMismatch(ClientError):
    """The daemon speaks another major version of the API."""


class Exchange:
    """One daemon, asked again while it restarts: at most `deadline` from the first failure on.

    `answer_timeout` is how long one answer may take.
    """

    def __init__(self, socket_path: str, *, deadline: float, answer_timeout: float) -> None:
        self._path = socket_path
        self._deadline = deadline
        self._answer_timeout = answer_timeout
        self._pool = Pool(socket_path, _prove)

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    async def ask(self, request: HttpRequest) -> bytes:
        """The body of a 2xx answer; `request` must be safe to repeat. Raises `ClientError`."""
        clock = asyncio.get_running_loop().time
        give_up: float | None = None
        pause = _FIRST_PAUSE
        while True:
            try:
                response = await self._pool.exchange(request, self._answer_timeout)
                if response.status < 300:
                    return response.body
                _raise_problem(response)
            except (OSError, _Retry) as error:
                give_up = clock() + self._deadline if give_up is None else give_up
                if isinstance(error, PermissionError | TimeoutError) or clock() + pause > give_up:
                    raise Unreachable(_unreachable(self._path, error)) from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_PAUSE)

    async def follow(self, after: int, on_state: OnState | None) -> AsyncGenerator[wire.Event, None]:
        """Every event after `after`, resumed over every loss. Raises `VersionMismatch`, and `ApiError` (4xx)."""
        state = _StreamState(after, on_state)
        pause = _FIRST_PAUSE
        while True:
            with contextlib.suppress(OSError, _Retry, FrameTooLong):
                async with contextlib.aclosing(self._one_stream(state)) as stream:
                    async for event in stream:
                        pause = _FIRST_PAUSE
                        yield event
            state.report(connected=False)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_PAUSE)

    async def _one_stream(self, state: _StreamState) -> AsyncGenerator[wire.Event, None]:
        connection = await self._pool.dedicated(self._answer_timeout)
        try:
            headers = {"Accept": "text/event-stream"}
            request = HttpRequest(method="GET", target=f"/v1/events?after={state.seq}", headers=headers)
            async with asyncio.timeout(self._answer_timeout):
                head = await connection.begin(request)
                if head.status != 200:
                    body = b"".join([part async for part in connection.body()])
                    _raise_for_stream(HttpResponse(status=head.status, headers=head.headers, body=body))
            state.report(connected=True)
            async for event in _decoded(connection):
                if event.seq > state.seq:
                    state.seq = event.seq
                    yield event
        finally:
            connection.close()


class _Retry(Exception):
    """The daemon is there but not ready (502-504): ask again."""


class _Spoken(msgspec.Struct):
    """The one part of Info that every version has."""

    api_version: str


class _StreamState:
    """Where a stream stands, and whether the caller was told so."""

    def __init__(self, seq: int, on_state: OnState | None) -> None:
        self.seq = seq
        self._on_state = on_state
        self._connected: bool | None = None

    def report(self, *, connected: bool) -> None:
        if self._on_state is not None and connected != self._connected:
            self._on_state(connected)
        self._connected = connected


async def _decoded(connection: Connection) -> AsyncIterator[wire.Event]:
    decoder = FrameDecoder()
    parts = connection.body()
    while True:
        async with asyncio.timeout(_SILENCE):
            part = await anext(parts, None)
        if part is None:
            return
        for frame in decoder.feed(part):
            yield fitting(frame.data.encode(), wire.Event)


async def _prove(connection: Connection) -> None:
    """Check that the peer is an incidentd of our major version."""
    response = await connection.exchange(HttpRequest(method="GET", target="/v1/info"))
    ours = wire.API_VERSION.split(".")[0]
    if response.status == 404:
        raise VersionMismatch(f"the daemon does not speak version {ours} of the API: use the client of its release")
    if response.status != 200:
        _raise_problem(response)
    theirs = fitting(response.body, _Spoken).api_version
    if theirs.split(".")[0] != ours:
        raise VersionMismatch(
            f"the daemon speaks API {theirs}, this client {wire.API_VERSION}: use the client of its release"
        )


def fitting(raw: bytes, kind: type[T] | None) -> T:
    """`raw` as a `kind`. Raises `VersionMismatch`: an answer of another shape comes from another version."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise VersionMismatch(f"the answer is not what API {wire.API_VERSION} promises: {error}") from error


def _raise_problem(response: HttpResponse) -> NoReturn:
    if response.status in (502, 503, 504):
        raise _Retry(f"the daemon is not ready (status {response.status})")
    try:
        problem = msgspec.json.decode(response.body, type=wire.Problem)
    except (msgspec.DecodeError, ValueError):
        problem = wire.Problem(type="about:blank", title="the daemon gave no reason", status=response.status)
    raise ApiError(problem)


def _raise_for_stream(response: HttpResponse) -> NoReturn:
    """A stream outlives any fault of the daemon's own; only a refusal (4xx) ends it."""
    if response.status >= 500:
        raise _Retry(f"the daemon failed (status {response.status})")
    _raise_problem(response)


def _unreachable(path: str, error: Exception) -> str:
    match error:
        case ForeignDirectory():
            return f"{path}: its directory {error.strerror}; name the socket of your daemon"
        case PermissionError():
            return f"{path}: you may not use this socket; ask for membership in the daemon's group"
        case FileNotFoundError() | ConnectionRefusedError():
            return f"{path}: no daemon listens there; start it with `incidentd serve`"
        case TimeoutError():
            return f"{path}: the daemon gave no answer in time"
        case _:
            return f"{path}: {error}"
