"""Receipts that are reported back to the webhook notifier."""

from __future__ import annotations

import msgspec

from incidentd.plugin import Notifier, ReceiptOutcome, Secret, WebhookRequest
from incidentd.plugin.testing import FakeContext, ReceiptConformance, make_request
from incidentd_webhook.notifier import NOTIFIERS, WebhookNotifierConfig
from incidentd_webhook.signing import HEADER, signature

SIGNING = "whsec-5257a869e7ec"


class TestWebhookReceipts(ReceiptConformance):
    adapter = NOTIFIERS[0]
    secrets = (SIGNING,)

    def make(self, context: FakeContext) -> Notifier:
        config = WebhookNotifierConfig(url="https://hooks.example/x", secret=Secret(SIGNING))
        return self.adapter.create(config, context)

    def signed(self, body: bytes, now: float, secret: str = SIGNING) -> WebhookRequest:
        return make_request("/receipt", body, headers={HEADER: signature(Secret(secret), int(now), body)})

    def callback(self, outcome: ReceiptOutcome, message: str, now: float) -> WebhookRequest:
        report = {"idempotency_key": message, "status": outcome, "detail": "why", "more": 1}
        return self.signed(msgspec.json.encode(report), now)

    def forged(self, now: float) -> WebhookRequest:
        body = msgspec.json.encode({"idempotency_key": "key-1", "status": "delivered"})
        return self.signed(body, now, secret="guessed")


def test_an_unsigned_callback_is_refused() -> None:
    conformance = TestWebhookReceipts()
    context = FakeContext()
    assert conformance._call(make_request("/receipt", b"{}"), context).status == 401


def test_without_a_secret_there_is_no_way_in() -> None:
    context = FakeContext()
    notifier = NOTIFIERS[0].create(WebhookNotifierConfig(url="https://hooks.example/x"), context)
    assert notifier.routes() == ()
