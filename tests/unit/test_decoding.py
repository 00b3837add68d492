from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.plugin import DECODE_ERRORS, BadRequest, decode_json, explain, mend_text, sender_time, storable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Inner(msgspec.Struct):
    name: str


class Outer(msgspec.Struct):
    items: list[Inner]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        (b'{"items":[{"name":"a"},{"name":1}]}', "items[1].name", "Expected `str`, got `int`"),
        (b'{"items":[{}]}', "items[0]", "missing required field `name`"),
        (b"[]", "", "Expected `object`, got `array`"),
        (b"{", "", "truncated"),
        (b'{"x":' + b"[" * 100_000, "", "nested too deeply"),
    ],
)
def test_a_fault_is_named_by_its_path(body: bytes, field: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        decode_json(body, Outer)
    assert caught.value.field == field
    assert caught.value.status == 400


def test_a_key_at_fault_is_named_by_its_object() -> None:
    with pytest.raises(BadRequest) as caught:
        decode_json(b'{"a":{"b":1}}', dict[str, dict[int, int]])
    assert caught.value.field == "[...]"


def test_bad_utf_8_is_explained() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        msgspec.json.decode(b'"\xff"')
    assert explain(caught.value) == ("", "text that is no valid UTF-8")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'"\ud800"', "\ufffd"),
        (rb'"\udc00"', "\ufffd"),
        (rb'"\ud800\ud800\udc00"', "\ufffd\U00010000"),
        (rb'"\uD83D\uDD25"', "\U0001f525"),
        (rb'"\ud83d\udd25\udd25"', "\U0001f525\ufffd"),
        (rb'"\\ud800\ud800"', "\\ud800\ufffd"),
        (rb'"\\\ud800\\\\"', "\\\ufffd\\\\"),
        (b'"\xc3("', "\ufffd("),
    ],
)
def test_broken_unicode_is_mended(body: bytes, value: str) -> None:
    assert decode_json(body, str) == value
    assert json.loads(mend_text(body)) == value


@given(st.text())
def test_sound_text_is_left_as_it_is(text: str) -> None:
    assert json.loads(mend_text(json.dumps(text).encode())) == text
    assert json.loads(mend_text(json.dumps(text, ensure_ascii=False).encode())) == text


@given(st.text(alphabet=st.characters(codec=None, categories=("Cs", "Lu", "Po"))))
def test_what_was_mended_can_be_stored(text: str) -> None:
    decode_json(json.dumps(text).encode(), str).encode()


def test_mending_is_linear() -> None:
    body = b'"' + rb"\ud800\\" * 400_000 + b'"'
    started = time.process_time()
    mend_text(body)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (None, None),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(1, 1, 1), None),  # noqa: DTZ001
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), None),
        (datetime(1, 1, 1, tzinfo=timezone(-timedelta(hours=14))), None),
        (datetime(1, 1, 4, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=14))), NOW + timedelta(days=3653)),
        (datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (datetime(2026, 3, 2, 8), datetime(2026, 3, 2, 8, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_a_senders_time_is_bounded_and_in_utc(sent: datetime | None, expected: datetime | None) -> None:
    at = sender_time(sent, NOW)
    assert at == expected
    assert at is None or at.utcoffset() == timedelta(0)


@given(st.datetimes(timezones=st.timezones()))
def test_any_time_can_be_calculated_with(sent: datetime) -> None:
    at = sender_time(sent, NOW)
    if at is not None:
        assert at - timedelta(days=365) < at + timedelta(days=365)


def test_storable() -> None:
    assert storable("a\x00b\x1b") == "a\u2400b\x1b"
    assert storable("plain") == "plain"


def test_the_errors_are_all_there_are() -> None:
    assert msgspec.ValidationError in [error for kind in DECODE_ERRORS for error in (kind, *kind.__subclasses__())]
