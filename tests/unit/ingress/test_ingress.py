"""The TCP listener on a real socket: what it serves, and what hostile peers get."""

import asyncio
import base64
import gc
import gzip
import hashlib
import json
import weakref
import zlib
from types import SimpleNamespace

import msgspec
import pytest

from incidentd.ingress import bodies, connection
from incidentd.ingress.bodies import inflated
from incidentd.ingress.guessing import MOST, Guessing, unproven
from incidentd.ingress.metrics import Metrics
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import CannotListen, Ingress
from incidentd.plugin import Access, BadRequest, Route, StoreUnavailable, WebhookRequest, WebhookResponse
from incidentd.plugin.testing import FakeClock
from incidentd.pluginhost.host import Mounted

LIMIT = 200_000


class Links:
    """One token; a title and a person that try to break out of the page."""

    def __init__(self):
        self.view = SimpleNamespace(
            title="<script>alert(1)</script>\x1b[31m", person='ada"><b>', state="open", acknowledged_by="", kind="page"
        )

    async def describe(self, token):
        return self.view if token == "good" else None

    async def acknowledge(self, token):
        if token == "good" and self.view.state == "open":
            self.view.state, self.view.acknowledged_by = "acknowledged", "<ada>"
        return await self.describe(token)


async def echo(request: WebhookRequest) -> WebhookResponse:
    seen = {"query": request.query, "params": request.params, "length": len(request.body), "peer": request.peer}
    return WebhookResponse(body=msgspec.json.encode(seen))


async def fail(request: WebhookRequest) -> WebhookResponse:
    raise {
        "bad": BadRequest("is no number", field="labels.x", status=422),
        "store": StoreUnavailable("the disk is full"),
        "bug": RuntimeError("secret detail"),
        "slow": TimeoutError(),
    }[request.params["how"]]


ROUTES = [
    Mounted("one", Route(method="POST", path="/echo", handler=echo, max_body=LIMIT), True),
    Mounted("one", Route(method="GET", path="/fail/{how}", handler=fail), True),
    Mounted("one", Route(method="GET", path="/-/ready", handler=echo), True),
    Mounted("one", Route(method="POST", path="/alerts/{alias}/close", handler=echo), True),
    Mounted("two", Route(method="POST", path="/echo", handler=echo), False),
]


async def calendar_of(token: str) -> bytes | None:
    return b"BEGIN:VCALENDAR" if token == "good" else None


@pytest.fixture
async def make(monkeypatch):
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.3)
    running: list[Ingress] = []

    async def make(
        rate: float = 0, burst: int = 1, at_once: int = 8, routes=ROUTES, trouble=str, guessing=None
    ) -> Ingress:
        ingress = Ingress(
            clock=FakeClock(),
            links=Links(),
            calendars=calendar_of,
            metrics=Metrics("1.2.3"),
            buckets=Buckets(rate, burst),
            guessing=guessing,
            at_once=at_once,
            trouble=trouble,
        )
        ingress.mount(routes)
        await ingress.start([("127.0.0.1", 0)])
        running.append(ingress)
        return ingress

    yield make
    for ingress in running:
        await ingress.close()


async def talk(ingress: Ingress, *pieces: bytes, pause: float = 0.0, wait: float = 5.0) -> bytes:
    """What comes back until the listener closes the connection."""
    reader, writer = await asyncio.open_connection(*ingress.addresses[0])
    try:
        for piece in pieces:
            try:
                writer.write(piece)
                await writer.drain()
            except ConnectionError:
                break
            await asyncio.sleep(pause)
        async with asyncio.timeout(wait):
            try:
                return await reader.read()
            except ConnectionError:
                return b""
    finally:
        writer.close()


def head(method: str, path: str, *fields: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *fields, "", ""]).encode()


async def call(ingress, method, path, body=b"", *fields):
    raw = await talk(ingress, head(method, path, f"Content-Length: {len(body)}", *fields) + body)
    top, _, content = raw.partition(b"\r\n\r\n")
    return int(top.split()[1]), top.decode().lower(), content


