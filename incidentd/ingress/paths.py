"""Which handler a method and path belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from incidentd.plugin.adapters import Route

_PARAMETER = re.compile(r"\{([a-z_]+)\}")


class Endpoint(msgspec.Struct, frozen=True):
    """A route of an instance."""

    instance: str
    route: Route


class Mount(msgspec.Struct, frozen=True):
    """Where an endpoint answers: its own place, or below /in/<instance>."""

    path: str
    endpoint: Endpoint


class PathTable:
    """Exact paths by a dictionary, patterns one by one. The first to claim a path keeps it."""

    def __init__(self, mounts: Sequence[Mount]) -> None:
        self._exact: dict[tuple[str, str], Endpoint] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Endpoint]] = []
        self._paths: set[str] = set()
        self.conflicts: list[tuple[str, str]] = []
        """(instance, what it wanted but another has)."""
        for mount in mounts:
            self._add(mount)

    def _add(self, mount: Mount) -> None:
        method = mount.endpoint.route.method.upper()
        if _PARAMETER.search(mount.path):
            self._patterns.append((method, _pattern(mount.path), mount.endpoint))
            return
        key = (method, mount.path)
        if key in self._exact:
            taken = self._exact[key].instance
            self.conflicts.append((mount.endpoint.instance, f"{method} {mount.path} belongs to {taken}"))
            return
        self._exact[key] = mount.endpoint
        self._paths.add(mount.path)

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """The endpoint and the values of its path's parameters.

        `path` is decoded but for %2F and %25, so that a slash within a value is told from one between parts.
        """
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact, {}
        for one, pattern, endpoint in self._patterns:
            if one == method and (match := pattern.fullmatch(path)):
                return endpoint, {name: _decoded(value) for name, value in match.groupdict().items()}
        return None

    def knows(self, path: str) -> bool:
        """Whether the path exists for any method."""
        return path in self._paths or any(pattern.fullmatch(path) for _, pattern, _ in self._patterns)


def _decoded(value: str) -> str:
    return value.replace("%2F", "/").replace("%25", "%")


def _pattern(path: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(path)  # text, name, text, name, ..., text
    pieces = [re.escape(part) if index % 2 == 0 else f"(?P<{part}>[^/]+)" for index, part in enumerate(parts)]
    return re.compile("".join(pieces))
