from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Signal, SignalKind
from incidentd_sentry.config import SentryConfig
from incidentd_sentry.decode import decode_hook

CONFIG = SentryConfig.model_construct(secrets=(), services={"storefront": "checkout", "77": "billing"})
ACTOR = {"id": "sentry", "name": "Sentry", "type": "application"}
INSTALLATION = {"uuid": "0d1f8a0b-3c5e-4dd5-9a55-4ff4f2a86d2e"}
EVENT: dict[str, Any] = {
    "_ref": 1,
    "contexts": {"browser": {"name": "Firefox", "version": "140.0"}},
    "culprit": "pay(basket)",
    "datetime": "2026-03-02T08:59:30.123000Z",
    "environment": "prod",
    "event_id": "b1946ac92492d2347c6235b4d2611184",
    "exception": {"values": [{"type": "TypeError", "value": "basket is undefined", "stacktrace": {"frames": []}}]},
    "issue_id": "5510001234",
    "issue_url": "https://sentry.io/api/0/organizations/shop/issues/5510001234/",
    "level": "fatal",
    "message": "",
    "platform": "javascript",
    "project": 4509001,
    "release": "storefront@2.14.0",
    "tags": [["browser", "Firefox 140.0"], ["environment", "prod"], ["handled", "no"]],
    "title": "TypeError: basket is undefined",
    "type": "error",
    "url": "https://sentry.io/api/0/projects/shop/storefront/events/b1946ac92492d2347c6235b4d2611184/",
    "web_url": "https://shop.sentry.io/issues/5510001234/events/b1946ac92492d2347c6235b4d2611184/",
}
ISSUE_ALERT: dict[str, Any] = {
    "action": "triggered",
    "actor": ACTOR,
    "installation": INSTALLATION,
    "data": {"event": EVENT, "triggered_rule": "New fatal error", "issue_alert": {"title": "New fatal error"}},
}
METRIC: dict[str, Any] = {
    "id": "901",
    "identifier": "12",
    "title": "Many failed payments",
    "organization_id": "5",
    "projects": ["storefront", "mobile"],
    "status": 20,
    "date_started": "2026-03-02T08:50:00Z",
    "alert_rule": {
        "id": "31",
        "name": "Many failed payments",
        "aggregate": "count()",
        "dataset": "events",
        "environment": "prod",
        "projects": ["storefront", "mobile"],
        "query": "level:error",
        "time_window": 10,
        "triggers": [{"id": "1", "label": "critical", "actions": []}],
    },
}
METRIC_ALERT: dict[str, Any] = {
    "action": "critical",
    "actor": ACTOR,
    "installation": INSTALLATION,
    "data": {
        "description_text": "512 events in the last 10 minutes\nFilter: level:error",
        "description_title": "Critical: Many failed payments",
        "metric_alert": METRIC,
        "web_url": "https://shop.sentry.io/organizations/shop/alerts/rules/details/31/",
    },
}
ISSUE: dict[str, Any] = {
    "action": "resolved",
    "actor": {"type": "user", "id": 7, "name": "ada"},
    "installation": INSTALLATION,
    "data": {
        "issue": {
            "id": "5510001234",
            "shortId": "STOREFRONT-4K",
            "title": "TypeError: basket is undefined",
            "status": "resolved",
            "statusDetails": {"inNextRelease": True},
            "project": {"id": "4509001", "slug": "storefront", "name": "storefront", "platform": "javascript"},
            "count": "3",
        }
    },
}


def decode(resource: str, document: object) -> Signal | None:
    return decode_hook(resource, json.dumps(document).encode(), CONFIG.service_of)


def alert(resource: str, document: object) -> Signal:
    signal = decode(resource, document)
    assert signal is not None
    return signal


def issue_alert(**members: object) -> Signal:
    return alert("event_alert", {**ISSUE_ALERT, "data": {**ISSUE_ALERT["data"], "event": {**EVENT, **members}}})


