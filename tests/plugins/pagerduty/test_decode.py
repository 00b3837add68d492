from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import SignalKind
from incidentd_pagerduty.decode import Event, InvalidEvent, alert_key, check_change, decode_event

KEY = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32
PAYLOAD = {"summary": "Disk full on db-1", "source": "db-1", "severity": "critical"}
TRIGGER = {"routing_key": KEY, "event_action": "trigger", "dedup_key": "disk/db-1", "payload": PAYLOAD}
SERVICES = {KEY: "database"}


def decode(document: object) -> Event:
    return decode_event(json.dumps(document).encode(), SERVICES.get, lambda: "generated")


def errors(document: object) -> tuple[str, ...]:
    with pytest.raises(InvalidEvent) as caught:
        decode(document)
    return caught.value.errors


def payload(**members: object) -> dict[str, Any]:
    return {**TRIGGER, "payload": {**PAYLOAD, **members}}


def test_trigger() -> None:
    event = decode(
        {
            **payload(
                timestamp="2015-07-17T08:42:58.315+0000",
                component="postgres",
                group="prod-datapipe",
                custom_details={"ping time": "1500ms", "load avg": 0.75},
            ),
            "client": "Sample Monitoring Service",
            "client_url": "https://monitoring.example.com",
            "links": [{"href": "https://example.com/", "text": "Runbook"}, {"href": "https://example.com/2"}],
            "images": [{"src": "https://example.com/i.png", "href": "https://example.com", "alt": "Graph"}],
        }
    )
    assert event.dedup_key == "disk/db-1"
    assert event.signal.key == alert_key(KEY, "disk/db-1")
    assert event.signal.kind is SignalKind.FIRING
    assert event.signal.labels == {
        "alertname": "Disk full on db-1",
        "severity": "critical",
        "source": "db-1",
        "component": "postgres",
        "group": "prod-datapipe",
        "service": "database",
    }
    assert event.signal.annotations == {
        "summary": "Disk full on db-1",
        "timestamp": "2015-07-17T08:42:58.315+0000",
        "custom_details": '{"ping time": "1500ms", "load avg": 0.75}',
        "links": "https://example.com/ Runbook\nhttps://example.com/2",
        "images": "https://example.com/i.png Graph",
        "client": "Sample Monitoring Service",
    }
    assert event.signal.generator_url == "https://monitoring.example.com"
    assert event.signal.starts_at is None


def test_the_class_names_the_alert_where_there_is_one() -> None:
    assert decode(payload(**{"class": "disk"})).signal.labels["alertname"] == "disk"


def test_a_long_summary_is_cut_in_the_label_only() -> None:
    signal = decode(payload(summary="s" * 1024)).signal
    assert len(signal.labels["alertname"]) == 200
    assert len(signal.annotations["summary"]) == 1024


@pytest.mark.parametrize(
    ("action", "kind"), [("acknowledge", SignalKind.ACKNOWLEDGED), ("resolve", SignalKind.RESOLVED)]
)
def test_acknowledge_and_resolve_need_no_payload_and_leave_the_labels_alone(action: str, kind: SignalKind) -> None:
    event = decode({"routing_key": KEY, "event_action": action, "dedup_key": "disk/db-1"})
    assert event.signal.kind is kind
    assert event.signal.key == decode(TRIGGER).signal.key
    assert event.signal.labels == {}


def test_resolve_as_alertmanager_sends_it_with_a_whole_payload() -> None:
    event = decode({**TRIGGER, "event_action": "resolve", "links": [], "images": []})
    assert (event.signal.kind, event.signal.labels) == (SignalKind.RESOLVED, {})


def test_a_dedup_key_is_made_for_a_trigger_only() -> None:
    without = {name: value for name, value in TRIGGER.items() if name != "dedup_key"}
    event = decode(without)
    assert event.dedup_key == "generated"
    assert event.signal.key == alert_key(KEY, "generated")
    assert decode({**without, "dedup_key": None}).dedup_key == "generated"
    for action in ("acknowledge", "resolve"):
        assert errors({**without, "event_action": action}) == ("'dedup_key' is missing or blank",)


def test_another_routing_key_is_another_alert() -> None:
    assert alert_key(KEY, "a") != alert_key(OTHER, "a")
    assert KEY not in alert_key(KEY, "a")
    assert len(alert_key(KEY, "d" * 255)) <= 512


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, "'routing_key' is missing or blank"),
        ({}, "'event_action' is missing or blank"),
        ({**TRIGGER, "routing_key": "short"}, "'routing_key' has an incorrect length (should be 32 characters)"),
        ({**TRIGGER, "routing_key": OTHER}, "'routing_key' is not known here"),
        ({**TRIGGER, "routing_key": 5}, "'routing_key' must be a string"),
        ({**TRIGGER, "event_action": "trigg"}, "'event_action' is invalid (must be one of the following: "),
        ({**TRIGGER, "dedup_key": "d" * 256}, "'dedup_key' is too long (maximum is 255 characters)"),
        ({**TRIGGER, "dedup_key": {}}, "'dedup_key' must be a string"),
        ({**TRIGGER, "payload": None}, "'payload' is missing or blank"),
        ({**TRIGGER, "payload": "x"}, "'payload' must be an object"),
        (payload(summary=""), "'payload.summary' is missing or blank"),
        (payload(summary=None), "'payload.summary' is missing or blank"),
        (payload(summary=["x"]), "'payload.summary' must be a string"),
        (payload(summary="s" * 1025), "'payload.summary' is too long (maximum is 1024 characters)"),
        (payload(source=" "), "'payload.source' is missing or blank"),
        (payload(severity="bad"), "'payload.severity' is invalid (must be one of the following: 'critical', "),
        (payload(severity=1), "'payload.severity' must be a string"),
        (payload(timestamp="yesterday"), "'payload.timestamp' is not a valid ISO 8601 time"),
        (payload(timestamp="10000-01-01T00:00:00Z"), "'payload.timestamp' is not a valid ISO 8601 time"),
        (payload(timestamp=1700000000), "'payload.timestamp' must be a string"),
        (payload(component="x" * 65_537), "'payload.component' is too long"),
        ({**TRIGGER, "links": {}}, "'links' must be an array of objects"),
        ({**TRIGGER, "links": ["x"]}, "'links' must be an array of objects"),
        ({**TRIGGER, "links": [{"href": "x"}, {}]}, "'links[1].href' is missing or blank"),
        ({**TRIGGER, "links": [{"href": "x"}] * 101}, "'links' has too many items"),
        ({**TRIGGER, "images": [{"src": 1}]}, "'images[0].src' must be a string"),
        ([], "Event object is not a JSON object"),
    ],
)
def test_faults_name_their_field(document: object, expected: str) -> None:
    found = errors(document)
    assert [text for text in found if text.startswith(expected)], found
    assert len(found) == len(set(found))


