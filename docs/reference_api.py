"""The page about the socket API, from the same OpenAPI document that the daemon serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incidentd.api.openapi import document

_INTRO = """# API

HTTP/JSON over the Unix socket: `$XDG_RUNTIME_DIR/incidentd/api.sock`, or `/run/incidentd/api.sock` under systemd.

```
curl --unix-socket "$XDG_RUNTIME_DIR/incidentd/api.sock" http://incidentd/v1/alerts
```

The daemon serves this page's source at `/v1/openapi.json`. [All routes at a glance](../api-routes.md).

- Lists take `limit` and `cursor`. Times are RFC 3339 in UTC, durations are seconds.
- A change takes `Idempotency-Key`: the same key and request give the same answer for 24 hours.
- Where an object has a `version`, a change takes `If-Match: "<version>"` and answers 409 with the present object when
  it moved on.
- An error is `application/problem+json` and names the field and a remedy.
- `GET /v1/events` with `Accept: text/event-stream` is a stream. It resumes after `after=SEQ` or `Last-Event-ID`.
"""


def page() -> str:
    """The page as Markdown."""
    spec = document()
    return "\n".join([_INTRO, *_routes(spec), "", "## Structs", "", *_structs(spec)])


def _routes(spec: dict[str, Any]) -> Iterator[str]:
    yield "## Routes"
    yield ""
    yield "| route | what it does | query | body | answer | role |"
    yield "|---|---|---|---|---|---|"
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            query = ", ".join(f"`{p['name']}`" for p in operation["parameters"] if p["in"] == "query")
            status, answer = _answer(operation)
            body = _name(_schema_of(operation.get("requestBody", {})))
            role = operation["description"].split()[-1].rstrip(".")
            cells = [
                f"`{method.upper()} {path}`",
                operation["summary"],
                query,
                body,
                f"{status} {answer}".strip(),
                role,
            ]
            yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _answer(operation: dict[str, Any]) -> tuple[str, str]:
    (status,) = [status for status in operation["responses"] if status != "default"]
    return status, _name(_schema_of(operation["responses"][status]))


def _schema_of(part: dict[str, Any]) -> dict[str, Any]:
    return part.get("content", {}).get("application/json", {}).get("schema", {})


def _structs(spec: dict[str, Any]) -> Iterator[str]:
    for name, schema in spec["components"]["schemas"].items():
        yield f"### {name}"
        yield ""
        if description := schema.get("description"):
            yield " ".join(description.split())
            yield ""
        if "enum" in schema:
            yield ", ".join(f"`{value}`" for value in schema["enum"])
        else:
            yield from _fields(schema)
        yield ""


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    if not schema.get("properties"):
        return
    yield "| field | type | |"
    yield "|---|---|---|"
    for name, field in schema["properties"].items():
        note = "required" if name in schema.get("required", ()) else f"default `{field['default']!r}`"
        if "default" not in field and name not in schema.get("required", ()):
            note = "optional"
        yield f"| `{name}` | {_cell(_name(field))} | {_cell(note)} |"


def _name(schema: dict[str, Any]) -> str:
    """A short name of a type, linked where it is a struct."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_name(part) for part in schema["anyOf"])
    match schema.get("type"):
        case "array":
            items = schema.get("items", {})
            return f"list of {_name(items)}" if items else "list"
        case "object":
            values = schema.get("additionalProperties")
            return f"map of {_name(values)}" if isinstance(values, dict) and _name(values) else "map"
        case "string" if schema.get("format") == "date-time":
            return "time"
        case str(kind):
            return kind
        case _:
            return "any" if schema.get("description") == "any JSON value" else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
