"""The route of a systemd source."""

from __future__ import annotations

from collections.abc import Sequence

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
from incidentd_systemd.config import SystemdConfig
from incidentd_systemd.decode import read_statement, unit_signal

PATH = "/systemd/unit"
MAX_BODY = 256 * 1024


class SystemdSource(AlertSource):
    """Takes what `incidentctl unit failed` and `unit check` say of this host's units and of others'."""

    def __init__(self, config: SystemdConfig, context: Context) -> None:
        self._config = config
        self._context = context

    def routes(self) -> Sequence[Route]:
        access = Access.KEYED if self._config.keys else Access.LOCAL
        return (Route(method="POST", path=PATH, handler=self.receive, max_body=MAX_BODY, access=access),)

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One statement about a unit, answered when it is durable. The same idempotency key counts once."""
        service = service_of_request(self._config.keys, request)
        said = read_statement(request.body)
        now = self._context.now()
        signal = unit_signal(said, self._config, service, min(sender_time(said.at, now) or now, now))
        await self._context.sink.submit([signal], once=request.headers.get("idempotency-key", ""))
        return WebhookResponse(status=202, body=b'{"status":"ok"}')


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="systemd",
        config=SystemdConfig,
        create=SystemdSource,
        summary="Failed units of systemd by incidentctl unit: POST /systemd/unit",
        default_instance={},
    ),
)
