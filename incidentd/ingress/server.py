"""Starting, answering and stopping the TCP listener."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec
import structlog
from aiohttp import web
from multidict import MultiMapping

from incidentd.clock import Clock
from incidentd.ingress import ack_pages, answers, connection, own_routes
from incidentd.ingress.accepting import Site, bound
from incidentd.ingress.ack_pages import AckLinks
from incidentd.ingress.bodies import BodyRoom, NoRoom, read_body
from incidentd.ingress.crowd import Crowd
from incidentd.ingress.crowd_metrics import crowd_metrics
from incidentd.ingress.guessing import Guessing, unproven
from incidentd.ingress.metrics import Metrics
from incidentd.ingress.paths import Endpoint, Mount, PathTable
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.tls import speaks
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.values import BadRequest, WebhookRequest, WebhookResponse
from incidentd.pluginhost.host import Mounted

_DRAIN_SECONDS = 5.0
_QUEUE_SECONDS = 5.0
_SELF = "incidentd"
_ACK_BODY = 4096
LOCAL_PEER = "127.0.0.1"
log = structlog.get_logger("incidentd.ingress")


class CannotListen(Exception):  # noqa: N818
    """An address could not be bound; the message says which and why."""


def mounts(mounted: Sequence[Mounted]) -> list[Mount]:
    """Every place a route answers: below /in/<instance> always (a notifier's: /receipts/<instance>), at its own place
    for a root instance."""
    places = [
        Mount(f"/{one.place}/{one.instance}{one.route.path}", Endpoint(one.instance, one.route)) for one in mounted
    ]
    at_root = [one for one in mounted if one.root and not own_routes.reserved(one.route.path)]
    return places + [Mount(one.route.path, Endpoint(one.instance, one.route)) for one in at_root]


def _query(query: MultiMapping[str]) -> dict[str, str]:
    """Decoded; the values of a repeated key are joined with a line break."""
    found: dict[str, str] = {}
    for name, value in query.items():
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


async def _no_calendar(_token: str) -> bytes | None:
    return None


class TlsPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """Where TLS is spoken: on the sockets that were passed, else on the addresses."""

    context: ssl.SSLContext
    listen: Sequence[tuple[str, int]] = ()
    passed: Sequence[socket.socket] = ()


class Ingress:
    """A running listener. `addresses` and `tls_addresses` are those it really has, with the ports the system chose."""

    def __init__(
        self,
        *,
        clock: Clock,
        links: AckLinks,
        calendars: Callable[[str], Awaitable[bytes | None]] = _no_calendar,
        metrics: Metrics,
        buckets: Buckets,
        guessing: Guessing | None = None,
        at_once: int,
        connections: int = 4096,
        refused: Callable[[str, int, str], None] = lambda _source, _status, _why: None,
        trouble: Callable[[], str] = lambda: "",
    ) -> None:
        self._clock = clock
        self._links = links
        self._calendars = calendars
        self._metrics = metrics
        self._buckets = buckets
        self._guessing = guessing or Guessing(0)
        self._refused = refused
        self._trouble = trouble
        self._free = asyncio.Semaphore(at_once)
        self._bodies = BodyRoom()
        self.crowd: Crowd[connection.Connection] = Crowd(connections, connection.Connection.waits)
        metrics.add("listener", partial(crowd_metrics, self.crowd))
        self._table = PathTable(())
        self._runner: web.ServerRunner | None = None
        self.addresses: list[tuple[str, int]] = []
        self.tls_addresses: list[tuple[str, int]] = []
        self.ready = False

    def mount(self, mounted: Sequence[Mounted]) -> list[tuple[str, str]]:
        """Serve these routes from now on; returns (instance, conflict) for paths that two want."""
        self._table = PathTable(mounts(mounted))
        return self._table.conflicts

    async def start(
        self, listen: Sequence[tuple[str, int]], passed: Sequence[socket.socket] = (), tls: TlsPlaces | None = None
    ) -> None:
        """Listen on the sockets that were passed, else on the addresses. Raises `CannotListen`."""
        self._runner = web.ServerRunner(self.server(), shutdown_timeout=_DRAIN_SECONDS)
        await self._runner.setup()
        self.addresses = await self._open(self._runner, listen, passed)
        if tls is not None:
            self.tls_addresses = await self._open(self._runner, tls.listen, tls.passed, tls.context)

    def server(self) -> connection.Server:
        """What makes a connection of each peer."""
        return connection.Server(
            self._serve,
            head_seconds=connection.HEAD_SECONDS,
            crowd=self.crowd,
            access_log=None,
            auto_decompress=False,
            lingering_time=1.0,
            tcp_keepalive=True,
            keepalive_timeout=connection.IDLE_SECONDS,
        )

    async def _open(
        self,
        runner: web.ServerRunner,
        listen: Sequence[tuple[str, int]],
        passed: Sequence[socket.socket],
        context: ssl.SSLContext | None = None,
    ) -> list[tuple[str, int]]:
        """The addresses that are open now. Raises `CannotListen`, with everything closed."""
        before, how = len(runner.addresses), speaks(context) if context is not None else {}
        for sock in passed:
            await Site(runner, [sock], how).start()
        for host, port in () if passed else listen:
            try:
                await Site(runner, await bound(host, port), how).start()
            except OSError as error:
                await runner.cleanup()
                raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
        return [(name[0], name[1]) for name in runner.addresses[before:]]

    async def close(self) -> None:
        """Answer what is under way, then stop."""
        self.ready = False
        if self._runner is not None:
            await self._runner.cleanup()

    # ------------------------------------------------------------------ one request
    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        found = self._table.find(request.method, request.rel_url.path_safe)
        name, peer = found[0].instance if found else _SELF, request.remote or ""
        if wait := self._guessing.wait(peer, name):
            answer = answers.too_often("too many requests without a valid key, signature or address", wait)
            return answers.response(answer, close=True)
        call = self._source(request, *found) if found else self._own(request)
        answer = await self._answered(call, name, request.path)
        if unproven(found[0].route.access if found else own_routes.access_of(request.path), answer.status):
            self._guessing.refused(peer, name)
        return answers.response(answer, close=answer.status in (408, 413))

    async def _answered(self, call: Awaitable[WebhookResponse], name: str, path: str) -> WebhookResponse:
        """What `call` answers, its faults as answers too."""
        try:
            answer = await call
        except BadRequest as error:
            answer = answers.problem(error.status, str(error), error.field)
        except StoreUnavailable as error:
            answer = answers.problem(503, str(error), Retry_After="1")
        except TimeoutError:  # the store or the machine is slow: that is no fault of what was sent
            answer = answers.problem(503, f"the source {name} took too long", Retry_After="1")
        except Exception as error:
            log.error("handler_failed", instance=name, path=path, error=repr(error))
            answer = answers.problem(500, f"the source {name} failed on this request")
        self._metrics.count(name, answer.status)
        if name != _SELF and answer.status >= 400:
            self._refused(name, answer.status, answers.said(answer))
        return answer

    async def hand_in(self, path: str, body: bytes, headers: Mapping[str, str], at: datetime) -> WebhookResponse:
        """The answer to a POST of JSON that reached this machine at `at` and waited in the spool: a local sender's."""
        found = self._table.find("POST", path)
        if found is None:
            return answers.problem(404, f"no source serves {path}: see incidentctl health for the ones that do")
        endpoint, params = found
        request = WebhookRequest(
            method="POST",
            path=endpoint.route.path,
            params=params,
            query={},
            headers={"content-type": "application/json", **headers},
            body=body,
            peer=LOCAL_PEER,
            received_at=at,
        )
        return await self._answered(endpoint.route.handler(request), endpoint.instance, path)

    async def _source(self, request: web.BaseRequest, endpoint: Endpoint, params: Mapping[str, str]) -> WebhookResponse:
        wait = self._buckets.take(endpoint.instance)
        if wait > 0:
            return answers.too_often("too many requests from this source", wait)
        try:
            with self._bodies.share() as take:  # slow bodies take no place from those that are all there
                body = await read_body(request, endpoint.route.max_body, take)
                return await self._placed(request, endpoint, params, body)
        except NoRoom:
            return answers.problem(503, "too many large requests at once", Retry_After="1")

    async def _placed(
        self, request: web.BaseRequest, endpoint: Endpoint, params: Mapping[str, str], body: bytes
    ) -> WebhookResponse:
        """Handle it; while all places are taken wait, for many senders drop what is refused."""
        if not self._free.locked():
            async with self._free:
                return await self._handle(request, endpoint, params, body)
        try:
            async with asyncio.timeout(_QUEUE_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            return answers.problem(503, "too many requests at once", Retry_After="1")
        try:
            return await self._handle(request, endpoint, params, body)
        finally:
            self._free.release()

    async def _handle(
        self, request: web.BaseRequest, endpoint: Endpoint, params: Mapping[str, str], body: bytes
    ) -> WebhookResponse:
        return await endpoint.route.handler(
            WebhookRequest(
                method=request.method,
                path=endpoint.route.path,
                params=params,
                query=_query(request.query) if request.query_string else {},
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
                peer=request.remote or "",
                received_at=self._clock.now(),
            )
        )

    async def _calendar(self, token: str) -> WebhookResponse:
        text = await self._calendars(token)
        if text is None:
            return answers.problem(404, "there is no such calendar, or its address was revoked")
        headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
        return WebhookResponse(body=text, content_type="text/calendar; charset=utf-8", headers=headers)

    def _readiness(self) -> WebhookResponse:
        """Whether senders should come here: a load balancer sends them to another node otherwise."""
        why = "" if self.ready else "starting or stopping"
        if not why and self._trouble():
            why = "the database does not answer"  # the details are for health: who asks here may be anybody
        return answers.plain(why or "OK", 503 if why else 200)

    async def _own(self, request: web.BaseRequest) -> WebhookResponse:
        path, method = request.path, request.method
        match own_routes.own_route(method, path):
            case own_routes.ACK:
                await read_body(request, _ACK_BODY)
                return await ack_pages.answer(self._links, method, path.removeprefix(own_routes.ACK))
            case own_routes.CALENDAR:
                return await self._calendar(path.removeprefix(own_routes.CALENDAR))
            case own_routes.METRICS:
                return await self._metrics.answer()
            case own_routes.HEALTHY | own_routes.LIVEZ | own_routes.HEALTHZ:
                return answers.plain("OK")
            case own_routes.READY | own_routes.READYZ:
                return self._readiness()
        if self._table.knows(path):
            return answers.problem(405, f"{method} is not served here")
        return answers.problem(404, "no source serves this path: see incidentctl health for the ones that do")
