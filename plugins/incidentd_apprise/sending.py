"""The blocking half: what runs in a thread and knows Apprise.

Apprise and the libraries below it log URLs, which hold credentials, some at warning level: their loggers are silenced
for the whole process before the first use.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from incidentd.plugin import PermanentFailure
from incidentd.plugin.guarding import guarded
from incidentd.plugin.sockets import AddressInfo

if TYPE_CHECKING:
    from apprise import NotifyBase

MAX_BODY = 30_000  # characters, however much the service would take
_TITLE_ROOM = 16  # characters that Apprise may put between a title and a body it joins
_SILENCED = ("apprise", "urllib3", "urllib3.connectionpool", "requests")
_loading = threading.Lock()  # Apprise loads its services on first use, and not in a thread-safe way


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose parts are left out from the end of `tail` first, then cut from `body`."""

    title: str
    body: str
    tail: tuple[str, ...]  # paragraphs below the body, the most important one first
    notify_type: str  # info, success, warning or failure

    def fitted(self, room: int) -> str:
        """Body and tail in at most `room` characters; the first paragraph of the tail is kept before the body."""
        tail = list(self.tail)
        while len(tail) > 1 and len("\n\n".join(tail)) > room // 2:
            tail.pop()
        end = "\n\n".join(tail)
        space = max(room - len(end) - 2, 0)
        body = self.body if len(self.body) <= space else self.body[: max(space - 1, 0)] + "…"
        return f"{body}\n\n{end}".strip()[: max(room, 1)] if end else body


def deliver(url: str, text: Text, timeout: float, open_socket: Callable[[AddressInfo], socket.socket]) -> bool:
    """Send `text` to the service of `url`; whether the service took it. Blocks up to about `timeout` seconds a step.

    Raises `PermanentFailure` for a URL that Apprise cannot use, or that leads where `open_socket` allows nothing.
    """
    with guarded(open_socket) as guard:
        taken = _deliver(url, text, timeout)
    if not taken and guard.refused:
        raise PermanentFailure("the outbound policy refuses its address: see allow_private")
    return taken


def _deliver(url: str, text: Text, timeout: float) -> bool:
    service = _service(url)
    service.socket_connect_timeout = min(service.socket_connect_timeout, timeout)
    service.socket_read_timeout = min(service.socket_read_timeout, timeout)
    room = min(service.body_maxlen, MAX_BODY)
    if service.title_maxlen <= 0 or service.overflow_amalgamate_title:
        room -= len(text.title) + _TITLE_ROOM
    return bool(
        service.notify(
            body=text.fitted(room) or text.title,
            title=text.title,
            notify_type=text.notify_type,
            body_format="text",
            overflow="truncate",
        )
    )


def _no_proxies(*_args: object, **_options: object) -> dict[str, str]:
    return {}


def _service(url: str) -> NotifyBase:
    with _loading:
        for name in _SILENCED:
            logging.getLogger(name).disabled = True
        from apprise import Apprise, AppriseAsset
        from requests import sessions

        # A proxy would be asked for addresses that the policy never sees. Nothing else in the daemon uses `requests`.
        sessions.get_environ_proxies = _no_proxies  # type: ignore[attr-defined]
        options: dict[str, Any] = {"http_redirects": False, "secure_logging": True}
        asset = AppriseAsset(storage_mode="memory", allow_templates=False, **options)
        service = Apprise.instantiate(url, asset=asset)
    if service is None:
        raise PermanentFailure("Apprise cannot use this URL: it is malformed, or its service needs another library")
    return service
