from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from incidentd.plugin import ActiveAlert, SignalKind
from incidentd.plugin.testing import FakeContext, SourceConformance, call, make_request, make_source
from incidentd_alertmanager.source import SOURCES

(KIND,) = SOURCES
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TestPostAlertsConformance(SourceConformance):
    kind = KIND
    sample = make_request(
        "/api/v2/alerts",
        b'[{"labels":{"alertname":"A","service":"checkout"},"annotations":{"summary":"conformance-marker"}},'
        b'{"labels":{"alertname":"B"},"startsAt":"2026-03-02T08:00:00+01:00"}]',
    )


class TestWebhookConformance(SourceConformance):
    kind = KIND
    sample = make_request(
        "/api/v2/webhook",
        b'{"version":"4","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"conformance-marker"},'
        b'"startsAt":"2026-03-02T08:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"c2f7a9b00d1e2f33"}]}',
    )


def active(number: int, **changes: object) -> ActiveAlert:
    members: dict[str, object] = {
        "id": number,
        "source": "prometheus",
        "key": f"{number:032x}",
        "status": "firing",
        "labels": {"alertname": "HighLatency", "instance": f"node-{number}"},
        "annotations": {"summary": "slow"},
        "starts_at": NOW - timedelta(minutes=number),
        "ends_at": NOW + timedelta(minutes=4),
        "updated_at": NOW,
        "generator_url": "http://prometheus/graph",
        "service": "checkout",
        "acknowledged": False,
        "group_id": 1,
        "group_labels": {"alertname": "HighLatency"},
    }
    return ActiveAlert(**{**members, **changes})  # type: ignore[arg-type]


def get(path: str, alerts: list[ActiveAlert], **query: str):
    context = FakeContext(version="9.9")
    source, _ = make_source(KIND, {}, context)
    context.reader.active = alerts
    answer = call(source, make_request(path, method="GET", query=query))
    return answer.status, json.loads(answer.body)


def names(document: list[dict]) -> list[str]:
    return sorted(alert["labels"]["instance"] for alert in document)


def test_a_partly_bad_batch_stores_the_good_and_answers_400() -> None:
    source, context = make_source(KIND, {})
    answer = call(source, make_request("/api/v2/alerts", b'[{"labels":{"a":"1"}},{"labels":{"alertname":7}}]'))
    assert [signal.labels for signal in context.sink.signals] == [{"a": "1"}]
    assert answer.status == 400
    assert json.loads(answer.body) == "[1].labels.alertname: Expected `str`, got `int`"


def test_a_bad_batch_while_the_store_is_away_is_answered_5xx() -> None:
    source, context = make_source(KIND, {})
    context.sink.available = False
    request = make_request("/api/v2/alerts", b'[{"labels":{"a":"1"}},{"labels":{}}]')
    assert call(source, request).status == 503


def test_resolve_timeout_is_configured() -> None:
    source, context = make_source(KIND, {"resolve_timeout": 60})
    call(source, make_request("/api/v2/alerts", b'[{"labels":{"a":"1"}}]', received_at=NOW))
    (signal,) = context.sink.signals
    assert (signal.kind, signal.ends_at) == (SignalKind.FIRING, NOW + timedelta(seconds=60))


def test_status_has_what_amtool_requires() -> None:
    status, document = get("/api/v2/status", [])
    assert status == 200
    assert document["cluster"] == {"status": "disabled", "peers": []}
    assert document["versionInfo"]["version"] == "9.9"
    assert set(document["versionInfo"]) == {"version", "revision", "branch", "buildUser", "buildDate", "goVersion"}
    assert document["uptime"] == "2026-03-02T09:00:00Z"
    assert "receiver: default" in document["config"]["original"]


