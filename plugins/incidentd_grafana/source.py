"""The routes of a Grafana source."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from incidentd.plugin import Access, AdapterType, AlertSource, Context, Route, WebhookRequest, WebhookResponse
from incidentd.plugin.access import keyed
from incidentd_grafana.config import GrafanaConfig
from incidentd_grafana.decode import decode_webhook
from incidentd_grafana.signature import authenticate

PATH = "/grafana/webhook"
_LARGE_BODY = 128 * 1024  # a larger one is read in a thread: it must not delay a page


class GrafanaSource(AlertSource):
    """Takes the notifications of a webhook contact point, which sends by POST or PUT.

    Answers `{"accepted": n}`, and 400 with `faults` when part of a body is bad; its valid alerts are stored. Grafana
    sends what was refused again with the next notification of the group.
    """

    def __init__(self, config: GrafanaConfig, context: Context) -> None:
        self._config = config
        self._sink = context.sink

    def routes(self) -> Sequence[Route]:
        access = Access.SIGNED if self._config.secrets else keyed(self._config.tokens or self._config.password)
        return tuple(Route(method=method, path=PATH, handler=self.receive, access=access) for method in ("POST", "PUT"))

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One notification, answered when its alerts are durable."""
        large = len(request.body) > _LARGE_BODY
        if large:
            await asyncio.to_thread(authenticate, request, self._config)
            batch = await asyncio.to_thread(decode_webhook, request.body, request.received_at)
        else:
            authenticate(request, self._config)
            batch = decode_webhook(request.body, request.received_at)
        if batch.signals:
            await self._sink.submit(batch.signals)
        return batch.answer()


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="grafana",
        config=GrafanaConfig,
        create=GrafanaSource,
        summary="Grafana alerting, webhook contact point: POST or PUT /grafana/webhook",
        default_instance={},
    ),
)
