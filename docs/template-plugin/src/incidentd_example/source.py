"""The source: `POST /check` with {"check": "db", "up": false, "message": "no answer"}."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Annotated

import msgspec

from incidentd.plugin import (
    MAX_TEXT,
    AdapterType,
    AlertSource,
    BadRequest,
    Context,
    Route,
    Signal,
    SignalKind,
    WebhookRequest,
    WebhookResponse,
    decode_json,
    storable,
)
from incidentd_example.config import CheckConfig


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """The body. Members that are not named here are ignored, so that a newer sender still works."""

    check: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    up: bool
    message: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] = ""


class CheckSource(AlertSource):
    """One instance; `context` lends it the sink, the clock and an HTTP session."""

    def __init__(self, config: CheckConfig, context: Context) -> None:
        self._config = config
        self._context = context

    def routes(self) -> Sequence[Route]:
        """Mounted as /in/<instance>/check, and as /check for the first instance of this type."""
        return (Route(method="POST", path="/check", handler=self._receive, max_body=256 * 1024),)

    async def _receive(self, request: WebhookRequest) -> WebhookResponse:
        self._authorize(request)
        check = decode_json(request.body, Check)  # raises BadRequest that names the field
        # Returns when the alert is on disk. Only then may the sender be told that all is well.
        await self._context.sink.submit([signal_of(check, self._config.severity)])
        return WebhookResponse(status=202, body=b'{"stored":true}')

    def _authorize(self, request: WebhookRequest) -> None:
        expected = f"Bearer {self._config.token.reveal()}".encode()
        shown = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(expected, shown):
            raise BadRequest("the token is missing or wrong", field="Authorization", status=401)


def signal_of(check: Check, severity: str) -> Signal:
    """What a check says about its alert. Text stays as it came: making it harmless is the display's work."""
    name = storable(check.check)
    return Signal(
        key=name,
        kind=SignalKind.RESOLVED if check.up else SignalKind.FIRING,
        labels={"alertname": "CheckDown", "check": name, "severity": severity},
        annotations={"summary": storable(check.message)} if check.message else {},
    )


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(id="example", config=CheckConfig, create=CheckSource, summary="Checks by a small JSON webhook"),
)
