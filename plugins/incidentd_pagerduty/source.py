"""The routes of a PagerDuty events source."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import msgspec

from incidentd.plugin import AdapterType, AlertSource, Context, Route, WebhookRequest, WebhookResponse
from incidentd.plugin.access import keyed
from incidentd_pagerduty.config import PagerdutyConfig
from incidentd_pagerduty.decode import InvalidEvent, check_change, decode_event

MAX_BODY = 512 * 1024  # "Events API payloads are limited to 512 KB"


class PagerdutySource(AlertSource):
    """Speaks the Events API v2: trigger, acknowledge and resolve.

    Change events are checked and answered as PagerDuty does, and not kept: they are no alerts. The listener answers
    413 above the size limit and 429 above its rate limit; senders try a 429 again.
    """

    def __init__(self, config: PagerdutyConfig, context: Context) -> None:
        self._config = config
        self._sink = context.sink

    def routes(self) -> Sequence[Route]:
        handlers = {"/v2/enqueue": self.enqueue, "/v2/change/enqueue": self.enqueue_change}
        access = keyed(self._config.routing_keys)
        return tuple(
            Route(method="POST", path=path, handler=handler, max_body=MAX_BODY, access=access)
            for path, handler in handlers.items()
        )

    async def enqueue(self, request: WebhookRequest) -> WebhookResponse:
        """An alert event, answered when it is durable."""
        try:
            event = decode_event(request.body, self._config.service_of, _new_key)
        except InvalidEvent as error:
            return _refused(error)
        await self._sink.submit([event.signal])
        return _answer(202, {"status": "success", "message": "Event processed", "dedup_key": event.dedup_key})

    async def enqueue_change(self, request: WebhookRequest) -> WebhookResponse:
        """A change event: checked only."""
        try:
            check_change(request.body, self._config.service_of)
        except InvalidEvent as error:
            return _refused(error)
        return _answer(202, {"status": "success", "message": "Change event processed"})


def _new_key() -> str:
    return uuid.uuid4().hex


def _answer(status: int, document: dict[str, object]) -> WebhookResponse:
    return WebhookResponse(status=status, body=msgspec.json.encode(document))


def _refused(error: InvalidEvent) -> WebhookResponse:
    document: dict[str, object] = {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": error.errors,
    }
    return _answer(400, document)


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="pagerduty",
        config=PagerdutyConfig,
        create=PagerdutySource,
        summary="PagerDuty Events API v2: POST /v2/enqueue",
        default_instance={},
    ),
)
