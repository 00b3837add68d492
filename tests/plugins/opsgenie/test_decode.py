from __future__ import annotations

import json
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Signal, SignalKind
from incidentd_opsgenie.decode import (
    Action,
    Creation,
    Unprocessable,
    action_signal,
    creation_signal,
    decode_action,
    decode_creation,
)
from incidentd_opsgenie.identity import alert_id, alert_key, parse_id, parse_tiny

CREATE: dict[str, Any] = {
    "message": "Payments fail in eu-1",
    "alias": "payments/eu-1",
    "description": "41 % of payments were refused by the provider in the last 5 minutes.",
    "responders": [{"name": "shop", "type": "team"}, {"username": "ada@example.org", "type": "user"}],
    "visibleTo": [{"name": "support", "type": "team"}],
    "actions": ["restart", "drain"],
    "tags": ["payments", "eu-1", "payments"],
    "details": {"region": "eu-1", "job": "payments"},
    "entity": "payment-gateway",
    "source": "probe-3",
    "priority": "P1",
    "user": "probe",
    "note": "Second time today",
}


def creation(**members: object) -> Creation:
    return decode_creation(json.dumps({**CREATE, **members}).encode())


def signal(service: str = "checkout", **members: object) -> Signal:
    return creation_signal(creation(**members), service, "an-id")


def errors(**members: object) -> dict[str, str]:
    with pytest.raises(Unprocessable) as caught:
        creation(**members)
    assert caught.value.status == 422
    return caught.value.errors


def test_an_alert_with_everything() -> None:
    found = signal()
    assert (found.key, found.kind) == (alert_key("checkout", "an-id"), SignalKind.FIRING)
    assert found.labels == {
        "alertname": "Payments fail in eu-1",
        "severity": "critical",
        "priority": "P1",
        "region": "eu-1",
        "job": "payments",
        "entity": "payment-gateway",
        "source": "probe-3",
        "tags": "eu-1,payments",
        "service": "checkout",
    }
    responders = json.loads(found.annotations["responders"])
    assert responders == CREATE["responders"]
    assert {name: text for name, text in found.annotations.items() if name not in ("responders", "visibleTo")} == {
        "summary": "Payments fail in eu-1",
        "alias": "payments/eu-1",
        "description": CREATE["description"],
        "note": "Second time today",
        "user": "probe",
        "actions": '["restart", "drain"]',
    }


def test_the_least_that_is_an_alert() -> None:
    found = creation_signal(decode_creation(b'{"message":"m"}'), "", "an-id")
    assert found.labels == {"alertname": "m", "severity": "warning", "priority": "P3"}
    assert found.annotations == {"summary": "m"}


@pytest.mark.parametrize(
    ("priority", "severity"),
    [("P1", "critical"), ("P2", "error"), ("P3", "warning"), ("P4", "info"), ("P5", "info"), (None, "warning")],
)
def test_priorities_become_severities(priority: str | None, severity: str) -> None:
    labels = signal(priority=priority).labels
    assert (labels["severity"], labels["priority"]) == (severity, priority or "P3")


def test_details_name_alert_and_severity_but_never_another_service() -> None:
    details = {"alertname": "PaymentsFail", "severity": "page", "service": "payroll", "priority": "P5"}
    stated = signal(details=details, priority="P2").labels
    assert (stated["alertname"], stated["severity"], stated["priority"]) == ("PaymentsFail", "error", "P2")
    assert stated["service"] == "checkout"
    assert signal(details=details, priority=None).labels["severity"] == "page"
    assert signal("", details=details).labels["service"] == "payroll"


def test_details_that_are_no_text_are_kept_as_json() -> None:
    labels = signal(details={"n": 5, "o": {"x": [True]}, "z": None, "e": "", "": "x"}).labels
    assert (labels["n"], labels["o"]) == ("5", '{"x": [true]}')
    assert not {"z", "e", ""} & set(labels)


@pytest.mark.parametrize(
    ("members", "limit"),
    [
        ({"message": "é" * 130}, {"message": "é" * 131}),
        ({"alias": "a" * 512}, {"alias": "a" * 513}),
        ({"description": "d" * 15_000}, {"description": "d" * 15_001}),
        ({"tags": [str(n) for n in range(20)]}, {"tags": [str(n) for n in range(21)]}),
        ({"tags": ["t" * 50]}, {"tags": ["t" * 51]}),
        ({"details": {"k": "v" * 7999}}, {"details": {"k": "v" * 8000}}),
    ],
)
def test_limits_are_opsgenies(members: dict[str, Any], limit: dict[str, Any]) -> None:
    assert creation(**members).message
    (field,) = limit
    assert list(errors(**limit)) == [field]