# ------------------------------------------------------------------ what it serves
async def test_a_route_answers_below_its_instance_and_at_the_root(make):
    ingress = await make()
    for path in ("/echo", "/in/one/echo", "/in/two/echo"):
        status, _, body = await call(ingress, "POST", path + "?a=1&a=2&b=%C3%BC", b"x" * 70_000)
        assert status == 200
        assert json.loads(body) == {
            "query": {"a": "1\n2", "b": "ü"},
            "params": {},
            "length": 70_000,
            "peer": "127.0.0.1",
        }


@pytest.mark.parametrize(
    ("sent", "seen"),
    [("disk%2Fdb-1", "disk/db-1"), ("a%2fb%20c", "a/b c"), ("100%25", "100%"), ("%252F", "%2F"), ("%C3%BC", "ü")],
)
async def test_a_value_in_a_path_may_hold_a_slash(make, sent, seen):
    status, _, body = await call(await make(), "POST", f"/alerts/{sent}/close")
    assert (status, json.loads(body)["params"]) == (200, {"alias": seen})


async def test_a_slash_between_parts_is_no_value(make):
    assert (await call(await make(), "POST", "/alerts/disk/db-1/close"))[0] == 404


async def test_two_that_want_one_path_are_told(make):
    both = [Mounted(name, ROUTES[0].route, True) for name in ("one", "two")]
    assert (await make()).mount(both) == [("two", "POST /echo belongs to one")]


async def test_a_plugin_cannot_say_that_the_daemon_is_ready(make):
    ingress = await make()
    assert (await call(ingress, "GET", "/-/ready"))[0] == 503
    ingress.ready = True
    assert (await call(ingress, "GET", "/-/ready"))[::2] == (200, b"OK")
    assert (await call(ingress, "GET", "/-/healthy"))[0] == 200


async def test_a_node_without_its_database_is_not_ready_and_tells_nobody_where_it_is(make):
    away = ["no answer from db.internal:5432"]
    ingress = await make(trouble=lambda: away[0])
    ingress.ready = True
    assert (await call(ingress, "GET", "/-/ready"))[::2] == (503, b"the database does not answer")
    assert (await call(ingress, "GET", "/readyz"))[::2] == (503, b"the database does not answer")
    for alive in ("/-/healthy", "/livez", "/healthz"):
        assert (await call(ingress, "GET", alive))[0] == 200, "to be restarted would not help"
    away[0] = ""
    assert (await call(ingress, "GET", "/-/ready"))[0] == 200


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/fail/bad", 422, "is no number"),
        ("/fail/store", 503, "the disk is full"),
        ("/fail/bug", 500, "the source one failed"),
        ("/fail/slow", 503, "the source one took too long"),
        ("/nowhere", 404, "no source serves this path"),
        ("/echo", 405, "GET is not served here"),
    ],
)
async def test_errors_are_json_that_says_what_and_no_more(make, path, status, told):
    found, top, body = await call(await make(), "GET", path)
    document = json.loads(body)
    assert (found, document["status"], document["errors"]) == (status, "error", [document["message"]])
    assert told in document["message"]
    assert b"secret detail" not in body
    assert ("retry-after: 1" in top) is (status == 503)
    assert document.get("field") == ("labels.x" if status == 422 else None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/echo"),
        ("GET", "/fail/bug"),
        ("GET", "/nowhere"),
        ("GET", "/metrics"),
        ("GET", "/-/ready"),
        ("GET", "/ack/good"),
        ("POST", "/ack/bad"),
        ("GET", "/calendar/good"),
        ("\x01", "/"),
    ],
)
async def test_no_browser_makes_more_of_an_answer_than_it_says(make, method, path):
    _, top, _ = await call(await make(), method, path)
    for field in (
        "content-security-policy: default-src 'none';",
        "frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "referrer-policy: no-referrer",
        "server: incidentd\r\n",
        "cache-control: private, max-age=300" if path == "/calendar/good" else "cache-control: no-store",
    ):
        assert field in top, top
    assert "unsafe" not in top
    assert "aiohttp" not in top


