"""The conformance class finds faults: each source below breaks one rule, and the test of that rule fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pydantic
import pytest

from incidentd.plugin import (
    AdapterConfig,
    AdapterType,
    AlertSource,
    BadRequest,
    Context,
    Route,
    Signal,
    SignalKind,
    WebhookResponse,
    storable,
)
from incidentd.plugin.testing import (
    HOSTILE_TEXTS,
    FakeClock,
    SourceConformance,
    call,
    make_request,
    make_source,
)


class Config(AdapterConfig):
    token: str = pydantic.Field(default="", repr=False)


class Good(AlertSource):
    """Does all that is asked, in a few lines."""

    def __init__(self, config: Config, context: Context) -> None:
        self.config = config
        self.sink = context.sink

    def routes(self):
        return (Route(method="POST", path="/x", handler=self.post),)

    async def post(self, request):
        try:
            document = json.loads(request.body.decode())
            text = document["text"]
            text.encode()
        except (ValueError, RecursionError, KeyError, TypeError, UnicodeError) as error:
            raise BadRequest("no good") from error
        return await self.store([self.signal(text)])

    def signal(self, text: str) -> Signal:
        return Signal(key="k", kind=SignalKind.FIRING, labels={"text": storable(text)})

    async def store(self, signals):
        await self.sink.submit(signals)
        return WebhookResponse()


class ForgetsToStore(Good):
    async def store(self, signals):
        return WebhookResponse()


class Crashes(Good):
    async def post(self, request):
        return await self.store([self.signal(json.loads(request.body)["text"])])


class KeepsNul(Good):
    def signal(self, text):
        return Signal(key="k", kind=SignalKind.FIRING, labels={"text": text})


class Cleans(Good):
    def signal(self, text):
        return super().signal(text.replace("\x1b", ""))


class RelativePath(Good):
    def routes(self):
        return (Route(method="POST", path="x", handler=self.post),)


class Tells(Good):
    async def post(self, request):
        try:
            return await super().post(request)
        except BadRequest as error:
            raise BadRequest(f"not {self.config.token}") from error


class NewKeyEachTime(Good):
    def signal(self, text):
        return Signal(key=str(id(object())) + str(datetime.now(UTC)), kind=SignalKind.FIRING, labels={"t": text})


class LocalTime(Good):
    def signal(self, text):
        return Signal(key="k", kind=SignalKind.FIRING, labels={"t": text}, starts_at=datetime(2026, 1, 1))  # noqa: DTZ001


def conformance(source: type[Good]) -> SourceConformance:
    class Case(SourceConformance):
        kind: ClassVar[Any] = AdapterType(id="case", config=Config, create=source, summary="A case")
        config = {"token": "s3cret-token"}
        secrets = ("s3cret-token",)
        sample = make_request("/x", b'{"text":"conformance-marker"}')

    return Case()


@pytest.mark.parametrize(
    ("source", "test", "arguments"),
    [
        (ForgetsToStore, "test_sample_is_stored_before_the_answer", ()),
        (ForgetsToStore, "test_a_store_that_fails_is_not_the_senders_fault", ()),
        (Crashes, "test_bad_bodies_are_the_senders_fault", ("half",)),
        (Crashes, "test_bad_bodies_are_the_senders_fault", ("array bomb",)),
        (Crashes, "test_cut_sample_is_the_senders_fault", ()),
        (Crashes, "test_broken_unicode_never_gets_through", (b"\\ud800",)),
        (KeepsNul, "test_nul_is_made_visible", ()),
        (Cleans, "test_hostile_text_is_kept_as_data", ("escape",)),
        (RelativePath, "test_routes_are_well_formed", ()),
        (Tells, "test_no_secret_in_answers_or_reprs", ()),
        (NewKeyEachTime, "test_identity_is_stable", ()),
        (LocalTime, "test_signals_are_well_formed", ()),
    ],
)
def test_a_broken_rule_is_found(source: type[Good], test: str, arguments: tuple[Any, ...]) -> None:
    getattr(conformance(Good), test)(*arguments)
    with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion, or what the source itself raised
        getattr(conformance(source), test)(*arguments)


def test_the_hostile_texts_hold_what_terminals_act_on() -> None:
    assert {"\x1b", "\x9b", "\u202e", "<"} <= set("".join(HOSTILE_TEXTS.values()))


def test_the_clock_moves_when_told() -> None:
    clock = FakeClock(datetime(2026, 1, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.advance(90) == datetime(2026, 1, 1, 1, 1, 30, tzinfo=UTC)
    assert clock.advance(timedelta(hours=-1)) == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    clock.set(datetime(2025, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2025, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime(2025, 1, 1))  # noqa: DTZ001


def test_a_call_to_a_route_that_is_not_there_is_a_fault_of_the_test() -> None:
    kind: Any = AdapterType(id="case", config=Config, create=Good, summary="A case")
    source, _ = make_source(kind, {})
    with pytest.raises(LookupError, match="POST /x"):
        call(source, make_request("/y"))
