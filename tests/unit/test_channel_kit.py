"""The conformance classes of channels: one that does all passes, each that breaks a rule fails its test."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from incidentd.plugin import (
    AdapterConfig,
    AdapterType,
    BadRequest,
    Context,
    Outgoing,
    PermanentFailure,
    Receipt,
    Received,
    Route,
    Secret,
    SecretRef,
    StoreUnavailable,
    SupportChannel,
    WebhookRequest,
    WebhookResponse,
    decode_json,
    storable,
)
from incidentd.plugin.httpcall import post
from incidentd.plugin.testing import (
    HttpSendingConformance,
    Letter,
    Recorded,
    Rig,
    WebhookChannelConformance,
    make_request,
)

KEY = "s3cret-key"


class Config(AdapterConfig):
    url: str
    key: SecretRef
    timeout: float = 5.0


class Good(SupportChannel):
    """A room that posts signed JSON and takes JSON."""

    def __init__(self, config: Config, context: Context) -> None:
        self.config = config
        self.context = context

    def routes(self):
        return (Route(method="POST", path="/room", handler=self.hear),)

    async def hear(self, request: WebhookRequest) -> WebhookResponse:
        if not hmac.compare_digest(request.headers.get("signature", "").encode(), signature(request.body).encode()):
            raise BadRequest("the signature is not right", field="signature", status=401)
        await self.context.reports.receive(self.read(request.body))
        return WebhookResponse()

    def read(self, body: bytes) -> Received:
        letter = decode_json(body, Letter)
        if b'"id"' not in body:
            raise BadRequest("is missing", field="id")
        return Received(
            id=letter.id,
            thread=letter.thread,
            sender=letter.sender,
            text=storable(letter.text),
            automatic=letter.automatic,
            private=letter.private,
        )

    async def send(self, outgoing: Outgoing) -> Receipt:
        document = {
            "key": outgoing.idempotency_key,
            "text": outgoing.text,
            "to": [outgoing.thread, outgoing.recipient],
            "public": self.public(outgoing),
        }
        answer = await post(
            self.context.http,
            self.config.url,
            json.dumps(document).encode(),
            {"Authorization": self.config.key.reveal()},
            timeout=self.config.timeout,
            now=self.context.now(),
        )
        answer.require_success()
        return Receipt(vendor_id="1")

    def public(self, outgoing: Outgoing) -> bool:
        return not outgoing.private


def signature(body: bytes) -> str:
    return hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()


class TestGood(HttpSendingConformance, WebhookChannelConformance):
    adapter: ClassVar[Any] = AdapterType(id="room", config=Config, create=Good, summary="A room")
    secrets = (KEY,)
    recipient = "grace"
    knows_private = True

    def configure(self, url: str) -> Mapping[str, Any]:
        return {"url": url, "key": Secret(KEY)}

    def request(self, rig: Rig, letter: Letter) -> WebhookRequest:
        document = {name: getattr(letter, name) for name in letter.__struct_fields__}
        return self.signed(rig, json.dumps(document).encode())

    def signed(self, rig: Rig, body: bytes) -> WebhookRequest:
        return make_request("/room", body, headers={"signature": signature(body)})

    def forged(self, rig: Rig) -> WebhookRequest:
        return make_request("/room", self.request(rig, Letter()).body, headers={"signature": "0" * 64})

    def check_format(self, sent: Recorded) -> None:
        assert set(json.loads(sent.body)) == {"key", "text", "to", "public"}

    def key_on_wire(self, sent: Recorded) -> str:
        return str(json.loads(sent.body)["key"])

    def shows(self, sent: Recorded, text: str) -> bool:
        return text in json.loads(sent.body)["text"]

    def goes_to(self, sent: Recorded, received: Received) -> bool:
        return json.loads(sent.body)["to"] == [received.thread, received.sender]

    def is_public(self, sent: Recorded) -> bool:
        return bool(json.loads(sent.body)["public"])


class AnswersFirst(Good):
    async def hear(self, request):
        answering = asyncio.create_task(super().hear(request))
        answering.add_done_callback(lambda done: done.cancelled() or done.exception())
        return WebhookResponse()


class HidesFailures(Good):
    async def hear(self, request):
        try:
            return await super().hear(request)
        except StoreUnavailable:
            return WebhookResponse()


class RetriesRefusals(Good):
    async def hear(self, request):
        try:
            return await super().hear(request)
        except BadRequest as error:
            raise StoreUnavailable("no") from error


class OwnIds(Good):
    numbers = itertools.count(1)

    def read(self, body):
        letter = super().read(body)
        return Received(id=str(next(self.numbers)), thread=letter.thread, sender=letter.sender, text=letter.text)


class IdsOfWords(Good):
    def read(self, body):
        letter = super().read(body)
        return Received(id=letter.text, thread=letter.thread, sender=letter.sender, text=letter.text)


class OneThread(Good):
    def read(self, body):
        letter = super().read(body)
        return Received(id=letter.id, thread="all", sender=letter.sender, text=letter.text)


class TrustsAnybody(Good):
    async def hear(self, request):
        await self.context.reports.receive(self.read(request.body))
        return WebhookResponse()


class Publishes(Good):
    def public(self, outgoing):
        return True


class Misdirects(Good):
    async def send(self, outgoing):
        return await super().send(TestGood().message(recipient="linus"))


class TellsItsKey(Good):
    async def send(self, outgoing):
        try:
            return await super().send(outgoing)
        except PermanentFailure as error:
            raise PermanentFailure(f"not {self.config.key.reveal()}") from error


@pytest.mark.parametrize(
    ("channel", "test", "arguments"),
    [
        (AnswersFirst, "test_a_store_that_is_down_loses_nothing", ()),
        (HidesFailures, "test_a_store_that_is_down_loses_nothing", ()),
        (RetriesRefusals, "test_what_is_refused_blocks_nothing", ()),
        (RetriesRefusals, "test_forged_messages_are_refused", ()),
        (OwnIds, "test_a_message_that_comes_again_is_kept_once", ()),
        (IdsOfWords, "test_equal_words_are_not_the_same_message", ()),
        (OneThread, "test_a_conversation_stays_together", ()),
        (OneThread, "test_machines_are_told_from_people", ()),
        (OneThread, "test_what_is_private_is_marked", ()),
        (TrustsAnybody, "test_forged_messages_are_refused", ()),
        (Publishes, "test_what_is_private_is_never_sent_in_public", ()),
        (Misdirects, "test_answers_go_where_the_customer_wrote", ()),
        (TellsItsKey, "test_errors_and_logs_hold_no_secret", "log"),
    ],
)
async def test_each_fault_is_found(
    channel: type[Good], test: str, arguments: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Case(TestGood):
        adapter = AdapterType(id="case", config=Config, create=channel, summary="A case")

    case = Case()
    async for rig in Case.rig.__wrapped__(case, tmp_path):  # type: ignore[attr-defined]
        with pytest.raises((AssertionError, ValueError, IndexError)):
            await getattr(case, test)(rig, *((caplog,) if arguments == "log" else arguments))
