from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pydantic
import pytest

from incidentd.plugin import Secret, Signal, WebhookResponse
from incidentd.plugin.testing import FakeClock, SourceConformance, call, make_request, make_source
from incidentd_grafana.source import PATH, SOURCES

(KIND,) = SOURCES
KEY, OLD_KEY = "grafana-signing-key", "grafana-key-of-last-year"
TOKEN, PASSWORD = "grafana-bearer-token", "p4ss:wörd"
STAMP = "X-Grafana-Alerting-Timestamp"
BODY = json.dumps(
    {
        "version": "1",
        "truncatedAlerts": 0,
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "Checkout errors", "service": "checkout"},
                "annotations": {"summary": "conformance-marker"},
                "startsAt": "2026-03-02T08:59:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "fingerprint": "8f2a6f1c0d9e4b77",
            }
        ],
    }
).encode()
NOW = FakeClock().now()


def signed(body: bytes, *, key: str = KEY, at: int | None = None) -> dict[str, str]:
    """The headers that Grafana sends for `body`, made here without the plugin's own code."""
    content = body if at is None else str(at).encode() + b":" + body
    headers = {"X-Grafana-Alerting-Signature": hmac.new(key.encode(), content, hashlib.sha256).hexdigest()}
    return headers if at is None else {**headers, STAMP: str(at)}


def basic(username: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


class TestOpenConformance(SourceConformance):
    kind = KIND
    sample = make_request(PATH, BODY)


class TestSignedConformance(SourceConformance):
    kind = KIND
    config = {"secrets": [Secret(KEY), Secret(OLD_KEY)], "timestamp_header": STAMP}
    secrets = (KEY, OLD_KEY)
    sample = make_request(PATH, BODY, headers=signed(BODY, at=int(NOW.timestamp())))

    def send(self, body: bytes, path: str = "") -> tuple[WebhookResponse, list[Signal]]:
        source, context = self.make()
        headers = signed(body, at=int(NOW.timestamp()))
        return call(source, make_request(path or PATH, body, headers=headers)), context.sink.signals


class TestBearerConformance(SourceConformance):
    kind = KIND
    config = {"tokens": [Secret(TOKEN)], "username": "grafana", "password": Secret(PASSWORD)}
    secrets = (TOKEN, PASSWORD)
    sample = make_request(PATH, BODY, headers={"Authorization": f"Bearer {TOKEN}"})


def post(config: dict[str, Any], headers: dict[str, str], body: bytes = BODY, method: str = "POST"):
    source, context = make_source(KIND, config)
    answer = call(source, make_request(PATH, body, headers=headers, method=method))
    return answer.status, answer.body.decode(), context.sink.signals


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_both_methods_are_answered_with_a_count(method: str) -> None:
    status, text, signals = post({}, {}, method=method)
    assert (status, json.loads(text), len(signals)) == (200, {"accepted": 1}, 1)


def test_a_partly_bad_body_stores_the_good_and_names_the_bad() -> None:
    document = json.loads(BODY)
    document["alerts"].append({"status": "firing", "labels": {}})
    status, text, signals = post({}, {}, json.dumps(document).encode())
    assert (status, len(signals)) == (400, 1)
    fault = {"field": "alerts[1].labels", "message": "at least one label with a value is required"}
    assert json.loads(text) == {"accepted": 1, "rejected": 1, "faults": [fault]}


def test_a_large_body_is_answered_as_a_small_one() -> None:
    alert = json.loads(BODY)["alerts"][0]
    alerts = [{**alert, "fingerprint": f"{n:016x}"} for n in range(1000)]
    body = json.dumps({"alerts": [*alerts, 5]}).encode()
    assert len(body) > 128 * 1024
    config = {"secrets": [Secret(KEY)]}
    status, _, signals = post(config, signed(body), body)
    assert (status, len(signals)) == (400, 1000)
    assert post(config, signed(body, key="other"), body)[0] == 401


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
def test_any_of_the_live_keys_may_have_signed(key: str) -> None:
    config = {"secrets": [Secret(KEY), Secret(OLD_KEY)]}
    assert post(config, signed(BODY, key=key))[0] == 200


def test_a_signature_made_by_another_program() -> None:
    """Signed apart from the code under test, by `openssl dgst -sha256 -hmac key` over `1:{"alerts":[]}`."""
    config = {"secrets": [Secret("key")], "timestamp_header": STAMP, "replay_window": 3600}
    source, _ = make_source(KIND, config)
    request = make_request(
        PATH,
        b'{"alerts":[]}',
        headers={STAMP: "1", "X-Grafana-Alerting-Signature": OPENSSL_SIGNATURE},
        received_at=NOW.fromtimestamp(30, NOW.tzinfo),
    )
    assert call(source, request).status == 200


OPENSSL_SIGNATURE = "3f6eae113b1b4c9396bbcf91de29a941a1380ba3759080494d6db30318484e2b"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Grafana-Alerting-Signature": ""},
        {"X-Grafana-Alerting-Signature": "0" * 64},
        {"X-Grafana-Alerting-Signature": "\udcff" * 64},
        {"X-Grafana-Alerting-Signature": "ключ"},
        signed(BODY, key="another key"),
        signed(BODY + b" "),
        signed(BODY, at=int(NOW.timestamp())),
    ],
)
def test_an_unsigned_or_wrongly_signed_body_is_refused(headers: dict[str, str]) -> None:
    status, text, signals = post({"secrets": [Secret(KEY)]}, headers)
    assert (status, signals) == (401, [])
    assert "X-Grafana-Alerting-Signature" in text


