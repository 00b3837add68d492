"""The OpenAPI 3.1 document of the API, generated from the table of routes and the structs it names."""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec

from incidentd import wire
from incidentd.api import idempotency, problems
from incidentd.api.bodies import Empty
from incidentd.api.route import Route
from incidentd.api.routes import ROUTES
from incidentd.api.stream import CONTENT_TYPE as EVENT_STREAM

_REFERENCE = "#/components/schemas/{name}"
_JSON = "application/json"
_IN_ECMASCRIPT = {r"\S": r"[^\s\u001c-\u001f\u0085]|\ufeff", r"\Z": "$"}
"""Patterns stand in the document in the notation of ECMA-262 (JSON Schema, section 6.4), whose white space is not that
of Python: what means something else there, in words that mean there what the daemon accepts."""
_PRINTABLE = r"^(?:[^\p{C}\p{Z}]| )+$"  # what `router` takes for a name
Schema = dict[str, Any]


@functools.cache
def encoded_document() -> msgspec.Raw:
    """The document as JSON; made once."""
    return msgspec.Raw(msgspec.json.encode(document()))


def document() -> Schema:
    """The whole document."""
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "incidentd",
            "version": wire.API_VERSION,
            "description": "HTTP/JSON over a local Unix socket. Who is asking is what the kernel says of the peer.",
        },
        "servers": [{"url": "http://incidentd", "description": "the Unix socket; the host name means nothing"}],
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _schemas() -> Schema:
    structs: set[type[msgspec.Struct]] = {wire.Problem, wire.Event}
    for route in ROUTES:
        structs |= {route.body} if route.body is not Empty else set()
        structs |= {route.answer} if route.answer is not None else set()
    ordered = sorted(structs, key=lambda struct: struct.__name__)
    _, components = msgspec.json.schema_components(ordered, schema_hook=_any_json, ref_template=_REFERENCE)
    return {name: _portable(schema) for name, schema in sorted(components.items())}


def _portable(schema: Any) -> Any:
    """`schema` with every pattern in the notation of ECMA-262."""
    if isinstance(schema, list):
        return [_portable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _portable(part) for key, part in schema.items()}
    if isinstance(pattern := made.get("pattern"), str):
        for ours, theirs in _IN_ECMASCRIPT.items():
            pattern = pattern.replace(ours, theirs)
        made["pattern"] = pattern
    return made


def _any_json(kind: type) -> Schema:
    if kind is object:
        return {"description": "any JSON value"}
    raise NotImplementedError


def _operation(route: Route) -> Schema:
    operation: Schema = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "description": f"Needs the role {route.role.word}.",
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": {str(route.status): _success(route), "default": _failure()},
    }
    if route.body is not Empty:
        required = any(field.required for field in msgspec.structs.fields(route.body))
        operation["requestBody"] = {"required": required, "content": {_JSON: {"schema": _reference(route.body)}}}
    return operation


def _path_parameters(route: Route) -> list[Schema]:
    number: Schema = {"type": "integer", "minimum": 1, "maximum": 2**53}
    text: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": _PRINTABLE}
    return [
        {"name": name, "in": "path", "required": True, "schema": number if name.endswith("id") else text}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _query_parameters(route: Route) -> list[Schema]:
    found = msgspec.json.schema_components([route.query], ref_template=_REFERENCE)[1]
    schema = _portable(found[route.query.__name__])
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": _without_null(shape)}
        for name, shape in schema["properties"].items()
    ]


def _without_null(shape: Schema) -> Schema:
    """An optional parameter is left out, never sent as null."""
    kinds = [kind for kind in shape.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else shape


def _header_parameters(route: Route) -> list[Schema]:
    printable: Schema = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"}
    parameters = (
        [{"name": idempotency.HEADER, "in": "header", "required": False, "schema": printable}] if route.mutates else []
    )
    if route.versioned:
        tag: Schema = {"type": "string", "pattern": '^"[0-9]{1,15}"$'}
        parameters.append({"name": "If-Match", "in": "header", "required": False, "schema": tag})
    if route.stream:
        seq: Schema = {"type": "string", "pattern": "^[0-9]{1,16}$"}
        parameters.append({"name": "Last-Event-ID", "in": "header", "required": False, "schema": seq})
    return parameters


def _success(route: Route) -> Schema:
    if route.status == 204:
        return {"description": "done"}
    schema: Schema = {"type": "object"} if route.answer is None else _reference(route.answer)
    content: Schema = {_JSON: {"schema": schema}}
    for media_type in route.documents:
        content[media_type] = {"schema": {"type": "string"}}
    if route.stream:
        content[EVENT_STREAM] = {"schema": {"type": "string", "description": "frames whose data is an Event"}}
    return {"description": "done", "content": content}


def _failure() -> Schema:
    return {"description": "refused", "content": {problems.CONTENT_TYPE: {"schema": _reference(wire.Problem)}}}


def _reference(struct: type[msgspec.Struct]) -> Schema:
    return {"$ref": _REFERENCE.format(name=struct.__name__)}