def metric_alert(action: str = "critical", **members: object) -> Signal:
    document = {**METRIC_ALERT, "action": action}
    return alert("metric_alert", {**document, "data": {**METRIC_ALERT["data"], "metric_alert": {**METRIC, **members}}})


def test_an_issue_alert_with_everything() -> None:
    signal = alert("event_alert", ISSUE_ALERT)
    assert (signal.key, signal.kind) == ("issue:5510001234", SignalKind.FIRING)
    assert signal.labels == {
        "alertname": "New fatal error",
        "severity": "critical",
        "level": "fatal",
        "project": "storefront",
        "organization": "shop",
        "environment": "prod",
        "service": "checkout",
    }
    assert signal.annotations == {
        "summary": "TypeError: basket is undefined",
        "culprit": "pay(basket)",
        "platform": "javascript",
        "release": "storefront@2.14.0",
    }
    assert signal.generator_url == EVENT["web_url"]
    # An issue that was resolved and comes back must not be taken for late news of its first event.
    assert signal.starts_at is None


ACTIVITY_ALERT: dict[str, Any] = {
    "action": "triggered",
    "actor": ACTOR,
    "installation": INSTALLATION,
    "data": {
        "activity": {"type": "set_regression"},
        "issue": {
            **ISSUE["data"]["issue"],
            "status": "unresolved",
            "substatus": "regressed",
            "level": "error",
            "culprit": "pay(basket)",
            "web_url": "https://shop.sentry.io/issues/5510001234/",
        },
        "triggered_rule": "It is back",
    },
}


def test_an_activity_alert_is_the_issues_alert() -> None:
    signal = alert("activity_alert", ACTIVITY_ALERT)
    assert (signal.key, signal.kind) == (issue_alert().key, SignalKind.FIRING)
    assert signal.labels == {
        "alertname": "It is back",
        "severity": "error",
        "level": "error",
        "project": "storefront",
        "service": "checkout",
    }
    assert signal.annotations == {
        "summary": "TypeError: basket is undefined", "culprit": "pay(basket)", "activity": "set_regression",
    }  # fmt: skip
    assert signal.generator_url == "https://shop.sentry.io/issues/5510001234/"


def test_an_activity_that_ended_the_issue_ends_its_alert() -> None:
    issue = {**ACTIVITY_ALERT["data"]["issue"], "status": "resolved"}
    signal = alert("activity_alert", {**ACTIVITY_ALERT, "data": {"issue": issue}})
    assert (signal.key, signal.kind, signal.labels) == (issue_alert().key, SignalKind.RESOLVED, {})


def test_an_issue_that_is_archived_says_its_substatus_and_ends() -> None:
    """What Sentry sends today for "archive until escalating": the action is archived, the status ignored."""
    members = {"status": "ignored", "substatus": "archived_until_escalating", "statusDetails": {}}
    archived = {**ISSUE, "action": "archived", "data": {"issue": {**ISSUE["data"]["issue"], **members}}}
    assert alert("issue", archived).kind is SignalKind.RESOLVED


def test_an_issue_without_a_stack_trace_is_an_alert_too() -> None:
    """Performance, uptime and cron issues have another kind of event: no level of their own kind, no exception."""
    event = {
        "event_id": "7e1f", "issue_id": "5510007777", "type": "generic", "title": "Uptime detected for shop.example",
        "level": "error", "project": 4509001, "occurrence": {"type": 7001, "evidenceData": {}}, "tags": [],
        "web_url": "https://shop.sentry.io/issues/5510007777/events/7e1f/",
    }  # fmt: skip
    signal = alert("event_alert", {**ISSUE_ALERT, "data": {"event": event, "triggered_rule": "Uptime"}})
    assert (signal.key, signal.labels["alertname"], signal.labels["project"]) == (
        "issue:5510007777",
        "Uptime",
        "4509001",
    )