def test_what_is_said_besides_is_cut() -> None:
    found = signal(note="n" * 30_000, user="u" * 200, source="s" * 200, entity="e" * 600, actions=["x" * 70_000])
    assert [len(found.annotations[name]) for name in ("note", "user")] == [25_000, 100]
    assert [len(found.labels[name]) for name in ("source", "entity")] == [100, 512]
    assert "actions" not in found.annotations


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"message": None}, {"message": "can not be empty"}),
        ({"message": " \n"}, {"message": "can not be empty"}),
        ({"message": 5}, {"message": "must be a string"}),
        ({"alias": ["x"]}, {"alias": "must be a string"}),
        ({"priority": "P6"}, {"priority": "must be one of P1, P2, P3, P4, P5"}),
        ({"priority": 1}, {"priority": "must be a string"}),
        ({"tags": "a,b"}, {"tags": "must be an array of strings"}),
        ({"tags": [1]}, {"tags": "must be an array of strings"}),
        ({"details": ["a"]}, {"details": "must be an object"}),
        ({"note": {}}, {"note": "must be a string"}),
        (
            {"message": "", "tags": {}, "priority": "high"},
            {
                "message": "can not be empty",
                "tags": "must be an array of strings",
                "priority": "must be one of P1, P2, P3, P4, P5",
            },
        ),
    ],
)
def test_all_faults_are_told_at_once(members: dict[str, Any], expected: dict[str, str]) -> None:
    assert errors(**members) == expected


def test_nul_is_made_visible_and_broken_text_is_mended() -> None:
    found = creation_signal(decode_creation(b'{"message":"a\\u0000b\\ud800\xff"}'), "", "an-id")
    assert found.labels["alertname"] == "a\u2400b\ufffd\ufffd"


@pytest.mark.parametrize("body", [b"", b" ", b"{}", b'{"user":"ada","note":"n","source":"s","tags":5}'])
def test_an_action_needs_no_body(body: bytes) -> None:
    assert decode_action(body) == Action(user="ada" if b"ada" in body else "")


@pytest.mark.parametrize("body", [b"[]", b"x", b"null", b'{"user":'])
def test_an_action_with_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode_action(body)


def test_adding_needs_what_is_to_be_added() -> None:
    assert decode_action(b'{"tags":["a","a"]}', tags=True).tags == ("a",)
    assert decode_action(b'{"note":"n"}', note=True) == Action()
    for body, kind in ((b"", {"tags": True}), (b'{"note":" "}', {"note": True}), (b'{"tags":[]}', {"tags": True})):
        with pytest.raises(Unprocessable, match="not processable") as caught:
            decode_action(body, **kind)
        assert list(caught.value.errors.values()) == ["can not be empty"]


def test_who_acknowledged_is_kept_as_the_senders_word() -> None:
    signal = action_signal(SignalKind.ACKNOWLEDGED, "k", Action(user="ada"))
    assert signal.annotations == {"acknowledged_by": "ada"}
    assert action_signal(SignalKind.ACKNOWLEDGED, "k", Action()).annotations == {}
    # An end with annotations would put them in place of those the alert has.
    assert action_signal(SignalKind.RESOLVED, "k", Action(user="ada")).annotations == {}


def test_an_id_depends_on_service_and_alias_only() -> None:
    assert alert_id("checkout", "a") == alert_id("checkout", "a")
    assert len({alert_id("checkout", "a"), alert_id("checkou", "ta"), alert_id("", "checkouta")}) == 3
    assert str(uuid.UUID(alert_id("checkout", "a"))) == alert_id("checkout", "a")


@pytest.mark.parametrize(
    ("text", "expected"), [("7", 7), ("0", 0), ("-7", None), ("٣", None), ("", None), ("9" * 19, None)]
)
def test_small_numbers(text: str, expected: int | None) -> None:
    assert parse_tiny(text) == expected


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
CREATE_LIKE = st.fixed_dictionaries(
    {"message": st.text() | ANY_JSON},
    optional={
        "alias": st.text(max_size=600),
        "priority": st.sampled_from(["P1", "P5", "p1", None]),
        "tags": st.lists(st.text()) | ANY_JSON,
        "details": st.dictionaries(st.text(), ANY_JSON) | ANY_JSON,
        "responders": ANY_JSON,
        "note": ANY_JSON,
    },
)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(), (CREATE_LIKE | ANY_JSON).map(lambda x: json.dumps(x).encode())), st.text())
def test_any_bytes_give_an_alert_or_a_fault(body: bytes, service: str) -> None:
    refusal = ""
    found: Signal | None = None
    try:
        made = decode_creation(body)
        found = creation_signal(made, service, alert_id(service, made.alias))
    except BadRequest as error:
        refusal = str(error)
    assert (found is None) == bool(refusal)
    if found is not None:
        msgspec.json.encode(found)
        assert 0 < len(found.key) <= 512
        assert all(found.labels.values())


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(), ANY_JSON.map(lambda x: json.dumps(x).encode())), st.booleans(), st.booleans())
def test_any_bytes_are_an_action_or_a_fault(body: bytes, tags: bool, note: bool) -> None:
    refusal = ""
    action: Action | None = None
    try:
        action = decode_action(body, tags=tags, note=note)
    except BadRequest as error:
        refusal = str(error)
    assert (action is None) == bool(refusal)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_an_identifier_or_none(text: str) -> None:
    parsed = parse_id(text)
    assert parsed is None or uuid.UUID(parsed) == uuid.UUID(text)
    assert len(alert_id(text, text)) == 36
    number = parse_tiny(text)
    assert number is None or number >= 0