async def test_the_style_of_a_page_is_the_one_that_its_policy_allows(make):
    _, top, body = await call(await make(), "GET", "/ack/good")
    style = body.split(b"<style>")[1].split(b"</style>")[0]
    assert base64.b64encode(hashlib.sha256(style).digest()).decode().lower() in top


async def test_metrics(make):
    ingress = await make()
    await call(ingress, "GET", "/fail/bad")
    _, _, body = await call(ingress, "GET", "/metrics")
    assert b'alertmanager_build_info{version="' in body
    assert b'incidentd_ingress_requests_total{code="422",handler="one"} 1.0' in body


# ------------------------------------------------------------------ acknowledge links
async def test_a_link_asks_before_it_acknowledges(make):
    ingress = await make()
    for _ in range(2):  # scanners and previews follow links
        status, top, body = await call(ingress, "GET", "/ack/good")
        assert status == 200
        assert b"<form" in body
    assert b"<script>" not in body
    assert b"<b>" not in body
    assert b"\x1b" not in body
    for field in ("cache-control: no-store", "content-security-policy: default-src 'none'", "noindex", "no-referrer"):
        assert field in top
    status, _, body = await call(ingress, "POST", "/ack/good")
    assert status == 200
    assert b"Acknowledged by &lt;ada&gt;" in body
    assert b"<form" not in (await call(ingress, "GET", "/ack/good"))[2]


@pytest.mark.parametrize("token", ["", "bad", "%00", "..%2fgood", "a" * 3000])
async def test_a_wrong_link_says_nothing(make, token):
    for method in ("GET", "POST"):
        status, _, body = await call(await make(), method, f"/ack/{token}")
        assert status in (404, 410)
        assert b"script" not in body


# ------------------------------------------------------------------ hostile peers
async def test_a_body_that_is_too_large_is_refused_before_it_is_read(make):
    ingress = await make()
    raw = await talk(ingress, head("POST", "/echo", "Content-Length: 99999999999"))
    assert raw.startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    raw = await talk(ingress, head("POST", "/echo", "Transfer-Encoding: chunked"), *[chunk] * 8)
    assert raw == b"" or raw.startswith(b"HTTP/1.1 413")


async def test_slow_heads_and_slow_bodies_hold_no_connection(make):
    ingress = await make()
    began = asyncio.get_running_loop().time()
    assert b"200" not in (await talk(ingress))[:20]
    assert b"200" not in (await talk(ingress, b"POST /echo HTTP/1.1\r\n", *[b"A: b\r\n"] * 10, pause=0.1))[:20]
    raw = await talk(ingress, head("POST", "/echo", "Content-Length: 100"), *[b"x"] * 10, pause=0.1)
    assert raw.startswith(b"HTTP/1.1 408") or raw == b""
    assert asyncio.get_running_loop().time() - began < 5
    assert (await call(ingress, "POST", "/echo"))[0] == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx",
        b"GET /echo HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
    ],
)
async def test_what_is_no_http_gets_400_at_once_and_harms_nobody(make, raw):
    ingress = await make()
    answer = await talk(ingress, raw, wait=2)
    assert answer[:10] in (b"HTTP/1.0 4", b"HTTP/1.1 4")
    assert (await call(ingress, "POST", "/echo"))[0] == 200


def gzipped(data: bytes) -> bytes:
    """The same bytes at every call: the time in the header would name the test differently on every worker."""
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    ("body", "coding", "status"),
    [
        (gzipped(b"x" * 1000), "gzip", 200),
        (zlib.compress(b"x" * 1000), "deflate", 200),
        (b"x" * 1000, "identity", 200),
        (gzipped(b"x" * 500) + gzipped(b"x" * 500), "gzip", 200),
        (gzipped(b"x" * 1000)[:-9], "gzip", 400),
        (gzipped(b"x" * 1000) + b"tail", "gzip", 400),
        (b"no gzip", "gzip", 400),
        (b"", "gzip", 400),
        (b"x", "br", 415),
        (b"x", "gzip, gzip", 415),
        (gzipped(b"\0" * 50_000_000), "gzip", 413),
    ],
)
async def test_compressed_bodies(make, body, coding, status):
    found, _, answer = await call(await make(), "POST", "/echo", body, f"Content-Encoding: {coding}")
    assert found == status
    if status == 200:
        assert json.loads(answer)["length"] == 1000


