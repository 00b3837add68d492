"""What the page says about who may call the routes of plugins is true: a stranger's request to each of them."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import msgspec
import pytest

from incidentd.plugin import Access, AlertSource, BadRequest, Notifier, SupportChannel, WebhookResponse
from incidentd.plugin.testing import make_request
from incidentd.pluginhost.discovery import discover

DOCS = Path(__file__).parents[2] / "docs"
STRANGER = "203.0.113.9"
_EVENT = {"routing_key": "u" * 32, "event_action": "trigger", "payload": {"summary": "x", "source": "y"}}
_LETTER = {
    "Type": "Notification",
    "MessageId": "1",
    "TopicArn": "arn:aws:sns:eu-central-1:123456789012:not-ours",
    "Message": "x",
    "Timestamp": "2026-03-14T09:00:00.000Z",
    "SignatureVersion": "1",
    "Signature": "AA==",
    "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/x.pem",
}
BODIES = (
    b"{}",
    b"[]",
    json.dumps(_EVENT).encode(),
    json.dumps(_LETTER).encode(),
    b"summary=disk&subject=x&kind=end_user&text=x&Body=x&From=%2B15005550001&MessageSid=SM1&AccountSid=AC1",
)
REFUSED = (401, 403)


def written_by(name: str):
    """A module beside the page that it writes."""
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(DOCS))


def served():
    return [
        pytest.param(route, context, id=f"{kind} {said} {route.method} {route.path}")
        for kind, said, routes, context in written_by("reference_authorisation").plugin_routes()
        for route in routes
    ]


def examples():
    module = written_by("listener_examples")
    return {*module.SOURCES, *module.CHANNELS, *module.NOTIFIERS}


def kept(context):
    """What a plugin gave to the daemon."""
    return [*context.sink.signals, *context.reports.messages, *context.receipts.reported, *context.silences.kept]


async def answer_of(route, body: bytes, peer: str) -> WebhookResponse:
    params = dict.fromkeys(
        ("id", "first", "second", "third", "token", "request_id", "identifier", "key", "person"), "x"
    )
    headers = {"content-type": "application/x-www-form-urlencoded" if body[:1] not in b"{[" else "application/json"}
    request = make_request(route.path, body, method=route.method, params=params, headers=headers)
    try:
        return await route.handler(msgspec.structs.replace(request, peer=peer))
    except BadRequest as error:
        return WebhookResponse(status=error.status, body=str(error).encode())


def assert_guarded(headers) -> None:
    """Nothing runs in a page, nobody frames it, no type is guessed, and no link tells its address."""
    policy = headers["Content-Security-Policy"]
    for word in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert word in policy
    assert "unsafe" not in policy
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert headers["Cache-Control"] in ("no-store", "public, max-age=15")


@pytest.mark.parametrize(("route", "context"), served())
async def test_a_stranger_gets_no_further_than_the_page_says(route, context):
    before = kept(context)
    answers = [await answer_of(route, body, STRANGER) for body in BODIES]
    for answer in answers:
        if answer.content_type.startswith("text/html"):
            assert_guarded(answer.headers)
    statuses = [answer.status for answer in answers]
    if route.access in (Access.OPEN, Access.PUBLIC):
        assert not set(REFUSED) & set(statuses)
        return
    assert kept(context) == before
    if route.access is Access.ADDRESS:  # whoever leaves has left: a page says so whatever the address
        assert set(statuses) <= ({200} if "unsubscribe" in route.path else {404, 410})
        return
    assert all(400 <= status < 500 for status in statuses)
    if "enqueue" not in route.path:  # PagerDuty says so of a key in a body: 400, with the key named
        assert set(REFUSED) & set(statuses), statuses
    if route.access is Access.LOCAL:
        assert not set(REFUSED) & {(await answer_of(route, body, "127.0.0.1")).status for body in BODIES}


def test_every_built_in_plugin_with_routes_is_on_the_page():
    known = examples()
    for plugin in discover():
        for base, kinds in (
            (AlertSource, plugin.sources),
            (SupportChannel, plugin.channels),
            (Notifier, plugin.notifiers),
        ):
            for kind in kinds:
                mute = getattr(kind.create, "routes", None) is base.routes
                assert mute or kind.id in known, kind.id
