from __future__ import annotations

import json
from typing import Any

import pydantic
import pytest

from incidentd.plugin import Secret
from incidentd.plugin.testing import SourceConformance, call, make_request, make_source
from incidentd_webhook.config import WebhookSourceConfig
from incidentd_webhook.source import SOURCES

(KIND,) = SOURCES
TOKEN = "correct-horse-battery-staple"
SAMPLE = b'{"key":"build/7","title":"conformance-marker","labels":{"team":"web"}}'


class TestDefaultConformance(SourceConformance):
    kind = KIND
    sample = make_request("/hook", SAMPLE)


class TestMappedConformance(SourceConformance):
    kind = KIND
    config = {
        "path": "/hook/ci",
        "token": Secret(TOKEN),
        "items": "builds",
        "key": "id",
        "status": "state",
        "resolved_values": ["passed"],
        "labels": {"project": "$.project"},
    }
    secrets = (TOKEN,)
    sample = make_request(
        "/hook/ci",
        b'{"project":"conformance-marker","builds":[{"id":7,"state":"failed","title":"Build failed"}]}',
        headers={"Authorization": f"Bearer {TOKEN}"},
    )


def post(body: bytes, config: dict[str, Any] | None = None, **request: Any):
    source, context = make_source(KIND, config or {})
    answer = call(source, make_request("/hook", body, **request))
    return answer, context.sink.signals


def test_the_answer_counts() -> None:
    answer, signals = post(SAMPLE)
    assert (answer.status, json.loads(answer.body)) == (200, {"accepted": 1})
    assert len(signals) == 1


def test_a_partly_bad_body_stores_the_good_and_names_the_bad() -> None:
    answer, signals = post(b"[%b,{}]" % SAMPLE)
    assert len(signals) == 1
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "accepted": 1,
        "rejected": 1,
        "faults": [{"field": "[1].title", "message": "is missing"}],
    }


def test_a_large_body_is_answered_as_a_small_one() -> None:
    answer, signals = post(json.dumps([{"key": str(n), "title": "x" * 100} for n in range(3000)] + [{}]).encode())
    assert (answer.status, len(signals)) == (400, 3000)
    assert json.loads(answer.body)["faults"] == [{"field": "[3000].title", "message": "is missing"}]


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
        {"headers": {"Authorization": f"bearer  {TOKEN}"}},
        {"headers": {"X-Token": TOKEN}},
        {"headers": {"Authorization": "Basic eA==", "X-Token": TOKEN}},
        {"query": {"token": TOKEN}},
    ],
)
def test_the_token_is_accepted_in_three_places(request_: dict[str, Any]) -> None:
    answer, signals = post(SAMPLE, {"token": Secret(TOKEN)}, **request_)
    assert (answer.status, len(signals)) == (200, 1)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"headers": {"Authorization": f"Bearer {TOKEN}x"}},
        {"headers": {"Authorization": "Bearer"}},
        {"headers": {"Authorization": TOKEN}},
        {"headers": {"X-Token": "caf\udce9\u20ac"}},
        {"query": {"token": ""}},
        {"query": {"token": f"{TOKEN}\n{TOKEN}"}},
    ],
)
def test_without_the_token_nothing_is_read(request_: dict[str, Any]) -> None:
    answer, signals = post(b"\x00 no JSON", {"token": Secret(TOKEN)}, **request_)
    assert (answer.status, signals) == (401, [])
    assert TOKEN.encode() not in answer.body


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"path": "hook"}, "absolute path"),
        ({"path": "/hook/{name}"}, "absolute path"),
        ({"path": "/hook?x=1"}, "absolute path"),
        ({"path": "/"}, "absolute path"),
        ({"labels": {"team": ""}}, "labels.team\n.*is an empty path"),
        ({"labels": {"team": "a..b"}}, "labels.team\n.*empty part"),
        ({"labels": {"": "a"}}, "labels"),
        ({"title": 5}, "title\n.*is no path"),
        ({"token": "plain"}, "token\n.*write a reference"),
        ({"resolved_values": ["Done"], "acknowledged_values": ["done"]}, "'done'.* in resolved_values and"),
        ({"titel": "x"}, "titel"),
    ],
)
def test_configuration_errors_say_what_and_where(config: dict[str, object], words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=words):
        WebhookSourceConfig.model_validate(config)


def test_a_token_written_in_plain_is_not_shown() -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        WebhookSourceConfig.model_validate({"token": TOKEN})
    assert TOKEN not in str(caught.value)


def test_both_hooks_answer() -> None:
    import incidentd_webhook

    assert [kind.id for kind in incidentd_webhook.incidentd_sources()] == ["webhook"]
    assert [kind.id for kind in incidentd_webhook.incidentd_notifiers()] == ["webhook"]
