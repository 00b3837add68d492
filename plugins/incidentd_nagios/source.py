"""The route of a Nagios source."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from incidentd.plugin import (
    Access,
    AdapterType,
    AlertSource,
    Context,
    Route,
    WebhookRequest,
    WebhookResponse,
    sender_time,
    service_of_request,
)
from incidentd_nagios.config import NagiosConfig
from incidentd_nagios.decode import notification_signals, read_notification

PATH = "/nagios/notification"
MAX_BODY = 256 * 1024


class NagiosSource(AlertSource):
    """Takes one notification a request, from `incidentctl nagios` or from its spool."""

    def __init__(self, config: NagiosConfig, context: Context) -> None:
        self._config = config
        self._context = context

    def routes(self) -> Sequence[Route]:
        access = Access.KEYED if self._config.keys else Access.LOCAL
        return (Route(method="POST", path=PATH, handler=self.receive, max_body=MAX_BODY, access=access),)

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One notification, answered when what it means is durable. The same idempotency key counts once."""
        service = service_of_request(self._config.keys, request)
        said = read_notification(request.body)
        now = self._context.now()
        said = msgspec.structs.replace(said, at=sender_time(said.at, now))
        signals = notification_signals(said, self._config, service, now)
        await self._context.sink.submit(signals, once=request.headers.get("idempotency-key", ""))
        return WebhookResponse(status=202, body=b'{"status":"ok"}')


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="nagios",
        config=NagiosConfig,
        create=NagiosSource,
        summary="Nagios and Icinga 2 by incidentctl nagios: POST /nagios/notification",
        default_instance={},
    ),
)
