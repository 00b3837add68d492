"""Finds the route of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import unquote_to_bytes

import msgspec

from incidentd.api.problems import Fault, invalid
from incidentd.api.route import Route

_MAX_NAME = 200
_NUMBER = re.compile(r"[0-9]{1,16}")
_PLACEHOLDER = re.compile(r"\\{(\w+)\\}")


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A route with the numbers and texts that the path gave for its placeholders."""

    route: Route
    ids: Mapping[str, int]
    names: Mapping[str, str]


class Router:
    """Finds the route of a request in `routes`."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        by_path: dict[str, dict[str, Route]] = {}
        for route in routes:
            by_path.setdefault(route.path, {})[route.method] = route
        self._patterns = [(_pattern(path), methods) for path, methods in by_path.items()]

    def find(self, method: str, raw_path: str) -> Match:
        """The route of a percent-encoded path. Raises `Fault`: 404, 405 with Allow, 400 for a malformed name."""
        for pattern, methods in self._patterns:
            if (found := pattern.fullmatch(raw_path)) is None:
                continue
            if method not in methods:
                allowed = ", ".join(sorted(methods))
                detail = f"{method} is not possible here"
                raise Fault(405, "method-not-allowed", detail, remedy=f"use {allowed}", headers={"Allow": allowed})
            given = found.groupdict()
            ids = {name: _number(name, text) for name, text in given.items() if name.endswith("id")}
            names = {name: _name(name, text) for name, text in given.items() if not name.endswith("id")}
            return Match(route=methods[method], ids=ids, names=names)
        raise Fault(404, "unknown-route", "there is no such route", remedy="GET /v1/openapi.json lists the routes")


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_PLACEHOLDER.sub(r"(?P<\1>[^/]+)", re.escape(path)))


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= 2**53:
        raise Fault(
            404, "not-found", "there is no object with such an id", field=name, remedy="ids are whole numbers from 1"
        )
    return int(text)


def _name(name: str, text: str) -> str:
    try:
        plain = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise invalid("no UTF-8", field=name, remedy="percent-encode UTF-8 bytes") from None
    if len(plain) > _MAX_NAME or not plain.isprintable():
        raise invalid(f"must have 1 to {_MAX_NAME} printable characters", field=name)
    return plain
