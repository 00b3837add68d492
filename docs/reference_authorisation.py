"""The page about who may call what: roles on the socket, proofs on the listener; from the tables that are served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import listener_examples

from incidentd.api.identity import Role
from incidentd.api.routes import ROUTES
from incidentd.ingress.own_routes import OWN_ROUTES
from incidentd.plugin import Access, Route
from incidentd.plugin.testing import FakeContext
from incidentd.pluginhost.discovery import discover

_INTRO = """# Who may call what

Every route, from the tables that the daemon serves by. A test sends a request for each cell of the first table, and a
stranger's request to each route of the second.

## The socket
Who calls is what the kernel says of the peer; [roles](../security.md#who-may-do-what) come from its groups. A
stranger may connect, and has no role. Who may not is answered 403, before anything else is looked at.

| route | what it does | stranger | viewer | responder | admin |
|---|---|---|---|---|---|
"""
_LISTENER = """
## The listener
Whoever reaches it may ask; what a route wants to see differs:

| word | who may call |
|---|---|
| open | whoever reaches the listener: nothing is asked for |
| public | everybody: a page or a form that is made for it |
| local | senders on this machine, until keys are set |
| keyed | who shows a key, a token or a password |
| signed | what its sender signed |
| address | who knows an address that nobody can guess |

| route | of | word |
|---|---|---|
"""
_ROLES = (Role.NONE, Role.VIEWER, Role.RESPONDER, Role.ADMIN)


def page() -> str:
    """The page as Markdown."""
    return _INTRO + "\n".join(_socket()) + "\n" + _LISTENER + "\n".join([*_own(), *_plugins()])


def _socket() -> Iterator[str]:
    for route in ROUTES:
        cells = ["yes" if role >= route.role else "403" for role in _ROLES]
        yield f"| `{route.method} {route.path}` | {route.summary.replace('|', chr(92) + '|')} | {' | '.join(cells)} |"


def _own() -> Iterator[str]:
    for route in OWN_ROUTES:
        path = route.path + "{secret}" if route.path.endswith("/") else route.path
        yield f"| `{', '.join(route.methods)} {path}` | the daemon | {route.access.value} |"


def _plugins() -> Iterator[str]:
    for kind, said, routes, _ in plugin_routes():
        places: dict[tuple[str, Access], list[str]] = {}
        for route in routes:
            places.setdefault((route.path, route.access), []).append(route.method)
        for (path, access), methods in places.items():
            of = f"{kind} {said}".strip()
            yield f"| `{', '.join(methods)} {path}` | {of} | {access.value} |"


def plugin_routes() -> Iterator[tuple[str, str, list[Route], FakeContext]]:
    """(type, what its configuration says, its routes, where it lives) of every built-in plugin that has any."""
    for _, name, said, routes, context in placed_routes():
        yield name, said, routes, context


def placed_routes() -> Iterator[tuple[str, str, str, list[Route], FakeContext]]:
    """The same, after the place below which they are mounted."""
    offered: list[tuple[str, Mapping[str, Any], listener_examples.Examples]] = []
    for plugin in discover():
        offered += [
            ("in", {one.id: one for one in plugin.sources}, listener_examples.SOURCES),
            ("in", {one.id: one for one in plugin.channels}, listener_examples.CHANNELS),
            ("receipts", {one.id: one for one in plugin.notifiers}, listener_examples.NOTIFIERS),
        ]
    for place, kinds, examples in offered:
        for name, kind in kinds.items():
            for said, options in examples.get(name, {}).items():
                context = FakeContext()
                made = kind.create(kind.config.model_validate(dict(options)), context)
                yield place, name, said, list(made.routes()), context
