from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, SignalKind, label_fingerprint
from incidentd.plugin.batches import Batch
from incidentd_alertmanager.decode import decode_alerts, decode_webhook

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RESOLVE_TIMEOUT = timedelta(minutes=5)
LABELS = {"alertname": "HighLatency", "service": "checkout"}


def decode(document: object) -> Batch:
    return decode_alerts(json.dumps(document).encode(), NOW, RESOLVE_TIMEOUT)


def one(**members: object):
    batch = decode([{"labels": LABELS, **members}])
    assert batch.faults == []
    (signal,) = batch.signals
    return signal


def fault(**members: object):
    batch = decode([{"labels": LABELS, **members}])
    assert batch.signals == []
    (found,) = batch.faults
    return found.field, found.message


def test_as_prometheus_sends_it() -> None:
    signal = one(
        annotations={"summary": "slow"},
        startsAt="2026-03-02T08:58:00.123456789Z",
        endsAt="2026-03-02T09:04:00Z",
        generatorURL="http://prometheus:9090/graph",
    )
    assert signal.kind is SignalKind.FIRING
    assert signal.key == label_fingerprint(LABELS)
    assert signal.labels == LABELS
    assert signal.annotations == {"summary": "slow"}
    assert signal.starts_at == datetime(2026, 3, 2, 8, 58, 0, 123457, tzinfo=UTC)
    assert signal.ends_at == datetime(2026, 3, 2, 9, 4, tzinfo=UTC)
    assert signal.generator_url == "http://prometheus:9090/graph"


@pytest.mark.parametrize("absent", [{}, {"endsAt": "0001-01-01T00:00:00.000Z", "startsAt": "0001-01-01T00:00:00Z"}])
@pytest.mark.parametrize("null", [{}, {"annotations": None, "generatorURL": None}])
def test_absent_times_fire_until_the_resolve_timeout(absent: dict[str, str], null: dict[str, None]) -> None:
    signal = one(**absent, **null)
    assert (signal.kind, signal.starts_at, signal.ends_at) == (SignalKind.FIRING, None, NOW + RESOLVE_TIMEOUT)


@pytest.mark.parametrize(
    ("ends_at", "kind"),
    [
        ("2026-03-02T08:59:59.999999Z", SignalKind.RESOLVED),
        ("2026-03-02T09:00:00Z", SignalKind.RESOLVED),
        ("2026-03-02T09:00:00.000001Z", SignalKind.FIRING),
        ("2026-03-02T10:30:00+02:00", SignalKind.RESOLVED),
    ],
)
def test_an_end_that_has_passed_means_resolved(ends_at: str, kind: SignalKind) -> None:
    assert one(startsAt="2026-03-02T08:00:00Z", endsAt=ends_at).kind is kind


def test_a_resolve_without_a_start() -> None:
    signal = one(endsAt="2026-03-02T08:00:00Z")
    assert (signal.kind, signal.starts_at) == (SignalKind.RESOLVED, None)


def test_empty_labels_are_dropped_before_the_identity() -> None:
    batch = decode([{"labels": {**LABELS, "instance": ""}}])
    assert batch.signals[0].labels == LABELS
    assert batch.signals[0].key == label_fingerprint(LABELS)


def test_empty_annotations_are_kept() -> None:
    assert one(annotations={"a": ""}).annotations == {"a": ""}


@pytest.mark.parametrize(
    ("member", "field", "words"),
    [
        ({"labels": {}}, "[0].labels", "at least one label"),
        ({"labels": {"a": ""}}, "[0].labels", "at least one label"),
        ({"labels": None}, "[0].labels", "at least one label"),
        ({"labels": []}, "[0].labels", "Expected `object"),
        ({"labels": {"alertname": 3}}, "[0].labels.alertname", "Expected `str`, got `int`"),
        ({"labels": {"a": "x", "b": None}}, "[0].labels.b", "Expected `str`, got `null`"),
        ({"labels": {"": "x"}}, "[0].labels", "a name must have"),
        ({"labels": {"n" * 1025: "x"}}, "[0].labels", "a name must have"),
        ({"labels": {"a": "x" * 65_537}}, "[0].labels.a", "length <= 65536"),
        ({"annotations": {"a": "x" * 65_537}}, "[0].annotations.a", "length <= 65536"),
        ({"annotations": {"a": {"b": 1}}}, "[0].annotations.a", "Expected `str`, got `object`"),
        ({"startsAt": "yesterday"}, "[0].startsAt", "RFC3339"),
        ({"startsAt": 1700000000}, "[0].startsAt", "Expected `datetime"),
        ({"endsAt": "2026-03-02T08:00:00"}, "[0].endsAt", "timezone"),
        ({"endsAt": "10000-01-01T00:00:00Z"}, "[0].endsAt", "RFC3339"),
        ({"endsAt": "-0001-01-01T00:00:00Z"}, "[0].endsAt", "RFC3339"),
        ({"generatorURL": 5}, "[0].generatorURL", "Expected `str"),
        ({"startsAt": "2026-03-02T09:10:00Z"}, "[0].startsAt", "start time must be before end time"),
        (
            {"startsAt": "2026-03-02T08:10:00Z", "endsAt": "2026-03-02T08:00:00Z"},
            "[0].startsAt",
            "start time must be before end time",
        ),
    ],
)
def test_what_is_wrong_is_named(member: dict[str, object], field: str, words: str) -> None:
    found, message = fault(**member)
    assert found == field
    assert words in message


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (rb'"\ud800"', "\ufffd"),
        (b'"\xff"', "\ufffd"),
        (rb'"\udc00\ud800"', "\ufffd\ufffd"),
        (rb'"\ud83d\udd25\udd25"', "\U0001f525\ufffd"),
        (rb'"\\ud800 \\\ud800\\"', "\\ud800 \\\ufffd\\"),
    ],
)
def test_broken_unicode_is_mended_as_alertmanager_does(raw: bytes, value: str) -> None:
    good = b'{"labels":{"alertname":"A"}}'
    batch = decode_alerts(b'[%b,{"labels":{"a":%b}},%b]' % (good, raw, good), NOW, RESOLVE_TIMEOUT)
    assert [signal.labels for signal in batch.signals] == [{"alertname": "A"}, {"a": value}, {"alertname": "A"}]
    assert batch.faults == []