def test_another_event_of_the_issue_is_the_same_alert() -> None:
    assert issue_alert(event_id="other", title="another title").key == issue_alert().key
    assert issue_alert(issue_id="5510009999").key != issue_alert().key


def test_an_issue_without_its_number_is_known_by_its_address() -> None:
    assert issue_alert(issue_id=None).key == "issue:5510001234"
    assert issue_alert(issue_id=5510001234).key == "issue:5510001234"


@pytest.mark.parametrize(
    ("level", "severity"),
    [("fatal", "critical"), ("error", "error"), ("warning", "warning"), ("info", "info"), ("debug", "info")],
)
def test_levels_become_severities(level: str, severity: str) -> None:
    assert issue_alert(level=level).labels["severity"] == severity


def test_an_unknown_level_is_no_severity_but_stays_to_be_seen() -> None:
    labels = issue_alert(level="apocalyptic").labels
    assert "severity" not in labels
    assert labels["level"] == "apocalyptic"


def test_the_project_is_named_by_slug_or_number() -> None:
    assert issue_alert(url=None).labels["project"] == "4509001"
    assert "service" not in issue_alert(url=None).labels
    assert issue_alert(url="https://sentry.example/x", project=77).labels["service"] == "billing"


def test_environment_and_release_may_stand_in_the_tags_alone() -> None:
    signal = issue_alert(environment=None, release=None, tags=[["environment", "stage"], ["release", "r1"], ["odd"], 5])
    assert (signal.labels["environment"], signal.annotations["release"]) == ("stage", "r1")


def test_without_a_rule_the_issue_names_the_alert() -> None:
    without = {**ISSUE_ALERT, "data": {"event": {**EVENT, "title": "t" * 300}}}
    assert alert("event_alert", without).labels["alertname"] == "t" * 200
    bare = {"action": "triggered", "data": {"event": {"issue_id": "1"}}}
    assert alert("event_alert", bare).labels == {"alertname": "Sentry issue"}


def test_members_of_an_unexpected_kind_lose_no_alert() -> None:
    odd = {name: {"odd": [1]} for name in EVENT if name != "issue_id"}
    assert issue_alert(**odd).key == "issue:5510001234"


@pytest.mark.parametrize("action", ["resolved", "archived", "ignored"])
def test_the_end_of_an_issue_ends_its_alert(action: str) -> None:
    signal = alert("issue", {**ISSUE, "action": action})
    assert (signal.key, signal.kind) == (issue_alert().key, SignalKind.RESOLVED)
    assert (signal.labels, signal.annotations) == ({}, {})


@pytest.mark.parametrize("action", ["created", "assigned", "unresolved", "", "new_in_2030"])
def test_other_changes_of_an_issue_are_ignored(action: str) -> None:
    assert decode("issue", {**ISSUE, "action": action}) is None


@pytest.mark.parametrize("action", ["critical", "warning"])
def test_a_metric_alert_fires(action: str) -> None:
    signal = metric_alert(action)
    assert signal.kind is SignalKind.FIRING
    assert signal.labels == {
        "alertname": "Many failed payments",
        "severity": action,
        "project": "storefront,mobile",
        "environment": "prod",
        "service": "checkout",
    }
    assert signal.annotations == {
        "summary": "Critical: Many failed payments",
        "description": "512 events in the last 10 minutes\nFilter: level:error",
        "aggregate": "count()",
        "query": "level:error",
    }
    assert signal.generator_url == METRIC_ALERT["data"]["web_url"]


def test_a_metric_alert_is_its_rule_on_its_projects() -> None:
    assert metric_alert("resolved").key == metric_alert("critical").key == metric_alert("warning", id="902").key
    assert (metric_alert("resolved").kind, metric_alert("resolved").labels) == (SignalKind.RESOLVED, {})
    assert metric_alert(projects=["mobile", "storefront"]).key == metric_alert().key
    assert metric_alert(projects=["mobile"]).key != metric_alert().key
    assert metric_alert(alert_rule={**METRIC["alert_rule"], "id": 32}).key != metric_alert().key


