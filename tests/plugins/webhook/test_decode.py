from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Signal, SignalKind, label_fingerprint
from incidentd.plugin.batches import Batch
from incidentd_webhook.config import WebhookSourceConfig
from incidentd_webhook.decode import decode_alerts

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLAIN = {"key": "build/7", "title": "Build is broken"}


def configured(**members: object) -> WebhookSourceConfig:
    return WebhookSourceConfig.model_validate(members)


def decode(document: object, **config: object) -> Batch:
    return decode_alerts(json.dumps(document).encode(), configured(**config), NOW)


def one(document: object, **config: object) -> Signal:
    batch = decode(document, **config)
    assert batch.faults == []
    (signal,) = batch.signals
    return signal


def fault(document: object, **config: object) -> tuple[str, str]:
    batch = decode(document, **config)
    assert batch.signals == []
    (found,) = batch.faults
    return found.field, found.message


def test_the_default_mapping() -> None:
    signal = one(
        {
            **PLAIN,
            "severity": "critical",
            "url": "https://ci.example.com/7",
            "labels": {"team": "web", "attempt": 3, "flaky": False, "empty": "", "none": None},
            "annotations": {"log": ["a", {"b": 1}], "note": "see log"},
            "unknown": [1, 2],
        }
    )
    assert signal.key == "build/7"
    assert signal.kind is SignalKind.FIRING
    assert signal.labels == {
        "alertname": "Build is broken",
        "severity": "critical",
        "team": "web",
        "attempt": "3",
        "flaky": "false",
    }
    assert signal.annotations == {"summary": "Build is broken", "log": '["a",{"b":1}]', "note": "see log"}
    assert signal.generator_url == "https://ci.example.com/7"
    assert (signal.starts_at, signal.ends_at) == (None, None)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("resolved", SignalKind.RESOLVED),
        (" OK ", SignalKind.RESOLVED),
        ("Acknowledged", SignalKind.ACKNOWLEDGED),
        ("firing", SignalKind.FIRING),
        ("never heard of", SignalKind.FIRING),
        ("", SignalKind.FIRING),
        (None, SignalKind.FIRING),
        (False, SignalKind.FIRING),
    ],
)
def test_status(status: object, kind: SignalKind) -> None:
    assert one({**PLAIN, "status": status}).kind is kind


def test_status_words_are_configured() -> None:
    config = {"resolved_values": ["FALSE", "2"], "acknowledged_values": ["1"]}
    assert one({**PLAIN, "status": False}, **config).kind is SignalKind.RESOLVED
    assert one({**PLAIN, "status": 2}, **config).kind is SignalKind.RESOLVED
    assert one({**PLAIN, "status": 1}, **config).kind is SignalKind.ACKNOWLEDGED
    assert one({**PLAIN, "status": "resolved"}, **config).kind is SignalKind.FIRING


def test_a_resolve_needs_its_key_only() -> None:
    signal = one({"key": "build/7", "status": "resolved"}, labels={"team": "team.name"})
    assert (signal.key, signal.kind, signal.labels) == ("build/7", SignalKind.RESOLVED, {})


def test_an_own_mapping() -> None:
    body = {
        "project": {"name": "checkout", "url": "https://ci/p"},
        "jobs": [{"id": 41, "result": "failure", "stage": "test"}, {"id": 42, "result": "success", "stage": "lint"}],
    }
    batch = decode(
        body,
        items="jobs",
        key="id",
        status="result",
        title="stage",
        url="$.project.url",
        labels={"service": "$.project.name", "stage": "stage"},
        annotations={"whole": "$.project"},
        constants={"alertname": "JobFailed", "stage": "any"},
    )
    first, second = batch.signals
    assert first.labels == {"alertname": "JobFailed", "service": "checkout", "stage": "any"}
    assert first.annotations == {"summary": "test", "whole": '{"name":"checkout","url":"https://ci/p"}'}
    assert first.generator_url == "https://ci/p"
    assert (first.key, first.kind) == ("41", SignalKind.FIRING)
    assert (second.key, second.kind) == ("42", SignalKind.RESOLVED)


def test_constants_cannot_be_overruled_by_the_sender() -> None:
    signal = one({**PLAIN, "labels": {"service": "payroll"}}, constants={"service": "ci"})
    assert signal.labels["service"] == "ci"


def test_without_a_key_the_labels_identify() -> None:
    signal = one({"title": "A", "labels": {"x": "1"}}, key="")
    assert signal.key == label_fingerprint({"alertname": "A", "x": "1"})
    assert fault({}, key="", title="") == ("", "at least one label is needed to tell alerts apart")


def test_a_body_may_be_an_array() -> None:
    batch = decode([PLAIN, {"key": "b"}, 5, {**PLAIN, "key": "c"}])
    assert [signal.key for signal in batch.signals] == ["build/7", "c"]
    assert [(fault.field, fault.message) for fault in batch.faults] == [
        ("[1].title", "is missing"),
        ("[2]", "must be an object, not a number"),
    ]


def test_faults_in_items_are_named_from_the_top() -> None:
    batch = decode({"data": {"alerts": [{"key": "a"}]}}, items="data.alerts")
    assert [fault.field for fault in batch.faults] == ["data.alerts[0].title"]


