"""A generic webhook source: `[sources.NAME] type = "webhook"` with a mapping of the sender's JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, Context, Route, WebhookRequest, WebhookResponse
from incidentd.plugin.access import keyed
from incidentd.plugin.tokens import check_token
from incidentd_webhook.config import WebhookSourceConfig
from incidentd_webhook.decode import decode_alerts

_LARGE_BODY = 128 * 1024  # a larger one is read in a thread: it must not delay a page


class WebhookSource(AlertSource):
    """POST JSON to `path`. Answers `{"accepted": n}`, and 400 with `faults` when part of a body is bad.

    The valid items of a partly bad body are stored: to send it again changes nothing for them.
    """

    def __init__(self, config: WebhookSourceConfig, context: Context) -> None:
        self._config = config
        self._sink = context.sink

    def routes(self) -> Sequence[Route]:
        config = self._config
        return (Route(method="POST", path=config.path, handler=self.post, access=keyed(config.token)),)

    async def post(self, request: WebhookRequest) -> WebhookResponse:
        """Alerts, answered when they are durable."""
        check_token(request, self._config.token, self._config.old_token)
        asked = (request.body, self._config, request.received_at)
        large = len(request.body) > _LARGE_BODY
        batch = await asyncio.to_thread(decode_alerts, *asked) if large else decode_alerts(*asked)
        if batch.signals:
            await self._sink.submit(batch.signals)
        return batch.answer()


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="webhook",
        config=WebhookSourceConfig,
        create=WebhookSource,
        summary="Any JSON by POST, mapped by configuration; as it comes, at /hook",
        default_instance={},
    ),
)
