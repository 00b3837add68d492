"""Receipts: a double that keeps what a notifier reports, and what every notifier that reports must do. Needs pytest."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar

import pytest

from incidentd.plugin import (
    AdapterType,
    BadRequest,
    Capability,
    Notifier,
    ReceiptOutcome,
    WebhookRequest,
    WebhookResponse,
)
from incidentd.plugin.testing.source_conformance import BAD_BODIES
from incidentd.plugin.testing.sources import FakeContext


class RecordingReceipts:
    """Keeps what was reported; a message is known unless its key is in `unknown`."""

    def __init__(self, url: str = "https://receipts.example/under-test") -> None:
        self.url = url
        self.reported: list[tuple[ReceiptOutcome, str, str, str]] = []
        self.unknown: set[str] = set()

    async def report(
        self, outcome: ReceiptOutcome, *, idempotency_key: str = "", vendor_id: str = "", detail: str = ""
    ) -> bool:
        """Keep it; False when the message is unknown."""
        if idempotency_key in self.unknown or vendor_id in self.unknown:
            return False
        self.reported.append((outcome, idempotency_key, vendor_id, detail))
        return True


class ReceiptConformance(ABC):
    """Subclass as `Test...`: the vendor's callbacks of a notifier whose type says that it can report receipts."""

    adapter: ClassVar[AdapterType[Notifier]]
    secrets: ClassVar[tuple[str, ...]] = ()  # texts that must stand in no answer

    @abstractmethod
    def make(self, context: FakeContext) -> Notifier:
        """A notifier that accepts callbacks, in `context`."""

    @abstractmethod
    def callback(self, outcome: ReceiptOutcome, message: str, now: float) -> WebhookRequest:
        """What the vendor sends, signed as it signs, about the message with key or vendor id `message`."""

    @abstractmethod
    def signed(self, body: bytes, now: float) -> WebhookRequest:
        """The same with any body."""

    @abstractmethod
    def forged(self, now: float) -> WebhookRequest:
        """A callback that the vendor did not sign."""

    def _call(self, request: WebhookRequest, context: FakeContext) -> WebhookResponse:
        notifier = self.make(context)
        (handler,) = [
            one.handler for one in notifier.routes() if (one.method, one.path) == (request.method, request.path)
        ]

        async def run() -> WebhookResponse:
            try:
                return await handler(request)
            except BadRequest as error:
                return WebhookResponse(status=error.status, body=str(error).encode())

        return asyncio.run(run())

    def test_the_type_says_so(self) -> None:
        """Lists and limits know it by its capability."""
        assert Capability.RECEIPT in self.adapter.capabilities

    @pytest.mark.parametrize("outcome", list(ReceiptOutcome))
    def test_each_outcome_is_reported_before_the_answer(self, outcome: ReceiptOutcome) -> None:
        """A callback is answered 2xx, and by then the outcome is stored."""
        context = FakeContext()
        answer = self._call(self.callback(outcome, "key-1", context.now().timestamp()), context)
        assert 200 <= answer.status < 300
        ((told, key, vendor_id, _),) = context.receipts.reported
        assert told is outcome
        assert "key-1" in (key, vendor_id)

    def test_a_forged_callback_is_refused(self) -> None:
        """Nobody else may say that a page arrived."""
        context = FakeContext()
        assert self._call(self.forged(context.now().timestamp()), context).status in (401, 403)
        assert context.receipts.reported == []

    def test_an_old_callback_is_refused(self) -> None:
        """A copy that is sent again later changes nothing."""
        context = FakeContext()
        old = self.callback(ReceiptOutcome.DELIVERED, "key-1", context.now().timestamp() - 3600)
        assert self._call(old, context).status in (401, 403)
        assert context.receipts.reported == []

    def test_an_unknown_message_is_said_to_be_unknown(self) -> None:
        """The vendor need not try again for ever."""
        context = FakeContext()
        context.receipts.unknown.add("key-1")
        answer = self._call(self.callback(ReceiptOutcome.READ, "key-1", context.now().timestamp()), context)
        assert 400 <= answer.status < 500

    @pytest.mark.parametrize("name", list(BAD_BODIES))
    def test_bad_bodies_are_refused(self, name: str) -> None:
        """Also when they are signed: the answer is a 4xx, nothing is stored and no secret is told."""
        context = FakeContext()
        answer = self._call(self.signed(BAD_BODIES[name], context.now().timestamp()), context)
        assert 400 <= answer.status < 500
        assert context.receipts.reported == []
        assert not any(secret.encode() in answer.body for secret in self.secrets)