def test_the_signature_header_can_be_renamed_and_its_case_does_not_matter() -> None:
    config = {"secrets": [Secret(KEY)], "signature_header": "X-Signed"}
    signature = signed(BODY)["X-Grafana-Alerting-Signature"]
    assert post(config, {"X-SIGNED": signature.upper()})[0] == 200


@pytest.mark.parametrize(("off", "status"), [(0, 200), (-300, 200), (300, 200), (-301, 401), (301, 401)])
def test_the_replay_window(off: int, status: int) -> None:
    config = {"secrets": [Secret(KEY)], "timestamp_header": STAMP}
    assert post(config, signed(BODY, at=int(NOW.timestamp()) + off))[0] == status


def test_the_timestamp_cannot_be_changed_or_left_out() -> None:
    config = {"secrets": [Secret(KEY)], "timestamp_header": STAMP}
    old = signed(BODY, at=int(NOW.timestamp()) - 4000)
    assert post(config, {**old, STAMP: str(int(NOW.timestamp()))})[0] == 401
    assert post(config, signed(BODY))[0] == 401
    for bad in ("", "soon", "-5", "1e9", "9" * 400, "\u0661\u0662"):
        assert post(config, {**old, STAMP: bad})[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {TOKEN}"},
        {"authorization": f"bearer  {TOKEN} "},
        {"Authorization": "Bearer second"},
        basic("grafana", PASSWORD),
    ],
)
def test_a_token_or_the_password_lets_in(headers: dict[str, str]) -> None:
    config = {"tokens": [Secret(TOKEN), Secret("second")], "username": "grafana", "password": Secret(PASSWORD)}
    assert post(config, headers)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer \udcff"},
        {"Authorization": f"Token {TOKEN}"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic /w=="},
        {"Authorization": f"Bearer grafana:{PASSWORD}"},
        basic("grafana", "wrong"),
        basic("other", PASSWORD),
    ],
)
def test_other_credentials_do_not(headers: dict[str, str]) -> None:
    config = {"tokens": [Secret(TOKEN)], "username": "grafana", "password": Secret(PASSWORD)}
    status, text, signals = post(config, headers)
    assert (status, signals) == (401, [])
    assert TOKEN not in text


def test_a_signature_and_a_token_are_both_asked_for() -> None:
    config = {"secrets": [Secret(KEY)], "tokens": [Secret(TOKEN)]}
    token = {"Authorization": f"Bearer {TOKEN}"}
    assert post(config, token)[0] == 401
    assert post(config, signed(BODY))[0] == 401
    assert post(config, {**signed(BODY), **token})[0] == 200


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"username": "x"}, "username and password belong together"),
        ({"password": Secret("x")}, "username and password belong together"),
        ({"timestamp_header": "X-T"}, "without secrets protects nothing"),
        ({"secrets": [Secret("k")], "signature_header": ""}, "signature_header is empty"),
        ({"secrets": [Secret("")]}, "a secret is empty"),
        ({"tokens": [Secret("")]}, "a secret is empty"),
        ({"signature_header": "a b"}, "is no header name"),
        ({"tokens": ["plain-secret"]}, "write a reference"),
        ({"replay_window": 0}, "greater than 0"),
    ],
)
def test_bad_configuration_is_told_without_secrets(config: dict[str, Any], words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=words) as caught:
        KIND.config.model_validate(config)
    assert "plain-secret" not in str(caught.value)