def test_valid_alerts_of_a_partly_bad_batch_are_kept_in_order() -> None:
    batch = decode(
        [
            {"labels": {"alertname": "A"}},
            17,
            {"labels": {"alertname": "B"}, "endsAt": "never"},
            {"labels": {"alertname": 1}},
            {},
            {"labels": {"alertname": "C"}},
        ]
    )
    assert [signal.labels["alertname"] for signal in batch.signals] == ["A", "C"]
    assert [fault.field for fault in batch.faults] == ["[1]", "[2].endsAt", "[3].labels.alertname", "[4].labels"]
    assert "[3].labels.alertname: Expected `str`, got `int`" in batch.complaint()


def test_a_long_list_of_faults_is_cut() -> None:
    batch = decode([{"labels": {}}] * 300)
    assert len(batch.faults) == 300
    assert batch.complaint().endswith("; and 280 more")


def test_far_times_are_bounded() -> None:
    far = one(startsAt="0900-01-01T00:00:00Z", endsAt="9999-12-31T23:59:59.999999-14:00")
    assert far.starts_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert far.ends_at is not None
    assert NOW + timedelta(days=3650) < far.ends_at < NOW + timedelta(days=3660)
    assert far.ends_at.utcoffset() == timedelta(0)
    assert one(startsAt="0001-01-01T00:00:00+14:00").starts_at is None


def test_nul_is_made_visible_everywhere() -> None:
    batch = decode([{"labels": {"a\x00": "b\x00"}, "annotations": {"c": "\x00"}, "generatorURL": "http://x/\x00"}])
    (signal,) = batch.signals
    assert signal.labels == {"a\u2400": "b\u2400"}
    assert signal.annotations == {"c": "\u2400"}
    assert signal.generator_url == "http://x/\u2400"
    assert signal.key == label_fingerprint({"a\u2400": "b\u2400"})


@pytest.mark.parametrize("body", [b"{}", b"", b"null", b"[", b'["' + b"x" * 70, b'[{"x":' + b"[" * 100_000])
def test_what_is_no_array_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode_alerts(body, NOW, RESOLVE_TIMEOUT)


def test_an_empty_batch_is_fine() -> None:
    assert decode([]) == Batch([], [])


WEBHOOK = {
    "version": "4",
    "groupKey": '{}:{alertname="HighLatency"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "incidentd",
    "groupLabels": {"alertname": "HighLatency"},
    "commonLabels": LABELS,
    "commonAnnotations": {},
    "externalURL": "http://alertmanager:9093",
}
FIRING = {
    "status": "firing",
    "labels": LABELS,
    "annotations": {"summary": "slow"},
    "startsAt": "2026-03-02T08:58:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus:9090/graph",
    "fingerprint": "c2f7a9b00d1e2f33",
}


def webhook(*alerts: object, **members: object) -> Batch:
    return decode_webhook(json.dumps({**WEBHOOK, **members, "alerts": list(alerts)}).encode(), NOW)


def test_webhook_firing_lasts_until_it_is_resolved() -> None:
    (signal,) = webhook(FIRING).signals
    assert signal.kind is SignalKind.FIRING
    assert signal.key == "c2f7a9b00d1e2f33"
    assert signal.labels == LABELS
    assert signal.starts_at == datetime(2026, 3, 2, 8, 58, tzinfo=UTC)
    assert signal.ends_at is None