def test_inflation_is_bounded_by_the_limit_and_by_the_ratio():
    bomb = gzip.compress(b"\0" * 100_000_000)
    with pytest.raises(BadRequest, match="larger"):
        inflated(bomb, "gzip", 50_000_000)
    with pytest.raises(BadRequest, match="larger"):
        inflated(gzip.compress(b"\0" * 900_000) * 2000, "gzip", 10_000_000)


# ------------------------------------------------------------------ too much at once
async def test_a_rate_limit_says_when_to_come_back(make):
    ingress = await make(rate=0.5, burst=2)
    statuses = [(await call(ingress, "POST", "/echo"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert "retry-after: 2" in (await call(ingress, "POST", "/echo"))[1]
    assert (await call(ingress, "POST", "/in/two/echo"))[0] == 200  # another source has its own


async def refuse(request: WebhookRequest) -> WebhookResponse:
    raise BadRequest("is not known here", field="key", status=int(request.params["status"]))


def kinds_of_access():
    return [
        Mounted(one.value, Route(method="GET", path="/{status}", handler=refuse, access=one), False) for one in Access
    ]


async def test_who_guesses_waits_and_nobody_else(make, monkeypatch):
    monkeypatch.setattr("incidentd.ingress.guessing.is_loopback", lambda peer: False)
    seconds = 0.0
    ingress = await make(guessing=Guessing(2, lambda: seconds), routes=kinds_of_access())
    for path, status in (("/in/keyed/401", 401), ("/in/address/404", 404), ("/ack/bad", 410), ("/calendar/x", 404)):
        for _ in range(2):
            assert (await call(ingress, "GET", path))[0] == status, path
        seconds += 300  # the listener's own links are one source
    for _ in range(2):
        assert (await call(ingress, "GET", "/in/keyed/401"))[0] == 401
    status, top, body = await call(ingress, "GET", "/in/keyed/401")
    assert (status, "retry-after: 31" in top) == (429, True)
    assert b"without a valid key" in body
    assert (await call(ingress, "GET", "/in/signed/401"))[0] == 401, "one source does not wait for another"
    for path, status in (("/in/keyed/400", 429), ("/in/open/404", 404), ("/-/healthy", 200)):
        assert (await call(ingress, "GET", path))[0] == status
    seconds += 31
    assert (await call(ingress, "GET", "/in/keyed/401"))[0] == 401


@pytest.mark.parametrize(
    ("access", "status", "counts"),
    [(one, status, True) for one in Access for status in (401, 403)]
    + [(one, status, one is Access.ADDRESS) for one in Access for status in (404, 410)]
    + [(one, status, False) for one in Access for status in (200, 400, 422, 429, 500)],
)
def test_what_counts_as_a_guess(access, status, counts):
    assert unproven(access, status) is counts


def test_guesses_are_counted_by_network_and_within_bounds():
    guessing = Guessing(1, lambda: 0.0)
    guessing.refused("2001:db8::1", "shop")
    assert guessing.wait("2001:db8::ffff", "shop") > 0, "a household has a whole /64"
    assert guessing.wait("2001:db8:1::1", "shop") == 0
    for local in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        guessing.refused(local, "shop")
        assert guessing.wait(local, "shop") == 0, "a proxy on this machine speaks for everybody"
    for number in range(MOST + 5):
        guessing.refused(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "shop")
    assert len(guessing._levels) == MOST
    assert guessing.wait("2001:db8::1", "shop") == 0
    unlimited = Guessing(0)
    unlimited.refused("192.0.2.1", "shop")
    assert unlimited.wait("192.0.2.1", "shop") == 0


async def test_one_source_does_not_use_up_the_rate_of_another(make):
    ingress = await make(rate=1, burst=1)
    assert [(await call(ingress, "POST", path))[0] for path in ("/in/one/echo", "/in/one/echo", "/in/two/echo")] == [
        200,
        429,
        200,
    ]


def test_a_bucket_fills_with_time():
    now = [0.0]
    buckets = Buckets(2, 3, lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    now[0] = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0.0, 0.5]
    now[0] = 1000
    assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


async def test_requests_beyond_the_limit_wait_their_turn(make):
    most = now = 0

    async def slow(_request: WebhookRequest) -> WebhookResponse:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.05)
        now -= 1
        return WebhookResponse()

    ingress = await make(at_once=2, routes=[Mounted("s", Route(method="POST", path="/slow", handler=slow), True)])
    answers = await asyncio.gather(*(call(ingress, "POST", "/slow") for _ in range(8)))
    assert [status for status, _, _ in answers] == [200] * 8
    assert most == 2


# ------------------------------------------------------------------ start and end
async def test_an_address_that_is_taken_is_named(make):
    host, port = (await make()).addresses[0]
    other = Ingress(clock=FakeClock(), links=Links(), metrics=Metrics("1"), buckets=Buckets(0, 1), at_once=1)
    with pytest.raises(CannotListen, match=f"127.0.0.1:{port}"):
        await other.start([(host, port)])


async def test_close_answers_what_is_under_way(make):
    started = asyncio.Event()

    async def slow(_request: WebhookRequest) -> WebhookResponse:
        started.set()
        await asyncio.sleep(0.2)
        return WebhookResponse(body=b"done")

    ingress = await make(routes=[Mounted("s", Route(method="POST", path="/slow", handler=slow), True)])
    under_way = asyncio.create_task(call(ingress, "POST", "/slow"))
    await started.wait()
    await ingress.close()
    assert (await under_way)[::2] == (200, b"done")


async def test_what_was_spooled_is_handed_in_as_a_local_sender_sends_it(clock: FakeClock):
    ingress = Ingress(clock=clock, links=Links(), metrics=Metrics("0"), buckets=Buckets(0, 1), at_once=1)
    ingress.mount(ROUTES)
    at = clock.now()
    answer = await ingress.hand_in("/echo", b"{}", {"idempotency-key": "k"}, at)
    assert json.loads(answer.body) == {"query": {}, "params": {}, "length": 2, "peer": "127.0.0.1"}
    assert (await ingress.hand_in("/in/one/echo", b"{}", {}, at)).status == 200
    for path in ("/nowhere", "/metrics", "/fail/bug"):
        assert (await ingress.hand_in(path, b"{}", {}, at)).status == 404


async def test_a_calendar_is_read_at_its_address_and_nowhere_else(make):
    ingress = await make(routes=[*ROUTES, Mounted("one", Route(method="GET", path="/calendar/x", handler=echo), True)])
    status, top, body = await call(ingress, "GET", "/calendar/good")
    assert (status, body) == (200, b"BEGIN:VCALENDAR")
    assert "text/calendar" in top
    for method, path, expected in (("GET", "/calendar/x", 404), ("POST", "/calendar/good", 404)):
        assert (await call(ingress, method, path))[0] == expected


async def until(look):
    async with asyncio.timeout(3):
        while not look():  # noqa: ASYNC110 - that an object is gone is told to nobody
            await asyncio.sleep(0.01)


async def test_who_has_to_go_within_its_body_leaves_no_cycle_for_a_collection_that_stops_everything(make, monkeypatch):
    monkeypatch.setattr(bodies, "BODY_SECONDS", 5)
    ingress = await make()
    ingress.crowd.most = 1
    seen: list[weakref.ref] = []
    enter = ingress.crowd.enter

    def entered(one, place):
        seen.append(weakref.ref(one))
        return enter(one, place)

    monkeypatch.setattr(ingress.crowd, "enter", entered)
    gc.disable()
    try:
        for _ in range(3):
            _, writer = await asyncio.open_connection(*ingress.addresses[0])
            writer.write(head("POST", "/echo", "Content-Length: 10") + b"half")
            await until(lambda: seen and seen[-1]()._current_request is not None)
            await asyncio.sleep(0.01)  # its handler waits for the rest
        await until(lambda: seen[0]() is None and seen[1]() is None)
    finally:
        gc.enable()
