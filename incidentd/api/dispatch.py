"""One request from the socket to its service call and back: who, may they, what, once, answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from aiohttp import web
from aiohttp.helpers import content_disposition_header
from sqlalchemy.exc import DBAPIError

from incidentd import wire
from incidentd.api import idempotency, problems
from incidentd.api.bodies import Empty, decode_body, read_body
from incidentd.api.call import Call, Document
from incidentd.api.idempotency import Answer, Idempotency
from incidentd.api.identity import Caller
from incidentd.api.problems import Fault
from incidentd.api.queries import parse_query
from incidentd.api.route import Route
from incidentd.api.router import Match, Router
from incidentd.api.stream import Streams, wanted
from incidentd.api.versions import entity_tag, parse_if_match
from incidentd.services.contracts import Calls
from incidentd.services.errors import ServiceError
from incidentd.storage.reach import Unreachable
from incidentd.storage.trouble import is_trouble

_log = structlog.get_logger(__name__)
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "API-Version": wire.API_VERSION}
Identify = Callable[[web.BaseRequest], Awaitable[Caller]]
Answered = Callable[[str, str, int], None]
"""Hears of each request that was answered: the method and the path of its route, "" where there is none; the status."""
_ROUTE: web.RequestKey[Route] = web.RequestKey("route", Route)


class Dispatcher:
    """The request handler of the API's server. It answers every request; no fault escapes."""

    def __init__(
        self,
        calls: Calls,
        routes: tuple[Route, ...],
        identify: Identify,
        streams: Streams,
        *,
        body_seconds: float,
        answered: Answered = lambda _method, _path, _status: None,
    ) -> None:
        self._calls = calls
        self._router = Router(routes)
        self._identify = identify
        self._streams = streams
        self._idempotency = Idempotency(calls.idempotency)
        self._body_seconds = body_seconds
        self._answered = answered

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            response = await self._respond(request)
        except Fault as fault:
            response = problems.response(fault)
        except ServiceError as error:
            response = problems.response(problems.fault_of(error))
        except Unreachable as error:
            response = problems.response(_unavailable(str(error)))
        except Exception as error:
            _log.exception("request failed", method=request.method, path=request.rel_url.raw_path)
            away = isinstance(error, DBAPIError) and is_trouble(error)  # the first to notice
            response = problems.response(_unavailable("the database cannot be used now") if away else _failed())
        if not response.prepared:
            response.headers.update(_HEADERS)
            response.headers["Server"] = "incidentd"
        route = request.get(_ROUTE)
        self._answered(route.method if route else "", route.path if route else "", response.status)
        return response

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        _refuse_browsers(request)
        caller = await self._identify(request)
        match = self._router.find(request.method, request.rel_url.raw_path)
        request[_ROUTE] = match.route
        _require(caller, match.route)
        query = parse_query(request.rel_url.raw_query_string, match.route.query)
        if match.route.stream and wanted(request):
            return await self._streams.serve(request, getattr(query, "after", None))
        if match.route.mutates:
            answer = await self._mutate(request, caller, match, query)
        else:
            answer = await self._act(match, _call(caller, match, query, Empty()))
        return _response(match.route, answer)

    async def _mutate(self, request: web.BaseRequest, caller: Caller, match: Match, query: Any) -> Answer:
        route = match.route
        key = idempotency.checked_key(request.headers.get(idempotency.HEADER))
        if_version = parse_if_match(request.headers.get("If-Match")) if route.versioned else None
        raw = await read_body(request, limit=route.max_bytes, seconds=self._body_seconds)
        call = _call(caller, match, query, decode_body(raw, route.body), if_version)
        if key is None:
            return await self._act(match, call)
        same = idempotency.digest(request.method, request.rel_url.raw_path, raw)
        return await self._idempotency.once(_remembered_for(call), key, same, lambda: self._act(match, call))

    async def _act(self, match: Match, call: Call[Any, Any]) -> Answer:
        result = await match.route.handler(self._calls, call)
        if isinstance(result, Document):
            return Answer(match.route.status, result.body, media_type=result.media_type, file_name=result.file_name)
        return Answer(match.route.status, b"" if result is None else msgspec.json.encode(result))


def _remembered_for(call: Call[Any, Any]) -> str:
    """Whose answer is kept for a day. Of what is said anonymously nobody's: the key alone finds it again."""
    return "" if getattr(call.body, "anonymous", False) else call.actor


def _unavailable(why: str) -> Fault:
    remedy = "ask again later, or ask another node"
    return Fault(503, "unavailable", why, remedy=remedy, headers={"Retry-After": "1"})


def _failed() -> Fault:
    remedy = "see its log; the request may be sent again"
    return Fault(500, "failed", "the daemon failed on this request", remedy=remedy)


def _call(
    caller: Caller, match: Match, query: Any, body: wire.Request, if_version: int | None = None
) -> Call[Any, Any]:
    return Call(caller=caller, body=body, query=query, ids=match.ids, names=match.names, if_version=if_version)


def _refuse_browsers(request: web.BaseRequest) -> None:
    """A page in a browser must never reach the socket through some local proxy."""
    for header in ("Origin", "Referer"):
        if header in request.headers:
            detail = "requests of web pages are refused"
            raise Fault(403, "browser", detail, field=header, remedy=f"send no {header} header")


def _require(caller: Caller, route: Route) -> None:
    if caller.role < route.role:
        have = f"you are {caller.role.word}" if caller.role else "you have no role"
        detail = f"this needs the role {route.role.word}; {have}"
        raise Fault(403, "role", detail, remedy="ask for membership in one of the daemon's groups")


def _response(route: Route, answer: Answer) -> web.Response:
    headers = {idempotency.REPLAYED_HEADER: "true"} if answer.replayed else {}
    if route.tagged and answer.media_type not in route.documents:
        headers["ETag"] = entity_tag(answer.body)
    if answer.file_name:
        headers["Content-Disposition"] = content_disposition_header("attachment", filename=answer.file_name)
    content_type = answer.media_type if answer.body else None
    charset = "utf-8" if answer.media_type.startswith("text/") else None
    return web.Response(
        status=answer.status, body=answer.body or None, content_type=content_type, charset=charset, headers=headers
    )
