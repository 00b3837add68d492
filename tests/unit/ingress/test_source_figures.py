"""What a source sent and what was refused: counted, shown by reason, in the metrics too."""

import asyncio
from datetime import timedelta

import pytest

from incidentd.ingress.metrics import Metrics
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import Ingress
from incidentd.ingress.source_metrics import SourceMetrics
from incidentd.plugin import BadRequest, Route, StoreUnavailable, WebhookResponse
from incidentd.plugin.testing import FakeClock
from incidentd.pluginhost.host import Mounted
from incidentd.services.source_health import source_health
from incidentd.services.source_traffic import Traffic, refusal_reason
from incidentd.wire import AdapterHealth


class NoLinks:
    async def describe(self, token):
        return None

    async def acknowledge(self, token):
        return None


async def never():
    return {}


async def answer(request):
    faults = {
        "signed": BadRequest("is wrong", field="signature", status=401),
        "body": BadRequest("is no number", field="x"),
        "own": WebhookResponse(status=422, body=b'{"message": "Request body is not processable"}'),
        "text": WebhookResponse(status=400, body=b"plain \x1b[31mtext"),
        "page": WebhookResponse(
            status=429,
            body=b"<!doctype html><title>Error: It&#39;s too much</title><main>Please wait</main>",
            content_type="text/html; charset=utf-8",
        ),
        "store": StoreUnavailable("the disk is full"),
        "bug": RuntimeError("boom"),
        "good": WebhookResponse(),
    }
    found = faults[request.params["how"]]
    if isinstance(found, Exception):
        raise found
    return found


@pytest.fixture
async def listening():
    """(what asks a source, its traffic, its metrics)."""
    traffic, metrics = Traffic(FakeClock()), Metrics("1")
    metrics.add("sources", SourceMetrics(traffic, never).read)
    ingress = Ingress(
        clock=FakeClock(),
        links=NoLinks(),
        metrics=metrics,
        buckets=Buckets(0.001, 7),
        at_once=4,
        refused=traffic.refuse,
    )
    ingress.mount([Mounted("one", Route(method="POST", path="/{how}", handler=answer, max_body=100), False)])
    await ingress.start([("127.0.0.1", 0)])

    async def post(how, body=b""):
        reader, writer = await asyncio.open_connection(*ingress.addresses[0])
        head = f"POST /in/one/{how} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        status = int((await reader.read()).split()[1])
        writer.close()
        return status

    yield post, traffic, metrics
    await ingress.close()


async def test_refusals_are_counted_by_reason(listening):
    post, traffic, metrics = listening
    for how in ("good", "signed", "body", "own", "text", "store"):
        await post(how)
    assert traffic.refused == {"one": {"signature": 1, "body": 3, "store": 1}}
    assert traffic.last_error["one"][1] == "503: the disk is full"
    assert await post("body", b"x" * 101) == 413
    assert await post("good") == 429
    assert traffic.refused["one"] | {"size": 1, "rate": 1} == traffic.refused["one"]
    shown = (await metrics.answer()).body.decode()
    assert 'incidentd_source_refused_total{reason="body",source="one"} 3.0' in shown


async def test_what_a_sender_was_told_is_kept_in_readable_form(listening):
    post, traffic, _ = listening
    await post("own")
    assert traffic.last_error["one"][1] == "422: Request body is not processable"
    await post("page")
    assert traffic.last_error["one"][1] == "429: Error: It's too much"
    await post("text")
    assert "\x1b" not in traffic.last_error["one"][1]
    await post("bug")
    assert traffic.refused["one"]["failed"] == 1


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "body"), (403, "signature"), (404, "unknown"), (409, "body"), (500, "failed")]
)
def test_reasons(status, reason):
    assert refusal_reason(status) == reason


async def test_signals_of_the_last_minute():
    clock = FakeClock()
    traffic, metrics = Traffic(clock), Metrics("1")
    metrics.add("sources", SourceMetrics(traffic, never).read)
    for _ in range(12):
        traffic.heard("one", 10)
        clock.advance(10)
    assert traffic.per_minute("one") == 50
    assert traffic.per_minute("two") == 0
    clock.advance(60)
    assert traffic.per_minute("one") == 0
    assert 'incidentd_source_signals_total{source="one"} 120.0' in (await metrics.answer()).body.decode()


def test_a_row_for_each_source():
    clock = FakeClock()
    traffic = Traffic(clock)
    traffic.heard("one", 3)
    traffic.refuse("one", 401, "who are you?")

    def adapter(name, role="source"):
        return AdapterHealth(
            instance=name, type="x", role=role, state="ok", detail="", failures=0, last_ok_at=None, last_error_at=None
        )

    expected = {"one": timedelta(minutes=5), "two": timedelta(minutes=5)}
    rows = source_health(
        [adapter("one"), adapter("two"), adapter("log", "notifier")], traffic, traffic.last_at, expected,
        clock.now() + timedelta(minutes=6),
    )  # fmt: skip
    assert [row.instance for row in rows] == ["one", "two"]
    assert (rows[0].silent, rows[0].refused, rows[0].last_error) == (True, {"signature": 1}, "401: who are you?")
    assert (rows[1].silent, rows[1].last_signal_at, rows[1].expect_every) == (False, None, 300)