def test_webhook_keeps_the_order_and_prometheus_does_not_promise_it() -> None:
    assert webhook({"status": "firing", "labels": {"a": "b"}}).signals[0].in_order
    assert not decode([{"labels": {"a": "b"}}]).signals[0].in_order


def test_webhook_resolved() -> None:
    (signal,) = webhook({**FIRING, "status": "resolved", "endsAt": "2026-03-02T08:59:30Z"}).signals
    assert (signal.kind, signal.ends_at) == (SignalKind.RESOLVED, datetime(2026, 3, 2, 8, 59, 30, tzinfo=UTC))


@pytest.mark.parametrize("ends_at", ["0001-01-01T00:00:00Z", "2026-03-02T07:00:00Z"])
def test_webhook_resolve_is_never_lost_to_its_times(ends_at: str) -> None:
    (signal,) = webhook({**FIRING, "status": "resolved", "endsAt": ends_at}).signals
    assert signal.kind is SignalKind.RESOLVED
    assert signal.ends_at is not None
    assert signal.starts_at is not None
    assert signal.ends_at >= signal.starts_at


def test_webhook_without_fingerprint_is_known_by_its_labels() -> None:
    (signal,) = webhook({name: value for name, value in FIRING.items() if name != "fingerprint"}).signals
    assert signal.key == label_fingerprint(LABELS)


def test_webhook_as_grafana_sends_it() -> None:
    batch = webhook({**FIRING, "values": {"A": 1.5}, "silenceURL": "http://g/", "orgId": 1}, version="1", orgId=1)
    assert len(batch.signals) == 1


def test_webhook_names_what_is_wrong_and_keeps_the_rest() -> None:
    batch = webhook(FIRING, {**FIRING, "status": "maybe"}, {"labels": LABELS}, {**FIRING, "fingerprint": 1})
    assert len(batch.signals) == 1
    assert [fault.field for fault in batch.faults] == ["alerts[1].status", "alerts[2]", "alerts[3].fingerprint"]
    assert "status" in batch.faults[1].message


def test_webhook_without_alerts_is_refused() -> None:
    with pytest.raises(BadRequest, match="alerts"):
        decode_webhook(b'{"version":"4"}', NOW)


def check(batch: Batch) -> None:
    msgspec.json.encode(batch.signals)
    assert batch.complaint() is not None
    for signal in batch.signals:
        assert 0 < len(signal.key) <= 512
        assert signal.labels


ALERT_LIKE = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.one_of(st.none(), st.dictionaries(st.text(), st.one_of(st.text(), st.integers())), st.text()),
        "annotations": st.one_of(st.none(), st.dictionaries(st.text(), st.text())),
        "startsAt": st.one_of(st.datetimes().map(lambda at: at.isoformat() + "Z"), st.text(), st.integers()),
        "endsAt": st.one_of(st.datetimes().map(lambda at: at.isoformat() + "-13:59"), st.none()),
        "status": st.sampled_from(["firing", "resolved", "", 3]),
        "fingerprint": st.one_of(st.text(), st.none()),
        "generatorURL": st.one_of(st.text(), st.none(), st.booleans()),
    },
)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(), st.lists(ALERT_LIKE).map(lambda x: json.dumps(x).encode())))
def test_any_bytes_give_a_batch_or_a_bad_request(body: bytes) -> None:
    try:
        batch = decode_alerts(body, NOW, RESOLVE_TIMEOUT)
    except BadRequest:
        return
    check(batch)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(), st.lists(ALERT_LIKE).map(lambda x: json.dumps({"alerts": x}).encode())))
def test_any_bytes_to_the_webhook_give_a_batch_or_a_bad_request(body: bytes) -> None:
    try:
        batch = decode_webhook(body, NOW)
    except BadRequest:
        return
    check(batch)


def test_a_full_batch_is_decoded_fast() -> None:
    """The aim is over 100,000 alerts/s; the bound leaves room for a busy machine, the CPU time of one core counts."""
    labels = {**LABELS, "instance": "node-1:9100", "job": "node", "severity": "critical", "cluster": "eu"}
    alert = {
        "annotations": {"summary": "Latency is high", "description": "p99 latency of checkout is above 2 s"},
        "startsAt": "2026-03-02T08:58:00.123Z",
        "endsAt": "2026-03-02T09:04:00Z",
        "generatorURL": "http://prometheus:9090/graph?g0.expr=x",
    }
    body = json.dumps([{**alert, "labels": {**labels, "n": str(n)}} for n in range(256)]).encode()
    assert len({signal.key for signal in decode_alerts(body, NOW, RESOLVE_TIMEOUT).signals}) == 256
    best = min(_seconds(body) for _ in range(10))
    assert 256 / best > 50_000


def _seconds(body: bytes) -> float:
    started = time.process_time()
    decode_alerts(body, NOW, RESOLVE_TIMEOUT)
    return time.process_time() - started
