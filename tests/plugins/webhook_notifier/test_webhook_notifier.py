"""The webhook notifier against a recording server."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from incidentd.plugin import Notification, PermanentFailure, Secret
from incidentd.plugin.testing.http_notifiers import HttpNotifierConformance
from incidentd.plugin.testing.httpserver import Recorded
from incidentd.plugin.testing.notifiers import NOW, NotifierContext, Rig, failure_of, notification
from incidentd_webhook.notifier import (
    NOTIFIERS,
    WebhookNotifier,
    WebhookNotifierConfig,
    encode,
    header_key,
)

SIGNING = "whsec-5257a869e7ec"
AUTHORIZATION = "Bearer 8f4c-authorization"
URL_TOKEN = "T000-B000-url-token"


class TestWebhookNotifier(HttpNotifierConformance):
    adapter = NOTIFIERS[0]
    secrets = (SIGNING, AUTHORIZATION, URL_TOKEN)

    def configure(self, url: str) -> Mapping[str, Any]:
        return {
            "url": Secret(f"{url}/hooks/{URL_TOKEN}?k={URL_TOKEN}"),
            "secret": Secret(SIGNING),
            "authorization": Secret(AUTHORIZATION),
        }

    def check_format(self, sent: Recorded) -> None:
        assert (sent.method, sent.path) == ("POST", f"/hooks/{URL_TOKEN}")
        assert sent.headers["content-type"] == "application/json"
        assert sent.headers["authorization"] == AUTHORIZATION
        stamp = str(int(NOW.timestamp()))
        expected = hmac.new(SIGNING.encode(), f"{stamp}.".encode() + sent.body, hashlib.sha256).hexdigest()
        assert sent.headers["x-incidentd-signature"] == f"t={stamp},v1={expected}"
        document = msgspec.json.decode(sent.body)
        assert list(document) == [
            "version",
            "idempotency_key",
            "thread",
            "kind",
            "urgency",
            "recipient",
            "title",
            "body",
            "reason",
            "labels",
            "created_at",
            "acknowledge_url",
            "receipt_url",
            "attempt",
        ]
        assert document["version"] == "1"

    def key_on_wire(self, sent: Recorded) -> str:
        key = sent.headers["idempotency-key"]
        assert key == msgspec.json.decode(sent.body)["idempotency_key"]
        return key

    def shows(self, sent: Recorded, text: str) -> bool:
        return text in sent.body.decode()

    async def test_address_wins_and_gets_no_authorization(self, rig: Rig) -> None:
        address = rig.vendor.server.url + "/mine"  # type: ignore[attr-defined]
        await rig.notifier.send(self.message(address=address))
        sent = rig.vendor.sent()[0]
        assert sent.path == "/mine"
        assert "authorization" not in sent.headers
        assert "x-incidentd-signature" in sent.headers

    async def test_no_url_at_all_is_permanent(self, rig: Rig) -> None:
        error = await failure_of(rig.make({"url": None}).send(self.message()))
        assert isinstance(error, PermanentFailure)
        assert "`url`" in str(error)

    @pytest.mark.parametrize(
        "address", ["example.org", "file:///etc/passwd", "http://", "http://[::1", "\ud800", "x\n"]
    )
    async def test_a_bad_address_is_permanent(self, rig: Rig, address: str) -> None:
        assert isinstance(await failure_of(rig.notifier.send(self.message(address=address))), PermanentFailure)
        assert rig.vendor.sent() == []

    @pytest.mark.parametrize("address", ["http://x\ud800.example/", "http://127.1/", "http://h:99999/"])
    async def test_an_address_only_the_client_finds_bad_is_permanent(self, rig: Rig, address: str) -> None:
        assert isinstance(await failure_of(rig.notifier.send(self.message(address=address))), PermanentFailure)


def test_the_body_says_what_the_notification_says() -> None:
    plain = notification()
    document = msgspec.json.decode(encode(plain))
    assert document.pop("version") == "1"
    assert msgspec.convert({**document, "address": ""}, Notification) == plain


def test_only_lone_surrogates_are_changed() -> None:
    document = msgspec.json.decode(
        encode(notification(body="a\x00\x1b\u202e\r\n\ud800\U0001f600", labels={"\udc00": "v"}))
    )
    assert document["body"] == "a\x00\x1b\u202e\r\n\ufffd\U0001f600"
    assert document["labels"] == {"\ufffd": "v"}


@pytest.mark.parametrize("key", ["a\r\nX: y", "k" * 300, "é\ud800", " "])
def test_any_key_makes_a_header(key: str) -> None:
    value = header_key(key)
    assert 0 < len(value) <= 255
    assert value.isascii()
    assert value.isprintable()
    assert " " not in value
    assert value != header_key(key + "2")


@pytest.mark.parametrize("value", ["", "a\nb", "é"])
def test_an_authorization_that_fits_no_header_is_refused(value: str) -> None:
    config = WebhookNotifierConfig(authorization=Secret(value))
    with pytest.raises(ValueError, match="authorization"):
        WebhookNotifier(config, NotifierContext(http=None))  # type: ignore[arg-type]


def test_an_empty_signing_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        WebhookNotifier(WebhookNotifierConfig(secret=Secret(" ")), NotifierContext(http=None))  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org", "http://"])
def test_a_bad_url_is_a_configuration_error_that_hides_a_secret_one(url: str) -> None:
    with pytest.raises(ValidationError):
        WebhookNotifierConfig(url=url)
    with pytest.raises(ValidationError) as caught:
        WebhookNotifierConfig(url=Secret("ftp:hidden-part" + url))
    assert "hidden-part" not in str(caught.value)
