"""The routes of a CloudEvents source."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, BadRequest, Context, Route, WebhookRequest, WebhookResponse
from incidentd.plugin.access import keyed
from incidentd.plugin.batches import Batch
from incidentd.plugin.tokens import check_token
from incidentd_cloudevents.config import CloudEventsConfig
from incidentd_cloudevents.decode import Said, decode_request

_LARGE_BODY = 128 * 1024  # a larger one is read in a thread: it must not delay a page
_ORIGIN = re.compile(r"[\x21-\x7e]{1,255}")


class CloudEventsSource(AlertSource):
    """Takes events by POST. Answers `{"accepted": n}`, and 400 with `faults` when part of a batch is bad.

    An event is known by its source and id: one that is delivered again within a day changes nothing.
    """

    def __init__(self, config: CloudEventsConfig, context: Context) -> None:
        self._config = config
        self._sink = context.sink

    def routes(self) -> Sequence[Route]:
        path, access = self._config.path, keyed(self._config.token)
        return (
            Route(method="POST", path=path, handler=self.receive, access=access),
            Route(method="OPTIONS", path=path, handler=self.permit, access=access),
        )

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One event or a batch, answered when all of it is durable."""
        check_token(request, self._config.token, self._config.old_token)
        asked = (request.headers, request.body, self._config, request.received_at)
        large = len(request.body) > _LARGE_BODY
        said, faults = await asyncio.to_thread(decode_request, *asked) if large else decode_request(*asked)
        chains: dict[str, list[Said]] = {}
        for one in said:
            chains.setdefault(one.signal.key, []).append(one)
        await asyncio.gather(*(self._store(chain) for chain in chains.values()))
        return Batch([one.signal for one in said], faults).answer()

    async def _store(self, chain: list[Said]) -> None:
        """What a batch says about one alert, in its order. Raises `StoreUnavailable`."""
        for one in chain:
            await self._sink.submit([one.signal], once=one.once)

    async def permit(self, request: WebhookRequest) -> WebhookResponse:
        """The handshake by which a sender asks whether it may send (CloudEvents, HTTP web hooks, section 4)."""
        check_token(request, self._config.token, self._config.old_token)
        origin = request.headers.get("webhook-request-origin", "")
        if not _ORIGIN.fullmatch(origin):
            raise BadRequest("is missing or no origin", field="WebHook-Request-Origin")
        allowed = {"Allow": "POST, OPTIONS", "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
        return WebhookResponse(headers=allowed)


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="cloudevents",
        config=CloudEventsConfig,
        create=CloudEventsSource,
        summary="CloudEvents 1.0 by HTTP, binary, structured or batched: POST /cloudevents",
        default_instance={},
    ),
)
