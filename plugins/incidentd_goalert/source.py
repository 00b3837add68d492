"""The route of a GoAlert source."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import (
    Access,
    AdapterType,
    AlertSource,
    BadRequest,
    Context,
    Route,
    WebhookRequest,
    WebhookResponse,
    is_loopback,
)
from incidentd_goalert.config import GoalertConfig
from incidentd_goalert.decode import incoming_signal, read_incoming

PATH = "/api/v2/generic/incoming"
MAX_BODY = 128 * 1024  # GoAlert allows far less; percent-encoding may triple a text


class GoalertSource(AlertSource):
    """Takes what is sent to a generic integration key of GoAlert, and answers 204 as GoAlert does."""

    def __init__(self, config: GoalertConfig, context: Context) -> None:
        self._config = config
        self._sink = context.sink

    def routes(self) -> Sequence[Route]:
        access = Access.KEYED if self._config.tokens else Access.LOCAL
        return (Route(method="POST", path=PATH, handler=self.receive, max_body=MAX_BODY, access=access),)

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One alert opened or closed, answered when that is durable."""
        incoming = read_incoming(request.query, request.headers.get("content-type", ""), request.body)
        service = self._service(incoming.token or _bearer(request), request.peer)
        await self._sink.submit([incoming_signal(incoming, service)])
        return WebhookResponse(status=204)

    def _service(self, token: str, peer: str) -> str:
        """The service that `token` stands for, "" for a local sender where no tokens are set. Raises `BadRequest`."""
        if not self._config.tokens:
            if not is_loopback(peer):
                raise BadRequest("without tokens in the configuration only this machine may send", status=401)
            return ""
        service = self._config.service_of(token)
        if service is None:
            raise BadRequest("is missing or not known here", field="token", status=401)
        return service


def _bearer(request: WebhookRequest) -> str:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="goalert",
        config=GoalertConfig,
        create=GoalertSource,
        summary="GoAlert's generic integration: POST /api/v2/generic/incoming",
        default_instance={},
    ),
)
