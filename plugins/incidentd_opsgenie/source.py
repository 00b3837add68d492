"""The routes of an Opsgenie source."""

from __future__ import annotations

import functools
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from incidentd.plugin import (
    Access,
    AdapterType,
    AlertSource,
    BadRequest,
    Context,
    Handler,
    Route,
    SignalKind,
    WebhookRequest,
    WebhookResponse,
    is_loopback,
    safe_line,
)
from incidentd_opsgenie.config import OpsgenieConfig
from incidentd_opsgenie.decode import (
    MAX_ALIAS,
    Unprocessable,
    action_signal,
    creation_signal,
    decode_action,
    decode_creation,
)
from incidentd_opsgenie.identity import IdentifierType, alert_id, alert_key, parse_id, parse_tiny, scope_of
from incidentd_opsgenie.requests import Processed, Requests

MAX_BODY = 512 * 1024
_ONE = "/v2/alerts/{identifier}"

Serve = Callable[[WebhookRequest, str], Awaitable["Processed | WebhookResponse"]]


class OpsgenieSource(AlertSource):
    """Speaks the part of Opsgenie's Alert API that senders use: create, close and acknowledge.

    Tags and notes that are added later, and changes of message or description, are accepted and not kept: an alert's
    text is what created it. Answers are Opsgenie's, but come when the alert is durable.
    """

    def __init__(self, config: OpsgenieConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._requests = Requests()

    def routes(self) -> Sequence[Route]:
        close, acknowledge = (functools.partial(self._end_or_acknowledge, kind=kind) for kind in _ACTIONS)
        return (
            self._route("POST", "/v2/alerts", self._create),
            self._route("GET", "/v2/alerts/requests/{request_id}", self._status),
            self._route("POST", f"{_ONE}/close", close),
            self._route("POST", f"{_ONE}/acknowledge", acknowledge),
            self._route("POST", f"{_ONE}/tags", functools.partial(self._accept, action="AddTags", tags=True)),
            self._route("POST", f"{_ONE}/notes", functools.partial(self._accept, action="AddNote", note=True)),
            self._route("PUT", f"{_ONE}/message", functools.partial(self._accept, action="UpdateMessage")),
            self._route("PUT", f"{_ONE}/description", functools.partial(self._accept, action="UpdateDescription")),
        )

    def _route(self, method: str, path: str, serve: Serve) -> Route:
        access = Access.KEYED if self._config.keys else Access.LOCAL
        return Route(method=method, path=path, handler=self._answering(serve), max_body=MAX_BODY, access=access)

    def _answering(self, serve: Serve) -> Handler:
        """`serve` for requests with a key that is known, its outcome and its errors in Opsgenie's shape."""

        async def answer(request: WebhookRequest) -> WebhookResponse:
            began, request_id = time.monotonic(), str(uuid.uuid4())
            try:
                service = self._service(request)
                outcome = await serve(request, service)
            except BadRequest as error:
                return _answer(error.status, _complaint(error), began, request_id)
            if isinstance(outcome, WebhookResponse):
                return outcome
            self._requests.remember(service, request_id, outcome)
            return _answer(202, {"result": "Request will be processed"}, began, request_id)

        return answer

    def _service(self, request: WebhookRequest) -> str:
        """The service of the key that was sent, "" for a local sender where no keys are set. Raises `BadRequest`."""
        if not self._config.keys:
            if not is_loopback(request.peer):
                raise BadRequest("Without keys in the configuration only this machine may send", status=401)
            return ""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        service = self._config.service_of(key.strip()) if scheme.lower() == "geniekey" else None
        if service is None:
            raise BadRequest("Could not authenticate", status=401)
        return service

    async def _create(self, request: WebhookRequest, service: str) -> Processed:
        """A new alert, or news of the one with its alias. Without an alias it gets one that nobody else has."""
        creation = decode_creation(request.body)
        if not creation.alias:
            creation = msgspec.structs.replace(creation, alias=str(uuid.uuid4()))
        identifier = alert_id(service, creation.alias)
        await self._context.sink.submit([creation_signal(creation, service, identifier)])
        return self._processed("Create", identifier, creation.alias)

    async def _end_or_acknowledge(self, request: WebhookRequest, service: str, *, kind: SignalKind) -> Processed:
        action = decode_action(request.body)
        identifier, key = await self._find(request, service)
        await self._context.sink.submit([action_signal(kind, key, action)])
        return self._processed(_ACTIONS[kind], identifier, _alias(request))

    async def _accept(
        self, request: WebhookRequest, service: str, *, action: str, tags: bool = False, note: bool = False
    ) -> Processed:
        decode_action(request.body, tags=tags, note=note)
        identifier, _ = await self._find(request, service)
        return self._processed(action, identifier, _alias(request))

    async def _status(self, request: WebhookRequest, service: str) -> WebhookResponse:
        """What became of a request that was answered 202."""
        began, request_id = time.monotonic(), str(uuid.uuid4())
        found = self._requests.find(service, request.params["request_id"])
        if found is None:
            raise BadRequest("Request not found. It might not be processed, yet.", status=404)
        return _answer(200, {"data": found}, began, request_id)

    async def _find(self, request: WebhookRequest, service: str) -> tuple[str, str]:
        """(id, key) of the alert that the path names. Raises `BadRequest`."""
        text = request.params["identifier"]
        try:
            kind = IdentifierType(request.query.get("identifierType", "id").lower())
        except ValueError:
            raise Unprocessable({"identifierType": "must be one of id, alias, tiny"}) from None
        if kind is IdentifierType.TINY:
            return await self._by_number(text, service)
        if kind is IdentifierType.ALIAS:
            if len(text) > MAX_ALIAS:
                raise Unprocessable({"identifier": f"can not be longer than {MAX_ALIAS} characters"})
            identifier: str | None = alert_id(service, text)
        else:
            identifier = parse_id(text)
        if identifier is None:
            raise Unprocessable({"identifier": "is no alert id: for an alias say identifierType=alias"})
        return identifier, alert_key(service, identifier)

    async def _by_number(self, text: str, service: str) -> tuple[str, str]:
        """The firing alert with incidentd's number `text`, if it is one of this service's."""
        number = parse_tiny(text)
        for alert in await self._context.reader.alerts() if number is not None else ():
            scope, _, identifier = alert.key.partition(":")
            if (alert.id, alert.source, scope) == (number, self._context.instance, scope_of(service)):
                return identifier, alert.key
        raise BadRequest(f"Alert with tiny id [{safe_line(text, 40)}] does not exist", status=404)

    def _processed(self, action: str, identifier: str, alias: str) -> Processed:
        return Processed(
            action=action,
            status=_STATUS.get(action, "Accepted, not kept"),
            processed_at=self._context.now(),
            alert_id=identifier,
            alias=alias,
        )


_ACTIONS = {SignalKind.RESOLVED: "Close", SignalKind.ACKNOWLEDGED: "Acknowledge"}
_STATUS = {"Create": "Created alert", "Close": "Closed alert", "Acknowledge": "Acknowledged alert"}


def _alias(request: WebhookRequest) -> str:
    """The alias that the path names; "" where it names the alert otherwise."""
    return request.params["identifier"] if request.query.get("identifierType", "").lower() == "alias" else ""


def _complaint(error: BadRequest) -> dict[str, object]:
    if isinstance(error, Unprocessable):
        return {"message": str(error), "errors": error.errors}
    return {"message": f"{error.field}: {error}" if error.field else str(error)}


def _answer(status: int, document: dict[str, object], began: float, request_id: str) -> WebhookResponse:
    document |= {"took": round(time.monotonic() - began, 3), "requestId": request_id}
    return WebhookResponse(status=status, body=msgspec.json.encode(document))


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="opsgenie",
        config=OpsgenieConfig,
        create=OpsgenieSource,
        summary="Opsgenie's Alert API: POST /v2/alerts, close and acknowledge",
        default_instance={},
    ),
)
