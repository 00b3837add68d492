"""What became of the requests that were answered lately: clients ask for it by the request's id."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

import msgspec

REMEMBERED = 10_000


class Processed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A request that was processed, as `GET /v2/alerts/requests/{id}` shows it."""

    action: str
    status: str
    processed_at: datetime
    alert_id: str
    alias: str
    success: bool = True
    is_success: bool = True
    integration_id: str = ""


class Requests:
    """The last `REMEMBERED` requests of this process. A restart forgets them; the alerts are durable."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._known: OrderedDict[tuple[str, str], Processed] = OrderedDict()

    def remember(self, service: str, request_id: str, processed: Processed) -> None:
        """Keep what became of a request of `service`."""
        self._known[service, request_id] = processed
        while len(self._known) > self._remembered:
            self._known.popitem(last=False)

    def find(self, service: str, request_id: str) -> Processed | None:
        """What became of a request; None when it is unknown, forgotten or another service's."""
        return self._known.get((service, request_id))