def test_alerts_have_alertmanagers_shape() -> None:
    status, (alert,) = get("/api/v2/alerts", [active(1)])
    assert status == 200
    assert len(alert.pop("fingerprint")) == 16
    assert alert == {
        "annotations": {"summary": "slow"},
        "endsAt": "2026-03-02T09:04:00Z",
        "startsAt": "2026-03-02T08:59:00Z",
        "updatedAt": "2026-03-02T09:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "labels": {"alertname": "HighLatency", "instance": "node-1"},
        "receivers": [{"name": "checkout"}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
    }


def test_alert_without_end_link_or_service() -> None:
    _, (alert,) = get("/api/v2/alerts", [active(1, ends_at=None, generator_url="", service="")])
    assert alert["endsAt"] == "2026-03-02T09:05:00Z"
    assert "generatorURL" not in alert
    assert alert["receivers"] == [{"name": "default"}]


def test_fingerprints_tell_alerts_apart_and_keep_alertmanagers_own() -> None:
    alerts = [active(1), active(2), active(1, source="other"), active(3, key="c2f7a9b00d1e2f33")]
    _, document = get("/api/v2/alerts", alerts)
    prints = [alert["fingerprint"] for alert in document]
    assert len(set(prints)) == 4
    assert prints == sorted(prints)
    assert "c2f7a9b00d1e2f33" in prints


def test_resolved_alerts_are_not_listed() -> None:
    assert get("/api/v2/alerts", [active(1, status="resolved")]) == (200, [])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"active": "true", "inhibited": "false", "silenced": "false", "unprocessed": "false"}, ["node-1", "node-2"]),
        ({"active": "false"}, []),
        ({"filter": 'instance="node-1"'}, ["node-1"]),
        ({"filter": "instance!=node-1"}, ["node-2"]),
        ({"filter": 'instance=~"node-(1|9)"'}, ["node-1"]),
        ({"filter": 'instance=~"node"'}, []),
        ({"filter": 'instance!~"node-1"'}, ["node-2"]),
        ({"filter": 'alertname="HighLatency"\ninstance="node-2"'}, ["node-2"]),
        ({"filter": 'alertname="HighLatency"\ninstance="node-9"'}, []),
        ({"receiver": "check.*"}, ["node-1"]),
        ({"receiver": "check"}, []),
        ({"receiver": 'a"b\\.c'}, []),
    ],
)
def test_filters(query: dict[str, str], expected: list[str]) -> None:
    status, document = get("/api/v2/alerts", [active(1), active(2, service="search")], **query)
    assert status == 200
    assert names(document) == expected


@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/silences"])
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"filter": "nonsense"}, "filter"),
        ({"filter": 'a=~"("'}, "filter"),
        ({"receiver": "("}, "receiver"),
        ({"active": "perhaps"}, "active"),
        ({"silenced": ""}, "silenced"),
    ],
)
def test_bad_filters_are_named_in_a_json_string(path: str, query: dict[str, str], named: str) -> None:
    status, document = get(path, [], **query)
    assert status == 400
    assert document.startswith(f"{named}: ")


def test_groups() -> None:
    alerts = [
        active(1),
        active(2),
        active(3, group_id=2, group_labels={"alertname": "DiskFull"}, labels={"instance": "node-3"}),
        active(4, group_id=None, group_labels={}),
    ]
    status, document = get("/api/v2/alerts/groups", alerts)
    assert status == 200
    assert [(group["labels"], names(group["alerts"]), group["receiver"]) for group in document] == [
        ({"alertname": "HighLatency"}, ["node-1", "node-2"], {"name": "checkout"}),
        ({"alertname": "DiskFull"}, ["node-3"], {"name": "checkout"}),
        ({}, ["node-4"], {"name": "checkout"}),
    ]
    _, filtered = get("/api/v2/alerts/groups", alerts, filter="instance=node-3")
    assert len(filtered) == 1


def test_what_is_large_is_answered_as_what_is_small() -> None:
    alerts = [active(number) for number in range(3000)]
    _, listed = get("/api/v2/alerts", alerts)
    assert len(names(listed)) == 3000
    source, context = make_source(KIND, {})
    body = json.dumps([{"labels": {"a": str(n), "filling": "x" * 1000}} for n in range(1000)] + [{}]).encode()
    answer = call(source, make_request("/api/v2/alerts", body))
    assert (answer.status, len(context.sink.signals)) == (400, 1000)
    assert json.loads(answer.body).startswith("[1000].labels: ")


def test_receivers_and_silences() -> None:
    assert get("/api/v2/receivers", [active(1), active(2, service="")])[1] == [
        {"name": "checkout"},
        {"name": "default"},
    ]
    assert get("/api/v2/silences", []) == (200, [])


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready"])
def test_health(path: str) -> None:
    source, _ = make_source(KIND, {})
    answer = call(source, make_request(path, method="GET"))
    assert (answer.status, answer.body) == (200, b"OK")
