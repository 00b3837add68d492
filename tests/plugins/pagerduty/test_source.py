from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pydantic
import pytest

from incidentd.plugin import SignalKind
from incidentd.plugin.testing import SourceConformance, call, make_request, make_source
from incidentd_pagerduty.config import PagerdutyConfig
from incidentd_pagerduty.source import SOURCES

(KIND,) = SOURCES
KEY = "0123456789abcdef0123456789abcdef"
TRIGGER = {
    "routing_key": KEY,
    "event_action": "trigger",
    "dedup_key": "disk/db-1",
    "payload": {"summary": "conformance-marker", "source": "db-1", "severity": "error"},
}


class TestEventsConformance(SourceConformance):
    kind = KIND
    config = {"routing_keys": {KEY: "database"}}
    secrets = (KEY,)
    sample = make_request("/v2/enqueue", json.dumps(TRIGGER).encode())
    bad_paths = ("/v2/enqueue", "/v2/change/enqueue")


def post(document: object, path: str = "/v2/enqueue", config: Mapping[str, Any] | None = None):
    source, context = make_source(KIND, config or {})
    answer = call(source, make_request(path, json.dumps(document).encode()))
    return answer.status, json.loads(answer.body), context.sink.signals


def test_trigger_is_answered_as_pagerduty_does() -> None:
    status, document, (signal,) = post(TRIGGER)
    assert status == 202
    assert document == {"status": "success", "message": "Event processed", "dedup_key": "disk/db-1"}
    assert signal.kind is SignalKind.FIRING
    assert "service" not in signal.labels


def test_generated_dedup_keys_differ_and_resolve_the_same_alert() -> None:
    without = {name: value for name, value in TRIGGER.items() if name != "dedup_key"}
    _, first, (signal,) = post(without)
    _, second, _ = post(without)
    assert first["dedup_key"] != second["dedup_key"]
    _, _, (resolve,) = post({"routing_key": KEY, "event_action": "resolve", "dedup_key": first["dedup_key"]})
    assert (resolve.key, resolve.kind) == (signal.key, SignalKind.RESOLVED)


def test_faults_are_answered_as_pagerduty_does() -> None:
    status, document, signals = post({**TRIGGER, "routing_key": "short"})
    assert (status, signals) == (400, [])
    assert document == {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": ["'routing_key' has an incorrect length (should be 32 characters)"],
    }


def test_routing_keys_choose_the_service_and_shut_others_out() -> None:
    config = {"routing_keys": {KEY: "database", "e" * 32: "web"}}
    _, _, (signal,) = post(TRIGGER, config=config)
    assert signal.labels["service"] == "database"
    status, document, signals = post({**TRIGGER, "routing_key": "d" * 32}, config=config)
    assert (status, document["errors"], signals) == (400, ["'routing_key' is not known here"], [])


def test_change_events_are_accepted_and_become_nothing() -> None:
    status, document, signals = post({"routing_key": KEY, "payload": {"summary": "Deployed"}}, "/v2/change/enqueue")
    assert (status, document) == (202, {"status": "success", "message": "Change event processed"})
    assert signals == []


def test_the_limit_is_512_kilobytes() -> None:
    source, _ = make_source(KIND, {})
    assert {route.max_body for route in source.routes()} == {512 * 1024}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"secret-too-short": "web"}, "not 32 characters long — correct key 1 of 1"),
        ({KEY: "web", "s" * 32: " "}, "without a service — give one to key 2 of 2"),
        ({KEY: 5}, "without a service — give one to key 1 of 1"),
        (["x"], "is no table"),
    ],
)
def test_bad_routing_keys_are_told_without_showing_them(keys: object, words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=words) as caught:
        PagerdutyConfig.model_validate({"routing_keys": keys})
    for secret in ("secret-too-short", KEY, "s" * 32):
        assert secret not in str(caught.value)