def test_all_faults_are_told_at_once() -> None:
    assert len(errors({**TRIGGER, "routing_key": "", "payload": {"severity": "x", "timestamp": "y"}})) == 5


def test_no_fault_shows_the_routing_key() -> None:
    assert OTHER not in " ".join(errors({"routing_key": OTHER, "event_action": "x"}))


@pytest.mark.parametrize("timestamp", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-03-02T09:00:00", ""])
def test_far_and_zero_times_are_no_fault_and_do_not_order_events(timestamp: str) -> None:
    assert decode(payload(timestamp=timestamp)).signal.starts_at is None


@pytest.mark.parametrize("details", ["text", [1, 2], 5, True, {"a": {"b": [None]}}, 10**40])
def test_custom_details_may_be_any_json(details: object) -> None:
    assert json.loads(decode(payload(custom_details=details)).signal.annotations["custom_details"]) == details


def test_nul_is_echoed_as_given_and_stored_visibly() -> None:
    event = decode({**payload(summary="a\x00b"), "dedup_key": "k\x00"})
    assert event.dedup_key == "k\x00"
    assert event.signal.key.endswith(":k\u2400")
    assert event.signal.labels["alertname"] == "a\u2400b"


def test_broken_unicode_is_mended() -> None:
    body = json.dumps(TRIGGER).encode().replace(b"Disk full", rb"\ud800" + b"\xff")
    assert decode_event(body, SERVICES.get, str).signal.annotations["summary"] == "\ufffd\ufffd on db-1"


def change_errors(document: object) -> tuple[str, ...]:
    with pytest.raises(InvalidEvent) as caught:
        check_change(json.dumps(document).encode(), SERVICES.get)
    return caught.value.errors


def test_change_events_are_checked() -> None:
    good = {"routing_key": KEY, "payload": {"summary": "Deployed 1.2", "timestamp": "2020-07-17T08:42:58.315+0000"}}
    check_change(json.dumps({**good, "links": [{"href": "https://example.com"}]}).encode(), SERVICES.get)
    assert change_errors({**good, "payload": {}}) == ("'payload.summary' is missing or blank",)
    assert change_errors({**good, "links": [{}]}) == ("'links[0].href' is missing or blank",)
    assert change_errors({**good, "routing_key": OTHER}) == ("'routing_key' is not known here",)
    assert change_errors({**good, "payload": {"summary": "x", "timestamp": "x"}}) == (
        "'payload.timestamp' is not a valid ISO 8601 time",
    )


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EVENT_LIKE = st.fixed_dictionaries(
    {"routing_key": st.just(KEY), "event_action": st.sampled_from(["trigger", "acknowledge", "resolve", "x"])},
    optional={
        "dedup_key": st.text(max_size=300) | ANY_JSON,
        "payload": st.fixed_dictionaries(
            {},
            optional={
                "summary": st.text(),
                "source": st.text(),
                "severity": st.sampled_from(["critical", "info", "", 1]),
                "timestamp": st.datetimes().map(str) | ANY_JSON,
                "class": ANY_JSON,
                "custom_details": ANY_JSON,
            },
        )
        | ANY_JSON,
        "links": st.lists(st.fixed_dictionaries({"href": st.text()})) | ANY_JSON,
        "images": ANY_JSON,
        "client_url": ANY_JSON,
    },
)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(), (EVENT_LIKE | ANY_JSON).map(lambda x: json.dumps(x).encode())))
def test_any_bytes_give_an_event_or_faults(body: bytes) -> None:
    faults: tuple[str, ...] = ()
    event: Event | None = None
    try:
        event = decode_event(body, SERVICES.get, lambda: "generated")
    except InvalidEvent as error:
        faults = error.errors
    assert (event is None) == bool(faults)
    if event is not None:
        msgspec.json.encode(event)
        assert 0 < len(event.signal.key) <= 512


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(), (EVENT_LIKE | ANY_JSON).map(lambda x: json.dumps(x).encode())))
def test_any_bytes_are_a_change_event_or_faults(body: bytes) -> None:
    valid = True
    faults: tuple[str, ...] = ()
    try:
        check_change(body, SERVICES.get)
    except InvalidEvent as error:
        valid, faults = False, error.errors
    assert valid != bool(faults)
