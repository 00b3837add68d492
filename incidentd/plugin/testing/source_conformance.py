"""What every alert source must do, whatever it speaks. Needs pytest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import pydantic
import pytest

from incidentd.plugin import AdapterType, AlertSource, Signal, WebhookRequest, WebhookResponse
from incidentd.plugin.testing.sources import FakeContext, call, make_request, make_source

MARKER = "conformance-marker"
"""Stand-in for a text in a sample: the tests put hostile text in its place."""

BAD_BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "blank": b"  \n",
    "half": b'{"a": [',
    "no JSON": b"alert=1&status=firing",
    "null": b"null",
    "number": b"17",
    "text": b'"firing"',
    "NaN": b"NaN",
    "infinity": b"[Infinity]",
    "huge number": b"[1e999]",
    "array bomb": b"[" * 200_000,
    "object bomb": b'{"a":' * 200_000,
    "array in array": b"[[[]]]",
    "array of numbers": b"[1, 2]",
    "array of null": b"[null]",
    "empty object": b"{}",
    "byte order mark": b"\xef\xbb\xbf{}",
    "no UTF-8": b'{"\xff\xfe": "\xc3"}',
    "lone surrogate": b'{"labels": "\\ud800"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "zero bytes": b"\x00\x00\x00",
    "gzip magic": b"\x1f\x8b\x08\x00",
}

HOSTILE_TEXTS: Mapping[str, str] = {
    "escape": "\x1b[2J\x1b]52;c;aGk=\x07",
    "C1": "\x9b31m\x85",
    "bidi": "\u202egnp.exe\u2066",
    "markup": "[/nope][red]<script>&amp;</script>{{ 7*7 }}%s",
    "newlines": "a\r\nb\nc",
    "SQL": "'; DROP TABLE alerts; --",
    "emoji": "\U0001f525\u0301",
}


class SourceConformance:
    """Subclass as `Test...`, and set the class attributes.

    `sample` is a good request that makes at least one signal; its JSON body holds `MARKER` in a text that ends up
    in a label or an annotation. `bad_paths` are the paths that get `BAD_BODIES`; by default the sample's.
    """

    kind: ClassVar[AdapterType[AlertSource]]
    config: ClassVar[Mapping[str, Any]] = {}
    secrets: ClassVar[tuple[str, ...]] = ()
    sample: ClassVar[WebhookRequest]
    bad_paths: ClassVar[tuple[str, ...]] = ()

    def make(self) -> tuple[AlertSource, FakeContext]:
        """A fresh source and its context."""
        return make_source(self.kind, self.config)

    def send(self, body: bytes, path: str = "") -> tuple[WebhookResponse, list[Signal]]:
        """The answer to `body`, sent as the sample is, and the signals that were stored."""
        source, context = self.make()
        request = make_request(
            path or self.sample.path,
            body,
            query=self.sample.query,
            headers=self.sample.headers,
            params=self.sample.params,
        )
        return call(source, request), context.sink.signals

    def test_announces_itself(self) -> None:
        """The type has an id fit for `type = "..."` and a summary for lists."""
        assert self.kind.id.replace("-", "").replace("_", "").isalnum()
        assert self.kind.summary

    def test_routes_are_well_formed(self) -> None:
        """Absolute paths, upper-case methods, a sane body limit, nothing declared twice."""
        source, _ = self.make()
        routes = list(source.routes())
        assert routes
        for route in routes:
            assert route.path.startswith("/"), route.path
            assert "?" not in route.path
            assert route.method == route.method.upper()
            assert 0 < route.max_body <= 64 * 1024 * 1024
        assert len({(route.method, route.path) for route in routes}) == len(routes)

    def test_default_instance_is_valid(self) -> None:
        """What runs without any set-up passes the type's own checks."""
        if self.kind.default_instance is not None:
            self.kind.config.model_validate(dict(self.kind.default_instance))

    def test_unknown_configuration_is_refused(self) -> None:
        """A misspelt key is an error, not silence."""
        with pytest.raises(pydantic.ValidationError, match="no_such_key"):
            self.kind.config.model_validate({**self.config, "no_such_key": 1})

    def test_sample_is_stored_before_the_answer(self) -> None:
        """A good request is answered 2xx, and by then its signals are in the sink."""
        answer, signals = self.send(self.sample.body)
        assert 200 <= answer.status < 300
        assert signals

    def test_signals_are_well_formed(self) -> None:
        """Keys and labels are bounded texts, times are in UTC."""
        _, signals = self.send(self.sample.body)
        for signal in signals:
            assert 0 < len(signal.key) <= 512
            assert all(type(part) is str for pair in signal.labels.items() for part in pair)
            assert all(type(part) is str for pair in signal.annotations.items() for part in pair)
            for instant in (signal.starts_at, signal.ends_at):
                assert instant is None or instant.utcoffset() == timedelta(0)

    def test_identity_is_stable(self) -> None:
        """The same request twice speaks of the same alerts."""
        _, first = self.send(self.sample.body)
        _, second = self.send(self.sample.body)
        assert [signal.key for signal in first] == [signal.key for signal in second]

    @pytest.mark.parametrize("name", BAD_BODIES)
    def test_bad_bodies_are_the_senders_fault(self, name: str) -> None:
        """Hostile bytes get a 4xx that says something, and store nothing."""
        for path in self.bad_paths or (self.sample.path,):
            answer, signals = self.send(BAD_BODIES[name], path)
            assert 400 <= answer.status < 500, (path, name)
            assert answer.body.strip()
            assert signals == []

    def test_cut_sample_is_the_senders_fault(self) -> None:
        """A body that stops half-way, at any of many places, is refused as a whole."""
        body = self.sample.body.rstrip()
        for end in range(0, len(body), max(1, len(body) // 40)):
            answer, signals = self.send(body[:end])
            assert 400 <= answer.status < 500
            assert signals == []

    def test_a_store_that_fails_is_not_the_senders_fault(self) -> None:
        """While nothing can be stored the sender gets a 5xx and will try again."""
        source, context = self.make()
        context.sink.available = False
        assert call(source, self.sample).status >= 500

    def test_unknown_keys_are_ignored(self) -> None:
        """A newer sender may say more than we know."""
        plain, expected = self.send(self.sample.body)
        answer, signals = self.send(json.dumps(_with_unknown(json.loads(self.sample.body))).encode())
        assert answer.status == plain.status
        assert [signal.key for signal in signals] == [signal.key for signal in expected]

    @pytest.mark.parametrize("name", HOSTILE_TEXTS)
    def test_hostile_text_is_kept_as_data(self, name: str) -> None:
        """Text is stored as it came: making it harmless is the display's work."""
        text = HOSTILE_TEXTS[name]
        answer, signals = self.send(self._with_text(text))
        assert 200 <= answer.status < 300
        assert any(text in value for value in _texts(signals))

    def test_nul_is_made_visible(self) -> None:
        """NUL becomes U+2400: not every store can hold it."""
        answer, signals = self.send(self._with_text("a\x00b"))
        assert 200 <= answer.status < 300
        assert any("a\u2400b" in value for value in _texts(signals))
        assert not any("\x00" in value for value in _texts(signals))

    @pytest.mark.parametrize("escape", [b"\\ud800", b"\\udc00x", b"\\ud800\\u0041", b"\xff", b"\xed\xa0\x80"])
    def test_broken_unicode_never_gets_through(self, escape: bytes) -> None:
        """Lone surrogates and bad UTF-8 are refused or repaired; what is stored can be encoded."""
        answer, signals = self.send(self.sample.body.replace(MARKER.encode(), escape))
        assert answer.status < 500
        for value in _texts(signals):
            value.encode()

    def test_no_secret_in_answers_or_reprs(self) -> None:
        """Neither an answer nor the configuration's repr shows a secret."""
        source, _ = self.make()
        shown = [repr(source), repr(self.kind.config.model_validate(dict(self.config)))]
        for body in (*BAD_BODIES.values(), self.sample.body):
            answer, _ = self.send(body)
            shown.append(answer.body.decode(errors="replace"))
        for secret in self.secrets:
            assert not [text for text in shown if secret in text]

    def _with_text(self, text: str) -> bytes:
        assert MARKER.encode() in self.sample.body, "the sample must hold MARKER in a text"
        return self.sample.body.replace(MARKER.encode(), json.dumps(text)[1:-1].encode())


def _texts(signals: list[Signal]) -> list[str]:
    return [
        part
        for signal in signals
        for part in (
            signal.key,
            signal.generator_url,
            *signal.labels,
            *signal.labels.values(),
            *signal.annotations.values(),
        )
    ]


def _with_unknown(document: Any) -> Any:
    """`document` with an unknown member in the outermost objects."""
    if isinstance(document, list):
        return [_with_unknown(item) for item in document]
    return {**document, "incidentd_never_heard_of": {"x": [1, None, {"y": "z"}]}}
