"""CloudEvents as the SDK sends them, and as others might."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pydantic
import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Secret, Signal, SignalKind, WebhookResponse
from incidentd.plugin.testing import SourceConformance, call, make_request, make_source
from incidentd_cloudevents.config import CloudEventsConfig
from incidentd_cloudevents.decode import decode_request
from incidentd_cloudevents.source import SOURCES

(KIND,) = SOURCES
PATH = "/cloudevents"
TOKEN = "token-of-events"
STRUCTURED = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}
BATCHED = {"Content-Type": "application/cloudevents-batch+json"}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "type": "com.example.disk.full",
    "source": "/monitoring/eu",
    "id": "a-1",
    "subject": "db-1/var",
    "time": "2026-03-02T08:59:30Z",
    "datacontenttype": "application/json",
    "data": {"title": "Disk is full", "severity": "critical", "labels": {"service": "database"}, "free": 3},
}


class Events:
    """A source, and what came of what was sent to it."""

    def __init__(self, **config: object) -> None:
        self.source, self.context = make_source(KIND, config)

    def post(self, body: bytes, headers: dict[str, str], **more: Any) -> WebhookResponse:
        return call(self.source, make_request(PATH, body, headers=headers, received_at=NOW, **more))

    def send(self, **members: object) -> WebhookResponse:
        """One structured event; a member that is None is left out."""
        event = {name: value for name, value in {**EVENT, **members}.items() if value is not None}
        return self.post(json.dumps(event).encode(), STRUCTURED)

    def batch(self, *events: object) -> WebhookResponse:
        return self.post(json.dumps(events).encode(), BATCHED)

    @property
    def signals(self) -> list[Signal]:
        return self.context.sink.signals


def one(config: dict[str, Any] | None = None, **members: object) -> Signal:
    events = Events(**config or {})
    answer = events.send(**members)
    assert answer.status == 200, answer.body
    (signal,) = events.signals
    return signal


def document(**members: object) -> bytes:
    return json.dumps({**EVENT, **members}).encode()


class TestStructuredConformance(SourceConformance):
    kind = KIND
    config = {"token": Secret(TOKEN)}
    secrets = (TOKEN,)
    sample = make_request(
        PATH, document(data={"title": "conformance-marker"}), headers={**STRUCTURED, "Authorization": f"Bearer {TOKEN}"}
    )


class TestBatchedConformance(SourceConformance):
    kind = KIND
    sample = make_request(PATH, b"[" + document(data={"title": "conformance-marker"}) + b"]", headers=BATCHED)


class TestBinaryConformance(SourceConformance):
    kind = KIND
    sample = make_request(
        PATH,
        b'{"title": "conformance-marker"}',
        headers={
            "Content-Type": "application/json", "ce-specversion": "1.0", "ce-type": "t", "ce-source": "/s",
            "ce-id": "1", "ce-subject": "x",
        },
    )  # fmt: skip

    # Any JSON is data here, and an event without data is one too: only what is no JSON is the sender's fault.
    @pytest.mark.parametrize("name", ["half", "no JSON", "array bomb", "UTF-16", "zero bytes", "gzip magic", "blank"])
    def test_bad_bodies_are_the_senders_fault(self, name: str) -> None:
        super().test_bad_bodies_are_the_senders_fault(name)

    def test_cut_sample_is_the_senders_fault(self) -> None:
        answer, signals = self.send(self.sample.body[:-3])
        assert (answer.status, signals) == (400, [])


# ------------------------------------------------------------------ the SDK as the sender
def sdk_event(**attributes: Any) -> CloudEvent:
    named = {name: EVENT[name] for name in ("type", "source", "id", "subject", "datacontenttype")}
    return CloudEvent({**named, "time": datetime(2026, 3, 2, 8, 59, 30, tzinfo=UTC), **attributes}, EVENT["data"])


@pytest.mark.parametrize("convert", [to_binary_event, to_structured_event])
def test_the_sdk_is_understood(convert) -> None:
    events = Events()
    message = convert(sdk_event(subject="db-1/vär 100 %", team="störage"))
    answer = events.post(message.body, dict(message.headers))
    assert (answer.status, json.loads(answer.body)) == (200, {"accepted": 1})
    (signal,) = events.signals
    assert (signal.key, signal.kind) == ("/monitoring/eu db-1/vär 100 %", SignalKind.FIRING)
    assert signal.starts_at == datetime(2026, 3, 2, 8, 59, 30, tzinfo=UTC)
    assert signal.labels == {
        "alertname": "Disk is full",
        "severity": "critical",
        "service": "database",
        "source": "/monitoring/eu",
        "type": "com.example.disk.full",
        "subject": "db-1/vär 100 %",
    }
    assert signal.annotations["summary"] == "Disk is full"
    assert json.loads(signal.annotations["data"]) == EVENT["data"]


def test_a_batch_of_the_sdks_events() -> None:
    bodies = [to_structured_event(sdk_event(id=str(n), subject=f"disk-{n}")).body for n in range(3)]
    events = Events()
    assert json.loads(events.post(b"[" + b",".join(bodies) + b"]", BATCHED).body) == {"accepted": 3}
    assert {signal.labels["subject"] for signal in events.signals} == {"disk-0", "disk-1", "disk-2"}


def test_all_three_ways_are_one_alert() -> None:
    events = Events()
    binary = to_binary_event(sdk_event(id="b"))
    events.post(binary.body, dict(binary.headers))
    events.send(id="s")
    events.batch({**EVENT, "id": "x"})
    assert len(events.signals) == 3
    assert len({signal.key for signal in events.signals}) == 1


# ------------------------------------------------------------------ delivered again
def test_an_event_that_is_delivered_again_changes_nothing() -> None:
    events = Events(resolved_types=["com.example.disk.free"])
    events.send()
    events.send(id="a-2", type="com.example.disk.free")
    assert events.send().status == 200
    assert [signal.kind for signal in events.signals] == [SignalKind.FIRING, SignalKind.RESOLVED]


def test_source_and_id_together_tell_events_apart() -> None:
    events = Events()
    for source, number in (("/a", "1"), ("/b", "1"), ("/a", "2"), ("/a", "1")):
        events.send(source=source, id=number)
    assert len(events.signals) == 3


def test_what_could_not_be_stored_is_taken_when_it_comes_again() -> None:
    events = Events()
    events.context.sink.available = False
    assert events.send().status == 503
    events.context.sink.available = True
    assert (events.send().status, len(events.signals)) == (200, 1)


def test_a_batch_keeps_the_order_of_each_alert() -> None:
    events = Events(resolved_types=["com.example.disk.free"])
    said = [("1", "full"), ("2", "free"), ("3", "full")]
    events.batch(*({**EVENT, "id": number, "type": f"com.example.disk.{what}"} for number, what in said))
    kinds = [signal.kind for signal in events.signals]
    assert kinds == [SignalKind.FIRING, SignalKind.RESOLVED, SignalKind.FIRING]


# ------------------------------------------------------------------ what it means
@pytest.mark.parametrize(
    ("config", "members", "kind"),
    [
        ({}, {}, SignalKind.FIRING),
        ({}, {"data": {"status": "resolved"}}, SignalKind.RESOLVED),
        ({}, {"data": {"status": "Dizzy"}}, SignalKind.FIRING),
        ({"resolved_types": ["com.example.disk.full"]}, {}, SignalKind.RESOLVED),
        ({"resolved_types": ["com.example.*"]}, {}, SignalKind.RESOLVED),
        ({"resolved_types": ["com.example"]}, {}, SignalKind.FIRING),
        ({"acknowledged_types": ["com.example.disk.*"]}, {}, SignalKind.ACKNOWLEDGED),
        ({"status": "data.free", "resolved_values": ["3"]}, {}, SignalKind.RESOLVED),
    ],
)
def test_type_and_status_say_what_is_meant(config, members, kind) -> None:
    assert one(config, **members).kind is kind


def test_ignored_types_are_accepted_and_dropped() -> None:
    events = Events(ignored_types=["com.example.*"])
    assert json.loads(events.send().body) == {"accepted": 0}
    assert events.signals == []


def test_the_mapping_leads_anywhere_in_the_event() -> None:
    config = {
        "key": "data.alarm.id", "title": "data.alarm.name", "severity": "level?", "labels": {"zone": "$.data.zone"},
        "annotations": {"schema": "dataschema?"}, "constants": {"service": "shop"}, "starts_at": "data.began",
    }  # fmt: skip
    data = {"alarm": {"id": 7, "name": "Door open"}, "zone": "b", "began": "2026-03-02T08:00:00Z"}
    signal = one(config, data=data, level="warning", dataschema="https://example.com/s")
    assert signal.key == "/monitoring/eu 7"
    assert signal.labels["alertname"] == "Door open"
    assert (signal.labels["severity"], signal.labels["zone"], signal.labels["service"]) == ("warning", "b", "shop")
    assert signal.annotations["schema"] == "https://example.com/s"
    assert signal.starts_at == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_resolve_ends_when_its_event_happened() -> None:
    signal = one(data={"status": "ok"})
    assert (signal.ends_at, signal.starts_at) == (datetime(2026, 3, 2, 8, 59, 30, tzinfo=UTC), None)


def test_without_a_subject_each_event_is_an_alert_and_nothing_can_be_resolved() -> None:
    assert one(subject=None).key == "/monitoring/eu a-1"
    answer = Events().send(subject=None, data={"status": "ok"})
    assert (answer.status, answer.body.partition(b":")[0]) == (400, b"subject")


def test_long_identities_are_hashed() -> None:
    assert len(one(subject="s" * 4000).key) == 32


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"data": "just text", "datacontenttype": "text/plain"}, "just text"),
        ({"data": None, "data_base64": base64.b64encode(b'{"a":1}').decode()}, '{"a":1}'),
        ({"data": None, "data_base64": "aGk=", "datacontenttype": "text/plain"}, "hi"),
        ({"data": None, "data_base64": "AAEC", "datacontenttype": "image/png"}, "3 bytes of image/png"),
        ({"data": [1, 2]}, "[1,2]"),
        ({"data": "x" * 10_000}, "x" * 8192),
    ],
)
def test_any_data_is_shown(members, shown) -> None:
    signal = one(**members)
    assert signal.annotations["data"] == shown
    assert signal.labels["alertname"] == "com.example.disk.full"
    assert signal.annotations["summary"] == "com.example.disk.full from /monitoring/eu"


# ------------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("members", "field"),
    [
        *(({name: None}, name) for name in ("id", "source", "specversion", "type")),
        *(({name: ""}, name) for name in ("id", "source", "type", "subject")),
        *(({name: 5}, name) for name in ("id", "source", "type", "subject", "time", "specversion")),
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-03-02T09:00:00"}, "time"),
        ({"id": "x" * 4097}, "id"),
        ({"data_base64": "aGk="}, "data_base64"),
        ({"data": None, "data_base64": "no!"}, "data_base64"),
        ({"data": None, "data_base64": "e3==", "datacontenttype": "application/json"}, "data"),
        ({"data": {"labels": [1]}}, "data.labels"),
        ({"data": {"severity": {}}}, "data.severity"),
    ],
)
def test_what_breaks_the_specification_is_named(members, field) -> None:
    events = Events()
    answer = events.send(**members)
    assert (answer.status, events.signals) == (400, [])
    assert answer.body.decode().partition(":")[0] == field


def test_a_bad_event_takes_none_of_its_batch_with_it() -> None:
    events = Events()
    answer = events.batch(EVENT, {**EVENT, "id": ""}, 5, {**EVENT, "id": "a-2"})
    assert (answer.status, len(events.signals)) == (400, 2)
    faults = json.loads(answer.body)["faults"]
    assert [fault["field"] for fault in faults] == ["[1].id", "[2]"]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Content-Type": "application/json"}, b"ce-specversion"),
        ({}, b"ce-specversion"),
        ({"Content-Type": "application/cloudevents+xml"}, b"Content-Type"),
        ({"Content-Type": "application/cloudevents-batch+avro"}, b"Content-Type"),
    ],
)
def test_other_formats_are_told_what_to_send(headers, words) -> None:
    answer = Events().post(json.dumps(EVENT).encode(), headers)
    assert answer.status == 415
    assert answer.body.startswith(words)
    assert b"application/cloudevents+json" in answer.body


def test_a_batch_has_a_bound() -> None:
    events = Events()
    assert events.batch(*({**EVENT, "id": str(n)} for n in range(1001))).status == 413
    assert events.signals == []


def test_a_large_batch_is_read_as_a_small_one() -> None:
    events = Events()
    assert events.batch(*({**EVENT, "id": str(n), "subject": f"disk-{n}"} for n in range(1000))).status == 200
    assert len(events.signals) == 1000


# ------------------------------------------------------------------ who may send
@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, {}, 200),
        ({}, {"access_token": TOKEN}, 200),
        ({"Authorization": "Bearer other"}, {}, 401),
        ({}, {}, 401),
    ],
)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_the_token_is_asked_for(headers, query, status, method) -> None:
    events = Events(token=Secret(TOKEN))
    sent = {**STRUCTURED, **headers, "WebHook-Request-Origin": "eventgrid.example"}
    assert events.post(document(), sent, query=query, method=method).status == status
    assert len(events.signals) == int(status == 200 and method == "POST")


def test_a_sender_that_asks_may_send() -> None:
    answer = Events().post(b"", {"WebHook-Request-Origin": "eventgrid.example"}, method="OPTIONS")
    assert (answer.status, answer.headers["WebHook-Allowed-Origin"]) == (200, "eventgrid.example")
    for origin in ("", "a b", "x" * 300, "é"):
        assert Events().post(b"", {"WebHook-Request-Origin": origin}, method="OPTIONS").status == 400


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"resolved_types": ["*"]}, "resolved_types"),
        ({"resolved_types": ["a*b"]}, "resolved_types"),
        ({"path": "events"}, "no absolute path"),
        ({"token": "plain-secret"}, "write a reference"),
        ({"key": "a..b"}, "empty part"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(config, words) -> None:
    with pytest.raises(pydantic.ValidationError, match=words) as caught:
        KIND.config.model_validate(config)
    assert "plain-secret" not in str(caught.value)


# ------------------------------------------------------------------ anything
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EVENT_LIKE = st.dictionaries(st.sampled_from([*EVENT, "data_base64"]), ANY_JSON).map(lambda odd: {**EVENT, **odd})
BODIES = st.binary() | (EVENT_LIKE | ANY_JSON | st.lists(EVENT_LIKE, max_size=3)).map(lambda x: json.dumps(x).encode())
BINARY = st.fixed_dictionaries(
    {"ce-specversion": st.just("1.0"), "ce-id": st.text(), "ce-source": st.text(), "ce-type": st.text()},
    optional={"content-type": st.text(), "ce-time": st.text(), "ce-subject": st.text()},
)
HEADERS = st.sampled_from([{"content-type": one["Content-Type"]} for one in (STRUCTURED, BATCHED)]) | BINARY


@settings(max_examples=100, deadline=None)
@given(HEADERS, BODIES)
def test_any_request_gives_signals_or_faults(headers: dict[str, str], body: bytes) -> None:
    refusal = ""
    said, faults = [], []
    try:
        said, faults = decode_request(headers, body, CloudEventsConfig(), NOW)
    except BadRequest as error:
        refusal = str(error)
    assert refusal or said or faults or json.loads(body) == []
    msgspec.json.encode([said, faults])
    for item in said:
        assert 0 < len(item.signal.key) <= 512
        texts = [item.signal.key, *item.signal.labels.values(), *item.signal.annotations.values()]
        assert "\x00" not in "".join(texts)
        assert all(item.signal.labels.values())
