"""The OpenAPI 3.1 document of the listener: its own routes, and those that plugins serve on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from incidentd.ingress.own_routes import OWN_ROUTES, OwnRoute
from incidentd.ingress.paths import Mount
from incidentd.plugin.access import Access

Schema = dict[str, Any]
JSON = "application/json"
_WITH_BODY = ("POST", "PUT", "PATCH")
_SAID = {
    Access.OPEN: "Whoever reaches the listener may call it.",
    Access.PUBLIC: "Made for everybody.",
    Access.LOCAL: "For senders on this machine, until keys are set.",
    Access.KEYED: "Asks for a key, a token or a password.",
    Access.SIGNED: "Asks for the signature of its sender.",
    Access.ADDRESS: "For who knows its address, which nobody can guess.",
}
_REFUSAL: Schema = {
    "type": "object",
    "properties": {
        "status": {"const": "error"},
        "message": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "string"}},
        "field": {"type": "string"},
    },
    "required": ["status", "message", "errors"],
}
_TEXT: Schema = {"type": "string"}


def document(version: str, served: Sequence[Mount]) -> Schema:
    """The whole document. What a plugin's body and answer hold is its vendor's format, and described there."""
    paths: dict[str, Schema] = {}
    for path, method, operation in [*_own(OWN_ROUTES), *_mounted(served)]:
        paths.setdefault(path, {}).setdefault(method.lower(), operation)  # the first to claim a path keeps it
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "incidentd, the listener",
            "version": version,
            "description": "What senders, people's links, load balancers and scrapers call over TCP.",
        },
        "servers": [{"url": "http://127.0.0.1:9095", "description": "the address of [ingress] listen"}],
        "paths": paths,
        "components": {"schemas": {"Refusal": _REFUSAL}},
    }


def _own(routes: Iterable[OwnRoute]) -> Iterator[tuple[str, str, Schema]]:
    for route in routes:
        path = f"{route.path}{{secret}}" if route.path.endswith("/") else route.path
        for method in route.methods:
            answers = {
                str(status): {"description": "answered" if status < 400 else "refused", "content": _content(media)}
                for status, media in {**route.answers, 429: JSON}.items()
            }
            yield path, method, _operation(path, method, route.summary, route.access, answers)


def _content(media: str) -> Schema:
    return {media: {"schema": {"$ref": "#/components/schemas/Refusal"} if media == JSON else _TEXT}}


def _mounted(served: Iterable[Mount]) -> Iterator[tuple[str, str, Schema]]:
    for one in served:
        route, summary = one.endpoint.route, f"Served by {one.endpoint.instance}"
        answers: Schema = {
            "2XX": {"description": "taken, and stored where it asks for that; in the format of its vendor"},
            "4XX": {"description": "refused: what is wrong with it; 429 and 408 may be sent again"},
            "503": {"description": "cannot be stored now: to be sent again", "content": _content(JSON)},
        }
        made = _operation(one.path, route.method, summary, route.access, answers)
        if route.method in _WITH_BODY:
            limit = f"At most {route.max_body} bytes, also after inflation."
            made["requestBody"] = {"description": limit, "content": {JSON: {}, "application/x-www-form-urlencoded": {}}}
        yield one.path, route.method, made


def _operation(path: str, method: str, summary: str, access: Access, answers: Schema) -> Schema:
    names = re.findall(r"\{(\w+)\}", path)
    return {
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").rstrip("_"),
        "summary": summary,
        "description": _SAID[access],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[^/]+$"}}
            for name in names
        ],
        "responses": answers,
    }
