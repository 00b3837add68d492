"""Starting and stopping the local socket API."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec
from aiohttp import web

from incidentd.api import unixlisten
from incidentd.api.bodies import BODY_SECONDS
from incidentd.api.connection import HEAD_SECONDS, ApiConnection, ConnectionServer
from incidentd.api.dispatch import Answered, Dispatcher, Identify
from incidentd.api.identity import Caller, RolePolicy, caller, gid_of_group, peer_of
from incidentd.api.problems import Fault
from incidentd.api.routes import ROUTES
from incidentd.api.stream import PING_SECONDS, Streams
from incidentd.services.contracts import Calls

_KEEP_ALIVE_SECONDS = 75.0
_LINGER_SECONDS = 2.0
PersonOfUid = Callable[[int, str], str]
"""(uid, user name of the operating system) -> handle in the roster, "" for nobody."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds: to drain at the end, for a request's head and body, between heartbeats of an event stream."""

    drain: float = 5.0
    head: float = HEAD_SECONDS
    body: float = BODY_SECONDS
    ping: float = PING_SECONDS


class ApiServer:
    """A running API. `close` ends event streams first, then waits for the requests in flight."""

    def __init__(
        self, runner: web.ServerRunner, streams: Streams, listening: unixlisten.Listening | None, drain_seconds: float
    ) -> None:
        self._runner = runner
        self._streams = streams
        self._listening = listening
        self._drain_seconds = drain_seconds

    async def close(self) -> None:
        """Stop within about twice the drain time; the socket path goes away only if it is ours."""
        if self._listening is not None:
            self._listening.remove()
        await self._streams.close(self._drain_seconds)
        await self._runner.cleanup()


async def start_api(
    calls: Calls,
    *,
    roles: RolePolicy,
    person_of_uid: PersonOfUid,
    socket_path: str | os.PathLike[str] | None = None,
    sock: socket.socket | None = None,
    socket_mode: int = 0o600,
    limits: Limits | None = None,
    answered: Answered = lambda _method, _path, _status: None,
) -> ApiServer:
    """Serve `calls` at `socket_path`, or on `sock` (socket activation; already bound and listening).

    `socket_mode` is for a path only: 0o660 lets the members of the directory's group connect. Raises
    `unixlisten.SocketUnusable` when the path cannot be had.
    """
    if (socket_path is None) == (sock is None):
        raise ValueError("give exactly one of socket_path and sock")
    limits = limits or Limits()
    streams = Streams(calls.events, ping_seconds=limits.ping)
    identify = _identifier(roles, person_of_uid)
    dispatcher = Dispatcher(calls, ROUTES, identify, streams, body_seconds=limits.body, answered=answered)
    listening = None if socket_path is None else unixlisten.listen(Path(socket_path), socket_mode)
    runner = web.ServerRunner(_server(dispatcher, limits), shutdown_timeout=limits.drain)
    try:
        await runner.setup()
        served = sock if listening is None else listening.sock
        assert served is not None  # exactly one was given
        await web.SockSite(runner, served).start()
    except BaseException:
        await runner.cleanup()
        if listening is not None:
            listening.sock.close()
            listening.remove()
        raise
    return ApiServer(runner, streams, listening, limits.drain)


def _server(dispatcher: Dispatcher, limits: Limits) -> ConnectionServer:
    return ConnectionServer(
        dispatcher,
        head_seconds=limits.head,
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=_KEEP_ALIVE_SECONDS,
        lingering_time=_LINGER_SECONDS,
        tcp_keepalive=False,
    )


def _identifier(roles: RolePolicy, person_of_uid: PersonOfUid) -> Identify:
    """The kernel is asked once a connection; the roster at each request, for it may be reloaded."""

    async def identify(request: web.BaseRequest) -> Caller:
        protocol = request.protocol
        assert isinstance(protocol, ApiConnection)  # the server makes no other
        if protocol.peer is None:
            transport = request.transport
            connected = None if transport is None else transport.get_extra_info("socket")
            if connected is None:
                raise Fault(400, "gone", "the connection is closed")
            peer = await peer_of(connected)
            protocol.peer = peer, await asyncio.to_thread(roles.role, peer, gid_of_group)
        peer, role = protocol.peer
        return caller(peer.uid, person_of_uid(peer.uid, peer.os_user), role)

    return identify
