"""One route of the socket API, and the short ways to state one."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import MAX_BYTES, Empty
from incidentd.api.call import Call
from incidentd.api.identity import Role
from incidentd.services.contracts import Calls

Handler = Callable[[Calls, Call[Any, Any]], Awaitable[object]]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """`{id}` and `{..._id}` in `path` are numbers, other placeholders texts. `versioned`: takes If-Match."""

    method: str
    path: str
    handler: Handler
    role: Role
    answer: type[msgspec.Struct] | None
    summary: str
    body: type[wire.Request] = Empty
    query: type[queries.Query] = queries.Query
    status: int = 200
    versioned: bool = False
    max_bytes: int = MAX_BYTES  # of a body
    documents: tuple[str, ...] = ()  # media types that it answers with instead of JSON when asked to
    stream: bool = False  # an event stream when the caller accepts text/event-stream

    @property
    def mutates(self) -> bool:
        """Whether it takes a body and an idempotency key."""
        return self.method != "GET"

    @property
    def tagged(self) -> bool:
        """Whether the answer is one object with a version, so that it has an entity tag."""
        return self.answer is not None and _has_version(self.answer)


@functools.cache
def _has_version(answer: type[msgspec.Struct]) -> bool:
    return any(field.name == "version" and field.type is int for field in msgspec.structs.fields(answer))


def get(
    path: str,
    handler: Handler,
    answer: type[msgspec.Struct],
    summary: str,
    *,
    query: type[queries.Query] = queries.Query,
) -> Route:
    return Route(
        method="GET", path=path, handler=handler, role=Role.VIEWER, answer=answer, summary=summary, query=query
    )


def post(
    path: str,
    handler: Handler,
    answer: type[msgspec.Struct],
    summary: str,
    *,
    body: type[wire.Request] = Empty,
    status: int = 200,
    versioned: bool = False,
    method: str = "POST",
) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        role=Role.RESPONDER,
        answer=answer,
        summary=summary,
        body=body,
        status=status,
        versioned=versioned,
    )


created = functools.partial(post, status=201)
changed = functools.partial(post, versioned=True)
edited = functools.partial(post, method="PATCH", versioned=True)