@pytest.mark.parametrize(
    ("document", "config", "field", "words"),
    [
        ({"title": "x"}, {}, "key", "is missing"),
        ({"key": None, "title": "x"}, {}, "key", "is missing"),
        ({"key": "", "title": "x"}, {}, "key", "must not be empty"),
        ({"key": "k" * 513, "title": "x"}, {}, "key", "longer than 512"),
        ({"key": {}, "title": "x"}, {}, "key", "must be a text, a number or a boolean, not an object"),
        ({"key": "a"}, {}, "title", "is missing"),
        ({"key": "a", "title": []}, {}, "title", "not an array"),
        ({**PLAIN, "labels": []}, {}, "labels", "must be an object, not an array"),
        ({**PLAIN, "labels": {"a": {}}}, {}, "labels.a", "not an object"),
        ({**PLAIN, "labels": {"": "x"}}, {}, "labels", "a name must have"),
        ({**PLAIN, "labels": {"a": "x" * 65_537}}, {}, "labels.a", "longer than 65536"),
        ({**PLAIN, "annotations": {"a": ["x" * 65_537]}}, {}, "annotations.a", "longer than 65536"),
        (PLAIN, {"labels": {"team": "team.name"}}, "team.name", "is missing"),
        (PLAIN, {"annotations": {"log": "$.log"}}, "log", "is missing"),
        ({**PLAIN, "at": "x"}, {"starts_at": "at"}, "at", "is no ISO 8601 time"),
        ({**PLAIN, "at": True}, {"starts_at": "at"}, "at", "must be a time, not a boolean"),
    ],
)
def test_what_is_wrong_is_named(document: object, config: dict[str, Any], field: str, words: str) -> None:
    found, message = fault(document, **config)
    assert found == field
    assert words in message


@pytest.mark.parametrize(
    ("document", "config", "words"),
    [
        ({}, {"items": "alerts"}, "is missing"),
        ({"alerts": {}}, {"items": "alerts"}, "must be an array, not an object"),
        ({"alerts": "x"}, {"items": "alerts?"}, "must be an array, not a text"),
    ],
)
def test_items_that_are_not_there(document: object, config: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        decode(document, **config)
    assert caught.value.field == "alerts"
    assert decode({}, items="alerts?") == Batch([], [])


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ("2026-03-02T08:00:00+01:00", datetime(2026, 3, 2, 7, 0, tzinfo=UTC)),
        ("2026-03-02T08:00:00", datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        (1772438400, datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        (1772438400500, datetime(2026, 3, 2, 8, 0, 0, 500_000, tzinfo=UTC)),
        (-5, datetime(1970, 1, 1, tzinfo=UTC)),
        (10**400, NOW + timedelta(days=3653)),
        (1e300, NOW + timedelta(days=3653)),
        ("0001-01-01T00:00:00Z", None),
        ("0900-01-01T00:00:00+14:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", NOW + timedelta(days=3653)),
    ],
)
def test_times(sent: object, at: datetime | None) -> None:
    assert one({**PLAIN, "at": sent}, starts_at="at").starts_at == at
    assert one({**PLAIN, "at": sent}, ends_at="at").ends_at == at


def test_nul_is_made_visible() -> None:
    signal = one({"key": "a\x00", "title": "b\x00", "labels": {"c\x00": "d\x00"}, "annotations": {"e": ["\x00"]}})
    assert signal.key == "a\u2400"
    assert signal.labels == {"alertname": "b\u2400", "c\u2400": "d\u2400"}
    assert "\x00" not in signal.annotations["e"]


@pytest.mark.parametrize("depth", [100, 500, 900, 960, 980, 990, 1000, 5000])
def test_depth_is_no_way_to_crash(depth: int) -> None:
    body = b'{"key":"a","title":"b","annotations":{"x":' + b"[" * depth + b"]" * depth + b"}}"
    try:
        batch = decode_alerts(body, configured(), NOW)
    except BadRequest:
        return
    assert len(batch.signals) + len(batch.faults) == 1


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OPTIONAL = ("status", "severity", "url", "labels", "annotations", "starts_at", "ends_at")
ALERT_LIKE = st.fixed_dictionaries(
    {"key": st.text(min_size=1) | ANY_JSON, "title": st.text()}, optional=dict.fromkeys(OPTIONAL, ANY_JSON)
)
CONFIGS = [
    configured(starts_at="starts_at?", ends_at="ends_at?"),
    configured(items="alerts?", key="", labels={"x": "labels.x?"}, annotations={"y": "$.labels?"}),
]


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.binary(),
        ANY_JSON.map(lambda x: json.dumps(x).encode()),
        st.lists(ALERT_LIKE).map(lambda x: json.dumps(x).encode()),
        st.lists(ALERT_LIKE).map(lambda x: json.dumps({"alerts": x}).encode()),
    ),
    st.sampled_from(CONFIGS),
)
def test_any_bytes_give_a_batch_or_a_bad_request(body: bytes, config: WebhookSourceConfig) -> None:
    try:
        batch = decode_alerts(body, config, NOW)
    except BadRequest:
        return
    msgspec.json.encode(batch)
    for signal in batch.signals:
        assert 0 < len(signal.key) <= 512
        assert all(type(value) is str for value in signal.labels.values())
