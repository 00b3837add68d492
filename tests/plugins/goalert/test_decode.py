from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Signal, SignalKind
from incidentd_goalert.decode import Incoming, incoming_signal, read_incoming

JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"


def said(body: object, query: Mapping[str, str] | None = None) -> Incoming:
    return read_incoming(query or {}, JSON, json.dumps(body).encode())


def form(body: bytes, query: Mapping[str, str] | None = None, content_type: str = FORM) -> Incoming:
    return read_incoming(query or {}, content_type, body)


def multipart(**fields: str) -> bytes:
    parts = [f'--B\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    return "".join([*parts, "--B--\r\n"]).encode()


def test_an_alert_with_everything() -> None:
    incoming = said(
        {
            "summary": "Disk is 97 % full",
            "details": "/var on **db-1**",
            "dedup": "disk/db-1",
            "action": "",
            "meta": {"severity": "critical", "host": "db-1", "zone": ""},
        }
    )
    signal = incoming_signal(incoming, "database")
    assert signal.kind is SignalKind.FIRING
    assert signal.key.endswith(":user:disk/db-1")
    assert signal.labels == {
        "alertname": "Disk is 97 % full",
        "severity": "critical",
        "host": "db-1",
        "service": "database",
    }
    assert signal.annotations == {"summary": "Disk is 97 % full", "details": "/var on **db-1**"}


@pytest.mark.parametrize(
    "incoming",
    [
        said({"summary": "s", "details": "d é", "dedup": "k", "meta": {"a": "1=2", "b": "3"}}),
        said({"SUMMARY": "s", "Details": "d é", "dedup": "k", "Meta": {"a": "1=2", "b": "3"}}),
        form(b"summary=s&details=d+%C3%A9&dedup=k&meta=a%3D1%3D2&meta=b=3"),
        form(b'{"summary":"s","details":"d \xc3\xa9","dedup":"k","meta":{"a":"1=2","b":"3"}}'),
        form(b"", {"summary": "s", "details": "d é", "dedup": "k", "meta": "a=1=2\nb=3"}, ""),
        form(
            multipart(summary="s", details="d é", dedup="k", meta="a=1=2").replace(
                b"--B--", b'--B\r\nContent-Disposition: form-data; name="meta"\r\n\r\nb=3\r\n--B--'
            ),
            content_type='Multipart/Form-Data; boundary="B"',
        ),
    ],
    ids=["json", "json as Go reads it", "form", "json named a form", "query", "multipart"],
)
def test_every_way_to_say_it_says_the_same(incoming: Incoming) -> None:
    assert incoming == Incoming(summary="s", details="d é", dedup="k", meta={"a": "1=2", "b": "3"})


def test_the_body_wins_over_the_query() -> None:
    query = {"summary": "query", "details": "query", "token": "t", "meta": "a=query"}
    assert said({"summary": "body", "details": None}, query) == Incoming(
        token="t", summary="body", details="query", meta={"a": "query"}
    )
    assert form(b"summary=body&meta=b%3D1&summary=second", query).summary == "body"
    assert form(b"meta=b%3D1", query).meta == {"b": "1"}


def test_a_line_feed_in_a_query_is_part_of_its_value() -> None:
    assert form(b"", {"meta": "a=1\nand more\nb=2"}).meta == {"a": "1\nand more", "b": "2"}


def test_meta_that_is_no_text_is_kept_as_json() -> None:
    assert said({"summary": "s", "meta": {"n": 5, "o": {"x": [1]}, "z": None}}).meta == {
        "n": "5",
        "o": '{"x": [1]}',
        "z": "null",
    }


def key(service: str = "web", **fields: Any) -> str:
    return incoming_signal(Incoming(**{"summary": "s", **fields}), service).key


def test_without_dedup_summary_and_details_identify_together() -> None:
    assert key() == key() == key(action="anything")
    assert key(details="d") != key()
    assert key(summary="ab", details="c") != key(summary="a", details="bc")
    assert key(dedup="d", summary="x") == key(dedup="d", summary="y")


def test_a_dedup_cannot_be_made_to_look_like_another_alerts_key() -> None:
    generated = key()
    assert key(dedup=generated.partition(":")[2]) != generated
    assert key(dedup="a") != key("other service", dedup="a")
    assert key("", token="one", dedup="a") != key("", token="two", dedup="a")
    assert key("web", token="old", dedup="a") == key("web", token="new", dedup="a")


def test_a_token_stands_in_no_key() -> None:
    assert "secret-token" not in key("", token="secret-token", dedup="a")


@pytest.mark.parametrize("length", [1, 400, 401, 70_000])
def test_a_dedup_of_any_length_fits(length: int) -> None:
    assert len(key(dedup="d" * length)) <= 512
    assert key(dedup="d" * length) != key(dedup="d" * (length + 1))


def test_close_ends_the_alert_that_was_opened() -> None:
    opened: list[dict[str, Any]] = [{}, {"details": "d"}, {"dedup": "k"}]
    for fields in opened:
        signal = incoming_signal(Incoming(summary="s", action="close", **fields), "web")
        assert (signal.kind, signal.labels, signal.key) == (SignalKind.RESOLVED, {}, key(**fields))


def test_close_needs_a_summary_or_a_dedup() -> None:
    assert incoming_signal(Incoming(dedup="k", action="close"), "").key == key("", dedup="k")
    incomplete: list[dict[str, Any]] = [{"action": "close"}, {"dedup": "k"}, {"summary": " \n"}]
    for fields in incomplete:
        with pytest.raises(BadRequest, match="is required") as caught:
            incoming_signal(Incoming(**fields), "web")
        assert caught.value.field == "summary"


def test_long_texts_are_cut_rather_than_refused() -> None:
    meta = said({"summary": "x", "meta": {"m": "m" * 5000}}).meta
    signal = incoming_signal(Incoming(summary="s" * 2000, details="d" * 7000, meta=meta), "web")
    lengths = [len(signal.labels["alertname"]), *map(len, signal.annotations.values()), len(signal.labels["m"])]
    assert lengths == [200, 1024, 6144, 4096]


def test_meta_names_the_alert_but_never_another_service() -> None:
    meta = {"alertname": "DiskFull", "service": "payroll"}
    assert incoming_signal(Incoming(summary="s", meta=meta), "web").labels == {
        "alertname": "DiskFull",
        "service": "web",
    }
    assert incoming_signal(Incoming(summary="s", meta=meta), "").labels["service"] == "payroll"


def test_nul_is_made_visible_and_broken_text_is_mended() -> None:
    signal = incoming_signal(form(b"summary=a%00b%FF&dedup=%00"), "web")
    assert signal.labels["alertname"] == "a\u2400b\ufffd"
    assert signal.key.endswith(":user:\u2400")
    assert form(b"", {"summary": "a\udcff", "meta": "k=\udcff"}) == Incoming(summary="a?", meta={"k": "?"})


@pytest.mark.parametrize(
    ("content_type", "body", "field", "words"),
    [
        (JSON, b"", "", "truncated"),
        (JSON, b"[]", "", "Expected `object`"),
        (JSON, b'{"summary": 5}', "summary", "Expected `str | null`"),
        (JSON, b'{"meta": ["a=b"]}', "meta", "Expected `object | null`"),
        (JSON, b'{"meta": {"": "b"}}', "meta", "not 1 to 255 characters"),
        (JSON, json.dumps({"meta": {str(n): "" for n in range(101)}}).encode(), "meta", "more than 100"),
        (FORM, b"meta=a", "meta", "name=value"),
        (FORM, b"a=1&" * 201, "", "more than 200 fields"),
        ("multipart/form-data", b"x", "", "no multipart form"),
        ("multipart/form-data; boundary=B", b"--B\r\n\r\nx\r\n" * 201 + b"--B--", "", "more than 200 fields"),
    ],
)
def test_faults_name_their_field(content_type: str, body: bytes, field: str, words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_incoming({}, content_type, body)
    assert caught.value.field == field
    assert words in str(caught.value)


def test_a_query_with_meta_that_is_no_pair_is_refused() -> None:
    with pytest.raises(BadRequest, match="name=value"):
        read_incoming({"meta": "alone"}, "", b"")


TEXTS = st.dictionaries(st.sampled_from(["token", "summary", "details", "action", "dedup", "meta"]), st.text())
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
BODY_LIKE = st.fixed_dictionaries(
    {},
    optional={
        "summary": st.text() | ANY_JSON,
        "details": ANY_JSON,
        "dedup": st.text() | ANY_JSON,
        "action": st.sampled_from(["close", "", None]),
        "meta": st.dictionaries(st.text(), ANY_JSON) | ANY_JSON,
    },
)
BODIES = st.one_of(
    st.binary(),
    (BODY_LIKE | ANY_JSON).map(lambda x: json.dumps(x).encode()),
    TEXTS.map(lambda x: urlencode(x).encode()),
    TEXTS.map(lambda x: multipart(**x)),
    st.text().map(lambda x: b"--B\r\n" + x.encode(errors="replace") + b"\r\n--B--"),
)
TYPES = (
    st.sampled_from([JSON, FORM, "", "multipart/form-data; boundary=B", 'multipart/form-data; boundary="']) | st.text()
)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TYPES, BODIES, st.sampled_from(["", "web"]))
def test_any_bytes_give_a_signal_or_a_fault(
    query: dict[str, str], content_type: str, body: bytes, service: str
) -> None:
    refusal = ""
    signal: Signal | None = None
    try:
        signal = incoming_signal(read_incoming(query, content_type, body), service)
    except BadRequest as error:
        refusal = str(error)
    assert (signal is None) == bool(refusal)
    if signal is not None:
        msgspec.json.encode(signal)
        assert 0 < len(signal.key) <= 512
        assert all(signal.labels.values())
        assert "\x00" not in "".join(
            [signal.key, *signal.labels, *signal.labels.values(), *signal.annotations.values()]
        )