@pytest.mark.parametrize("resource", ["installation", "comment", "error", "seer", "preprod_artifact", "", "\udcff"])
def test_what_is_about_no_alert_is_ignored_whatever_it_holds(resource: str) -> None:
    assert decode_hook(resource, b"not even JSON", CONFIG.service_of) is None


@pytest.mark.parametrize(
    ("resource", "document", "field"),
    [
        ("event_alert", {}, ""),
        ("event_alert", {"data": []}, "data"),
        ("event_alert", {"data": {}, "action": 5}, "action"),
        ("event_alert", {"data": {"event": {}}}, "data.event.issue_id"),
        ("event_alert", {"data": {"event": {"issue_id": "9" * 201}}}, "data.event.issue_id"),
        ("event_alert", {"data": {"event": {"issue_id": 1.5}}}, "data.event.issue_id"),
        ("issue", {"action": "resolved", "data": {"issue": {"id": None}}}, "data.issue.id"),
        ("activity_alert", {"action": "triggered", "data": {"issue": {}}}, "data.issue.id"),
        ("metric_alert", {**METRIC_ALERT, "action": "open"}, "action"),
        ("metric_alert", {"action": "critical", "data": {}}, "data.metric_alert.alert_rule.id"),
    ],
)
def test_faults_name_their_field(resource: str, document: object, field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        decode(resource, document)
    assert caught.value.field == field


def test_a_number_of_monstrous_length_is_no_identity() -> None:
    body = b'{"data":{"event":{"issue_id":%s}}}' % (b"9" * 10_000)
    with pytest.raises(BadRequest):
        decode_hook("event_alert", body, CONFIG.service_of)


def test_long_texts_are_cut() -> None:
    assert len(issue_alert(culprit="c" * 100_000).annotations["culprit"]) == 65_536


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
SOME_OF_EVENT = st.dictionaries(st.sampled_from(sorted(EVENT)), ANY_JSON)
SOME_OF_METRIC = st.dictionaries(st.sampled_from(sorted(METRIC)), ANY_JSON)
SOME_OF_RULE = st.dictionaries(st.sampled_from(sorted(METRIC["alert_rule"])), ANY_JSON)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "event": st.builds(lambda odd: {**EVENT, **odd}, SOME_OF_EVENT) | ANY_JSON,
        "issue": st.fixed_dictionaries({"id": st.text() | ANY_JSON}) | ANY_JSON,
        "metric_alert": st.builds(lambda odd, rule: {**METRIC, "alert_rule": rule, **odd}, SOME_OF_METRIC, SOME_OF_RULE)
        | ANY_JSON,
        "triggered_rule": ANY_JSON,
        "description_title": ANY_JSON,
    },
)
ACTIONS = st.sampled_from(["triggered", "critical", "resolved", "archived", 5])
HOOK_LIKE = st.fixed_dictionaries({"data": DATA | ANY_JSON, "action": ACTIONS})


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["event_alert", "activity_alert", "metric_alert", "issue", "installation"]),
    st.one_of(st.binary(), (HOOK_LIKE | ANY_JSON).map(lambda x: json.dumps(x).encode())),
)
def test_any_bytes_give_a_signal_nothing_or_a_fault(resource: str, body: bytes) -> None:
    refusal = ""
    signal: Signal | None = None
    try:
        signal = decode_hook(resource, body, CONFIG.service_of)
    except BadRequest as error:
        refusal = str(error)
    if resource == "installation":
        assert (signal, refusal) == (None, "")
    if signal is not None:
        msgspec.json.encode(signal)
        assert 0 < len(signal.key) <= 512
        assert all(signal.labels.values())
        assert "\x00" not in "".join([signal.key, *signal.labels.values(), *signal.annotations.values()])
