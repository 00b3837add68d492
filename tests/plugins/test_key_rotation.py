"""Every key of a sender can be exchanged without a gap: two are live, then the old one is worth nothing.

And what was signed a while ago and comes again is refused where the vendor signs the time.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from incidentd.plugin import BadRequest, Secret, WebhookRequest
from incidentd.plugin.testing import FakeClock, FakeContext, make_request
from incidentd.pluginhost.discovery import discover
from incidentd_email.mailbox import Mailbox
from incidentd_email.reply_token import ReplyTokens
from incidentd_grafana.signature import sign as grafana_signature
from incidentd_twilio.signature import sign as twilio_signature
from incidentd_webform.signing import Signer
from incidentd_webhook.signing import HEADER as WEBHOOK_HEADER
from incidentd_webhook.signing import signature as webhook_signature

OLD, NEW = Secret("o" * 32), Secret("n" * 32)
STRANGE = Secret("s" * 32)
NOW = FakeClock().now()
CHECKS = {"backup": {"period": "1d"}}
STAMP = str(int(NOW.timestamp()))
Send = Callable[[Secret], WebhookRequest]
FORM = {"content-type": "application/x-www-form-urlencoded"}


def bearer(path: str, body: bytes = b"{}", method: str = "POST", **headers: str) -> Send:
    return lambda key: make_request(
        path, body, method=method, headers={"Authorization": f"Bearer {key.reveal()}", **headers}
    )


def hexed(key: Secret, said: bytes) -> str:
    return hmac.new(key.reveal().encode(), said, hashlib.sha256).hexdigest()


def sentry(key: Secret) -> WebhookRequest:
    headers = {"Sentry-Hook-Signature": hexed(key, b"{}"), "Sentry-Hook-Resource": "installation"}
    return make_request("/sentry/webhook", b"{}", headers=headers)


def slack(key: Secret) -> WebhookRequest:
    body = b'{"type": "url_verification", "challenge": "x"}'
    headers = {
        "X-Slack-Request-Timestamp": STAMP,
        "X-Slack-Signature": f"v0={hexed(key, b'v0:' + STAMP.encode() + b':' + body)}",
    }
    return make_request("/slack/events", body, headers=headers)


def pair(key: Secret) -> Ed25519PrivateKey:
    """The key pair of an application of Discord."""
    return Ed25519PrivateKey.from_private_bytes(key.reveal().encode())


def discord(key: Secret) -> WebhookRequest:
    body = b'{"id": "1", "application_id": "1", "type": 1, "token": "x"}'
    headers = {"X-Signature-Timestamp": STAMP, "X-Signature-Ed25519": pair(key).sign(STAMP.encode() + body).hex()}
    return make_request("/discord/interactions", body, headers=headers)


def discord_keys(key: Secret, *old: Secret) -> Mapping[str, Any]:
    names = zip(("public_key", "old_public_key"), (key, *old), strict=False)
    return {"token": key, **{name: pair(one).public_key().public_bytes_raw().hex() for name, one in names}}


def forge(key: Secret) -> WebhookRequest:
    headers = {"X-Hub-Signature-256": f"sha256={hexed(key, b'{}')}", "X-GitHub-Event": "ping"}
    return make_request("/forge/webhook", b"{}", headers=headers)


def grafana(key: Secret) -> WebhookRequest:
    body = b'{"alerts": []}'
    headers = {"X-Stamp": STAMP, "X-Grafana-Alerting-Signature": grafana_signature(key, STAMP, body)}
    return make_request("/grafana/webhook", body, headers=headers)


def twilio(key: Secret) -> WebhookRequest:
    signed = twilio_signature(
        key.reveal().encode(), "https://incidentd.example/twilio/voice", {"CallSid": ["CA1"], "From": ["+15005550001"]}
    )
    return make_request(
        "/twilio/voice", b"CallSid=CA1&From=%2B15005550001", headers={**FORM, "X-Twilio-Signature": signed.decode()}
    )


def pagerduty(key: Secret) -> WebhookRequest:
    event = {"event_action": "resolve", "dedup_key": "x", "routing_key": key.reveal()}
    return make_request("/v2/enqueue", json.dumps(event).encode())


def heartbeat(key: Secret) -> WebhookRequest:
    params = {"first": key.reveal(), "second": "backup"}
    return make_request("/ping/{first}/{second}", b"", params=params)


def receipt(key: Secret) -> WebhookRequest:
    body = b'{"idempotency_key": "k", "status": "delivered"}'
    return make_request("/receipt", body, headers={WEBHOOK_HEADER: webhook_signature(key, int(STAMP), body)})


def services(*keys: Secret) -> Mapping[str, tuple[Secret, ...]]:
    return {"shop": keys}


CASES: Mapping[str, tuple[Callable[..., Mapping[str, Any]], Send]] = {
    "alertmanager": (
        lambda key, *old: {"token": key, **({"old_token": old[0]} if old else {})},
        bearer("/api/v2/alerts", b"[]"),
    ),
    "cloudevents": (
        lambda key, *old: {"token": key, **({"old_token": old[0]} if old else {})},
        bearer("/cloudevents", b"", "OPTIONS", **{"WebHook-Request-Origin": "example.org"}),
    ),
    "webhook": (lambda key, *old: {"token": key, **({"old_token": old[0]} if old else {})}, bearer("/hook", b"[]")),
    "goalert": (lambda *keys: {"tokens": services(*keys)}, bearer("/api/v2/generic/incoming", b"summary=x", **FORM)),
    "nagios": (lambda *keys: {"keys": services(*keys)}, bearer("/nagios/notification")),
    "systemd": (lambda *keys: {"keys": services(*keys)}, bearer("/systemd/unit")),
    "opsgenie": (
        lambda *keys: {"keys": services(*keys)},
        lambda key: make_request("/v2/alerts", b"{}", headers={"Authorization": f"GenieKey {key.reveal()}"}),
    ),
    "pagerduty": (lambda *keys: {"routing_keys": {key.reveal(): "shop" for key in keys}}, pagerduty),
    "grafana": (lambda *keys: {"tokens": keys}, bearer("/grafana/webhook", b'{"alerts": []}')),
    "grafana, signed": (lambda *keys: {"secrets": keys, "timestamp_header": "X-Stamp"}, grafana),
    "sentry": (lambda *keys: {"secrets": keys}, sentry),
    "slack": (lambda *keys: {"signing_secrets": keys, "token": NEW}, slack),
    "discord": (discord_keys, discord),
    "forge": (lambda *keys: {"secrets": keys}, forge),
    "twilio": (
        lambda key, *old: {
            "url": "https://incidentd.example",
            "account_sid": "AC" + "0" * 32,
            "number": "+15005550006",
            "auth_token": key,
            **({"old_auth_token": old[0]} if old else {}),
        },
        twilio,
    ),
    "heartbeat": (
        lambda key, *old: {"ping_key": key, "checks": CHECKS, **({"old_ping_key": old[0]} if old else {})},
        heartbeat,
    ),
    "webhook, receipts": (lambda key, *old: {"secret": key, **({"old_secret": old[0]} if old else {})}, receipt),
}  # fmt: skip
TIMED = ("grafana, signed", "slack", "discord", "webhook, receipts")


def made(name: str, options: Mapping[str, Any]) -> Any:
    kind, _, notifier = name.partition(", rec")
    kind = kind.partition(",")[0]
    for plugin in discover():
        offered: tuple[Any, ...] = plugin.notifiers if notifier else (*plugin.sources, *plugin.channels)
        for one in offered:
            if one.id == kind:
                return one.create(one.config.model_validate(dict(options)), FakeContext())
    raise LookupError(name)


async def let_in(adapter: Any, request: WebhookRequest) -> bool:
    """Whether somebody with this key is heard; what is said does not matter."""
    (route,) = [one for one in adapter.routes() if (one.method, one.path) == (request.method, request.path)]
    try:
        answer = await route.handler(request)
    except BadRequest as error:
        return error.status not in (401, 403, 404)
    refused = answer.status in (401, 403, 404) or (answer.status == 400 and b"routing" in answer.body.lower())
    return not refused


@pytest.mark.parametrize("name", CASES)
async def test_two_keys_are_live_and_then_one(name: str) -> None:
    options, send = CASES[name]
    for keys, good in (((OLD,), (OLD,)), ((NEW, OLD), (NEW, OLD)), ((NEW,), (NEW,))):
        adapter = made(name, options(*keys))
        for key in (OLD, NEW, STRANGE):
            assert await let_in(adapter, send(key)) is (key in good), (len(keys), key is NEW)


@pytest.mark.parametrize("name", TIMED)
async def test_what_was_signed_long_ago_is_refused(name: str) -> None:
    options, send = CASES[name]
    adapter = made(name, options(NEW))
    for off, good in ((-301, False), (-299, True), (299, True), (301, False)):
        late = msgspec.structs.replace(send(NEW), received_at=NOW + timedelta(seconds=off))
        assert await let_in(adapter, late) is good, off


def test_addresses_of_conversations_outlive_an_exchange() -> None:
    before, during, after = Signer(OLD, "web"), Signer(NEW, "web", OLD), Signer(NEW, "web")
    thread = "0" * 32
    address, fresh = before.sign("conversation", thread), during.sign("conversation", thread)
    assert fresh == after.sign("conversation", thread) != address
    assert [one.read("conversation", address) for one in (before, during, after)] == [thread, thread, None]
    assert [one.read("conversation", fresh) for one in (before, during, after)] == [None, thread, thread]
    assert during.read("form", address) is None


def test_mail_that_answers_an_old_one_is_known_during_an_exchange() -> None:
    support = Mailbox(local="support", domain="example.org")
    before, after = ReplyTokens(OLD, "mail", support), ReplyTokens(NEW, "mail", support)
    during = ReplyTokens(NEW, "mail", support, OLD)
    given = before.reply_to("ab" * 8, "ada@example.org")
    assert given is not None
    found = [one.find(given.address, "ada@example.org") for one in (before, during, after)]
    assert found == [("ab" * 8, True), ("ab" * 8, True), ("", False)]


def test_a_check_of_a_heartbeat_keeps_its_old_address_for_a_while() -> None:
    from incidentd_heartbeat.config import HeartbeatConfig

    checks = {"backup": {"period": "1d"}}
    old = HeartbeatConfig.model_validate({"ping_key": OLD, "checks": checks})
    both = HeartbeatConfig.model_validate({"ping_key": NEW, "old_ping_key": OLD, "checks": checks})
    assert old.address("backup") in both.addresses("backup")
    assert both.address("backup") == both.addresses("backup")[0] != old.address("backup")
    with pytest.raises(ValueError, match="old_ping_key cannot stand in an address"):
        HeartbeatConfig.model_validate({"ping_key": NEW, "old_ping_key": Secret("short")})
