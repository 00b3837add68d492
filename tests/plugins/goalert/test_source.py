from __future__ import annotations

import json
from typing import Any

import msgspec
import pydantic
import pytest

from incidentd.plugin import Secret, SignalKind
from incidentd.plugin.testing import SourceConformance, call, make_request, make_source
from incidentd_goalert.source import PATH, SOURCES

(KIND,) = SOURCES
TOKEN, NEW_TOKEN = "6e9c54b2-0f6e-4f2e-8a52-0d1f8a0b7c11", "0c1d7a53-3c5e-4dd5-9a55-4ff4f2a86d2e"
CONFIG = {"tokens": {"checkout": [Secret(TOKEN), Secret(NEW_TOKEN)], "web": [Secret("token-of-web")]}}
JSON = {"Content-Type": "application/json"}
BODY = json.dumps({"summary": "conformance-marker", "details": "41 % of payments fail", "meta": {"zone": "a"}}).encode()


class TestOpenConformance(SourceConformance):
    kind = KIND
    sample = make_request(PATH, BODY, headers=JSON)


class TestTokenConformance(SourceConformance):
    kind = KIND
    config = CONFIG
    secrets = (TOKEN, NEW_TOKEN, "token-of-web")
    sample = make_request(PATH, BODY, headers=JSON, query={"token": TOKEN})


def post(
    body: bytes = BODY,
    *,
    config: dict[str, Any] | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    peer: str = "127.0.0.1",
):
    source, context = make_source(KIND, CONFIG if config is None else config)
    request = make_request(PATH, body, query=query, headers=headers or {})
    answer = call(source, msgspec.structs.replace(request, peer=peer))
    return answer, context.sink.signals


def test_the_answer_is_204_without_a_body() -> None:
    answer, (signal,) = post(query={"token": TOKEN})
    assert (answer.status, answer.body) == (204, b"")
    assert signal.labels == {"alertname": "conformance-marker", "zone": "a", "service": "checkout"}


@pytest.mark.parametrize(
    "where",
    [
        {"query": {"token": TOKEN}},
        {"body": b"token=" + TOKEN.encode() + b"&summary=s"},
        {"body": json.dumps({"token": TOKEN, "summary": "s"}).encode()},
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
        {"query": {"token": NEW_TOKEN}},
    ],
)
def test_the_token_is_found_wherever_goalert_takes_it(where: dict[str, Any]) -> None:
    answer, (signal,) = post(**where)
    assert (answer.status, signal.labels["service"]) == (204, "checkout")


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + " ", "\udcff", "\u043a\u043b\u044e\u0447", TOKEN.upper()])
def test_any_other_token_is_refused(token: str | None) -> None:
    answer, signals = post(query={} if token is None else {"token": token})
    assert (answer.status, signals) == (401, [])


def test_a_new_token_of_the_service_closes_what_the_old_one_opened() -> None:
    _, (opened,) = post(b"summary=s&dedup=k", query={"token": TOKEN})
    _, (closed,) = post(b"dedup=k&action=close", query={"token": NEW_TOKEN})
    assert (closed.kind, closed.key) == (SignalKind.RESOLVED, opened.key)
    _, (other,) = post(b"summary=s&dedup=k", query={"token": "token-of-web"})
    assert other.key != opened.key


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("127.0.0.1", 204),
        ("127.8.8.8", 204),
        ("::1", 204),
        ("::ffff:127.0.0.1", 204),
        ("192.0.2.7", 401),
        ("::ffff:192.0.2.7", 401),
        ("fe80::1%eth0", 401),
        ("", 401),
        ("localhost", 401),
    ],
)
def test_without_tokens_only_this_machine_may_send(peer: str, status: int) -> None:
    answer, signals = post(config={}, query={"token": "any"}, peer=peer)
    assert (answer.status, len(signals)) == (status, int(status == 204))


def test_with_tokens_senders_elsewhere_may_send() -> None:
    assert post(query={"token": TOKEN}, peer="192.0.2.7")[0].status == 204


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ({"": [Secret("a")]}, "without a name"),
        ({"web": []}, "tokens.web has no token"),
        ({"web": [Secret("")]}, "tokens.web has no token or an empty one"),
        ({"web": [Secret("same-one")], "shop": [Secret("same-one")]}, "another service has"),
        ({"web": ["plain-secret"]}, "write a reference"),
        ({"web": Secret("x")}, "valid tuple"),
    ],
)
def test_bad_tokens_are_told_without_showing_them(tokens: object, words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=words) as caught:
        KIND.config.model_validate({"tokens": tokens})
    for secret in ("plain-secret", "same-one"):
        assert secret not in str(caught.value)
