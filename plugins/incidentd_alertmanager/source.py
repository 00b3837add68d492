"""The routes of an Alertmanager source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from incidentd.plugin import (
    ActiveAlert,
    AdapterType,
    AlertSource,
    BadRequest,
    Context,
    Handler,
    Route,
    WebhookRequest,
    WebhookResponse,
)
from incidentd.plugin.access import keyed
from incidentd.plugin.batches import Batch
from incidentd.plugin.tokens import check_token
from incidentd_alertmanager.config import AlertmanagerConfig
from incidentd_alertmanager.decode import decode_alerts, decode_webhook
from incidentd_alertmanager.read import (
    Filter,
    alert_groups,
    alert_list,
    fingerprints_of,
    inhibitors,
    parse_filter,
    receivers,
    status_document,
)
from incidentd_alertmanager.silences import decode_silence, gettable_silence, silence_list

# Prometheus sends up to 256 alerts at once and drops a batch that is refused, so there is room for long annotations.
MAX_BODY = 8 * 1024 * 1024
_MAX_SILENCE = 512 * 1024

# Above these, work is done in a thread: a request of a size that nobody expects must not delay a page.
_LARGE_BODY = 512 * 1024
_MANY_ALERTS = 2000

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode
_NO_STORE = {"Cache-Control": "no-store"}


Listing = Callable[[Sequence[ActiveAlert], Filter, datetime, timedelta, Mapping[int, str]], Iterable[object]]


class AlertmanagerSource(AlertSource):
    """Speaks Alertmanager's API v2 and takes its webhooks.

    Errors are answered as Alertmanager does, with a JSON string. When part of a batch is bad the rest is stored and
    the answer is 400: a sender that tries again repeats what is known, which changes nothing.
    """

    def __init__(self, config: AlertmanagerConfig, context: Context) -> None:
        self._config = config
        self._resolve_timeout = timedelta(seconds=config.resolve_timeout)
        self._context = context
        self._started_at = context.now()

    def routes(self) -> Sequence[Route]:
        route = self._route
        return (
            route("POST", "/api/v2/alerts", self.post_alerts),
            route("POST", "/api/v2/webhook", self.post_webhook),
            route("GET", "/api/v2/alerts", self.get_alerts),
            route("GET", "/api/v2/alerts/groups", self.get_groups),
            route("GET", "/api/v2/status", self.get_status),
            route("GET", "/api/v2/receivers", self.get_receivers),
            route("GET", "/api/v2/silences", self.get_silences),
            route("POST", "/api/v2/silences", self.post_silences, _MAX_SILENCE),
            route("GET", "/api/v2/silence/{id}", self.get_silence),
            route("DELETE", "/api/v2/silence/{id}", self.delete_silence),
            Route(method="GET", path="/-/healthy", handler=self.get_healthy),
            Route(method="GET", path="/-/ready", handler=self.get_healthy),
        )

    def _route(self, method: str, path: str, handler: Handler, max_body: int = MAX_BODY) -> Route:
        config = self._config

        async def answer(request: WebhookRequest) -> WebhookResponse:
            """`handler` for who may call it; a `BadRequest` as Alertmanager's clients read it: one JSON string."""
            try:
                check_token(request, config.token, config.old_token)
                return await handler(request)
            except BadRequest as error:
                text = f"{error.field}: {error}" if error.field else str(error)
                return WebhookResponse(status=error.status, body=_encode(text))

        return Route(method=method, path=path, handler=answer, max_body=max_body, access=keyed(config.token))

    async def post_alerts(self, request: WebhookRequest) -> WebhookResponse:
        """Alerts as Prometheus and amtool send them."""
        body, now = request.body, request.received_at
        decoded = await _apart(len(body) > _LARGE_BODY, lambda: decode_alerts(body, now, self._resolve_timeout))
        return await self._store(decoded)

    async def post_webhook(self, request: WebhookRequest) -> WebhookResponse:
        """A notification by `webhook_configs`."""
        body, now = request.body, request.received_at
        return await self._store(await _apart(len(body) > _LARGE_BODY, lambda: decode_webhook(body, now)))

    async def _store(self, batch: Batch) -> WebhookResponse:
        if batch.signals:
            await self._context.sink.submit(batch.signals)
        if batch.faults:
            return WebhookResponse(status=400, body=_encode(batch.complaint()))
        return WebhookResponse()

    async def get_alerts(self, request: WebhookRequest) -> WebhookResponse:
        """Firing alerts; `active`, `receiver` and `filter` choose among them."""
        return await self._listed(request, alert_list)

    async def get_groups(self, request: WebhookRequest) -> WebhookResponse:
        """The same alerts in the groups they are paged in."""
        return await self._listed(request, alert_groups)

    async def _listed(self, request: WebhookRequest, listing: Listing) -> WebhookResponse:
        wanted, now = parse_filter(request.query), self._context.now()
        alerts = await self._context.reader.alerts(matchers=wanted.matchers)
        fingerprints = await self._fingerprints_of_inhibitors(alerts)

        def encoded() -> bytes:
            return _encode_items(listing(alerts, wanted, now, self._resolve_timeout, fingerprints))

        return WebhookResponse(body=await _apart(len(alerts) > _MANY_ALERTS, encoded), headers=_NO_STORE)

    async def _fingerprints_of_inhibitors(self, alerts: Sequence[ActiveAlert]) -> Mapping[int, str]:
        """An alert that inhibits one of `alerts` need not be among them."""
        wanted = inhibitors(alerts)
        found = fingerprints_of(wanted, alerts)
        return found if len(found) == len(wanted) else fingerprints_of(wanted, await self._context.reader.alerts())

    async def get_status(self, _request: WebhookRequest) -> WebhookResponse:
        return _json(status_document(self._context.version, self._started_at, self._resolve_timeout))

    async def get_receivers(self, _request: WebhookRequest) -> WebhookResponse:
        return _json(receivers(await self._context.reader.alerts()))

    async def get_silences(self, request: WebhookRequest) -> WebhookResponse:
        """Silences, those that expired within five days included; `filter` chooses by their matchers."""
        filters = parse_filter(request.query).matchers
        found = await self._context.silences.list()
        return _json(silence_list(found, filters, self._context.now()))

    async def post_silences(self, request: WebhookRequest) -> WebhookResponse:
        """A new silence, or a change of one; the answer has the id it has now."""
        wanted = decode_silence(request.body, request.received_at)
        return _json({"silenceID": (await self._context.silences.set(wanted)).id})

    async def get_silence(self, request: WebhookRequest) -> WebhookResponse:
        silence = await self._context.silences.get(request.params["id"])
        if silence is None:
            raise BadRequest("there is no such silence", field="silenceID", status=404)
        return _json(gettable_silence(silence, self._context.now()))

    async def delete_silence(self, request: WebhookRequest) -> WebhookResponse:
        """End a silence; the request does not say who asks, so the instance stands for them."""
        await self._context.silences.expire(request.params["id"], self._context.instance)
        return WebhookResponse()

    async def get_healthy(self, _request: WebhookRequest) -> WebhookResponse:
        return WebhookResponse(body=b"OK", content_type="text/plain; charset=utf-8")


async def _apart(large: bool, work: Callable[[], T]) -> T:
    """The result of `work`, done in a thread when it is `large`."""
    return await asyncio.to_thread(work) if large else work()


def _encode_items(items: Iterable[object]) -> bytes:
    """A JSON array, encoded item by item: one call for all of them would hold up every other thread."""
    return b"[" + b",".join([_encode(item) for item in items]) + b"]"


def _json(document: object) -> WebhookResponse:
    return WebhookResponse(body=_encode(document), headers=_NO_STORE)


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="alertmanager",
        config=AlertmanagerConfig,
        create=AlertmanagerSource,
        summary="Prometheus and Alertmanager: POST /api/v2/alerts, and webhooks at /api/v2/webhook",
        default_instance={},
    ),
)
