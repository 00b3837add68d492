"""What the listener serves itself, besides the routes of plugins: the one table, of which its page is made too."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from incidentd.plugin.access import Access

ACK, CALENDAR = "/ack/", "/calendar/"
METRICS, HEALTHY, READY = "/metrics", "/-/healthy", "/-/ready"
LIVEZ, HEALTHZ, READYZ = "/livez", "/healthz", "/readyz"
"""The same as people expect them. `/healthz` is not readiness: who restarts by it while the store is down would end the
paging from memory."""
_READ = ("GET", "HEAD")
_WORD, _PAGE, _REFUSED = "text/plain", "text/html", "application/json"
_ALIVE: Mapping[int, str] = {200: _WORD}
_SERVES: Mapping[int, str] = {200: _WORD, 503: _WORD}
_BELOW = (ACK, CALENDAR, "/in/", "/receipts/", "/{")


class OwnRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A path of the listener's own; one that ends in "/" is followed by a secret. `answers`: media type by status."""

    path: str
    methods: tuple[str, ...]
    access: Access
    summary: str
    answers: Mapping[int, str]

    def is_at(self, path: str) -> bool:
        """Whether it answers there."""
        return path.startswith(self.path) if self.path.endswith("/") else path == self.path


OWN_ROUTES: tuple[OwnRoute, ...] = (
    OwnRoute(
        path=ACK,
        methods=(*_READ, "POST"),
        access=Access.ADDRESS,
        summary="A signed link of a message: asks, and acknowledges as its recipient",
        answers={200: _PAGE, 408: _REFUSED, 410: _PAGE, 413: _REFUSED, 503: _PAGE},
    ),
    OwnRoute(
        path=CALENDAR,
        methods=_READ,
        access=Access.ADDRESS,
        summary="The shifts of a person, schedule or team",
        answers={200: "text/calendar", 404: _REFUSED, 503: _REFUSED},
    ),
    OwnRoute(
        path=METRICS,
        methods=_READ,
        access=Access.OPEN,
        summary="Figures without names of people or free text",
        answers=_ALIVE,
    ),
    OwnRoute(path=HEALTHY, methods=_READ, access=Access.OPEN, summary="Whether the process answers", answers=_ALIVE),
    OwnRoute(path=LIVEZ, methods=_READ, access=Access.OPEN, summary="Whether the process answers", answers=_ALIVE),
    OwnRoute(path=HEALTHZ, methods=_READ, access=Access.OPEN, summary="Whether the process answers", answers=_ALIVE),
    OwnRoute(path=READY, methods=_READ, access=Access.OPEN, summary="Whether it serves", answers=_SERVES),
    OwnRoute(path=READYZ, methods=_READ, access=Access.OPEN, summary="Whether it serves", answers=_SERVES),
)


def own_route(method: str, path: str) -> str:
    """The path of the table that a request is for, "" for none."""
    return next((route.path for route in OWN_ROUTES if method in route.methods and route.is_at(path)), "")


def access_of(path: str) -> Access:
    """Who may call a path of the table; `OPEN` where there is none."""
    return next((route.access for route in OWN_ROUTES if route.is_at(path)), Access.OPEN)


def reserved(path: str) -> bool:
    """Whether the listener itself answers there: no plugin may say that the daemon is ready, or take over a link."""
    return path in (METRICS, HEALTHY, READY, LIVEZ, HEALTHZ, READYZ) or path.startswith(_BELOW)
