"""Bad input over the real listener: refused with the field named, what is valid is kept, and nothing breaks."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("bad_input")]  # one process: what they share is dear

KEY = "0" * 32


def prometheus(**alert) -> list:
    return [{"labels": {"alertname": "A"}, **alert}]


def webhook(**alert) -> dict:
    return {"version": "4", "alerts": [{"status": "firing", "labels": {"alertname": "W"}, **alert}]}


def pagerduty(payload=None, **event) -> dict:
    told = {"summary": "s", "source": "here", "severity": "critical", **(payload or {})}
    return {"routing_key": KEY, "event_action": "trigger", "dedup_key": "p", "payload": told, **event}


def generic(**item) -> dict:
    return {"key": "h", "title": "H", **item}


PATHS = {
    "prometheus": "/api/v2/alerts",
    "webhook": "/api/v2/webhook",
    "pagerduty": "/v2/enqueue",
    "generic": "/hook",
}
# (format, document, what the answer must name)
WRONG = [
    ("prometheus", {"labels": {}}, "array"),
    ("prometheus", [7], "[0]"),
    ("prometheus", [{"labels": {}}], "[0].labels"),
    ("prometheus", [{}], "[0].labels"),
    ("prometheus", prometheus(labels=[]), "[0].labels"),
    ("prometheus", prometheus(labels={"alertname": 7}), "[0].labels.alertname"),
    ("prometheus", prometheus(labels={"": "x"}), "[0].labels"),
    ("prometheus", prometheus(annotations={"summary": {}}), "[0].annotations.summary"),
    ("prometheus", prometheus(annotations={"summary": "x" * 70_000}), "[0].annotations.summary"),
    ("prometheus", prometheus(startsAt="yesterday"), "[0].startsAt"),
    ("prometheus", prometheus(startsAt=7), "[0].startsAt"),
    ("prometheus", prometheus(endsAt="2026-13-45T99:00:00Z"), "[0].endsAt"),
    ("prometheus", prometheus(startsAt="2031-01-01T00:00:00Z", endsAt="2030-01-01T00:00:00Z"), "[0].startsAt"),
    ("prometheus", prometheus(generatorURL=[]), "[0].generatorURL"),
    ("webhook", [], "object"),
    ("webhook", {}, "alerts"),
    ("webhook", {"alerts": {}}, "alerts"),
    ("webhook", {"alerts": ["x"]}, "alerts[0]"),
    ("webhook", webhook(status="melting"), "alerts[0].status"),
    ("webhook", webhook(status=None), "alerts[0].status"),
    ("webhook", webhook(labels={"alertname": None}), "alerts[0].labels.alertname"),
    ("webhook", webhook(startsAt=[]), "alerts[0].startsAt"),
    ("webhook", webhook(fingerprint={}), "alerts[0].fingerprint"),
    ("pagerduty", [], "not a JSON object"),
    ("pagerduty", pagerduty(routing_key=7), "routing_key"),
    ("pagerduty", pagerduty(routing_key="short"), "routing_key"),
    ("pagerduty", pagerduty(event_action="explode"), "event_action"),
    ("pagerduty", pagerduty(event_action="resolve", dedup_key=None), "dedup_key"),
    ("pagerduty", pagerduty(dedup_key="k" * 256), "dedup_key"),
    ("pagerduty", {**pagerduty(), "payload": "x"}, "payload"),
    ("pagerduty", pagerduty({"summary": ""}), "payload.summary"),
    ("pagerduty", pagerduty({"summary": "x" * 1025}), "payload.summary"),
    ("pagerduty", pagerduty({"severity": "apocalyptic"}), "payload.severity"),
    ("pagerduty", pagerduty({"timestamp": "soon"}), "payload.timestamp"),
    ("pagerduty", pagerduty(links=[{"text": "no address"}]), "links[0].href"),
    ("pagerduty", pagerduty(images="x"), "images"),
    ("generic", 7, "must be an object"),
    ("generic", {"title": "no key"}, "key"),
    ("generic", {"key": "no title"}, "title"),
    ("generic", generic(labels=[]), "labels"),
    ("generic", generic(labels={"a": {}}), "labels"),
    ("generic", generic(title=[]), "title"),
]
MALFORMED = {
    "empty": b"",
    "cut": b'[{"labels": {"alertname": "A"',
    "text": b"alertname=A",
    "binary": bytes(range(256)),
    "null": b"null",
    "nan": b'[{"labels": {"alertname": NaN}}]',
    "infinity": b'{"alerts": Infinity, "key": -Infinity}',
    "trailing": b'[{"labels": {"alertname": "A"}}] and more',
    "arrays": b"[" * 200_000,
    "objects": b'{"a":' * 100_000,
    "raw-nul": b'[{"labels": {"alertname": "A\x00"}}]',
}


@pytest.fixture(scope="module")
def target(running, tmp_path_factory):
    """One daemon for all of it: what one test does to it, the next ones would see."""
    daemon = running.Incidentd(tmp_path_factory.mktemp("bad"), process="[route]\npage = false\n")
    daemon.start()
    yield daemon
    pid = daemon.running.pid
    try:
        assert daemon.running.running, "the daemon outlived all of it"
        health = daemon.get("/v1/health")
        assert health["status"] == "ok", health["problems"]
        assert daemon.logged("handler_failed") == []
        assert "Traceback" not in daemon.log.read_text()
        assert daemon.terminate() == 0
        assert daemon.running.pid == pid
    finally:
        daemon.close()


def stored(target) -> int:
    return int(target.get("/v1/alerts", status="all")["total"])


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_what_is_no_such_json_is_refused(target, path, body):
    before = stored(target)
    answer = target.http("POST", path, body, {"Content-Type": "application/json"})
    assert answer.status == 400, (answer.status, answer.body[:200])
    assert len(answer.body) < 2000
    assert answer.json(), "the reason, as JSON"
    assert stored(target) == before


@pytest.mark.parametrize(
    ("form", "document", "named"), WRONG, ids=[f"{form}-{number}" for number, (form, _, _) in enumerate(WRONG)]
)
def test_a_wrong_member_is_named(target, form, document, named):
    before = stored(target)
    answer = target.post(PATHS[form], document)
    assert answer.status == 400, (answer.status, answer.body[:200])
    assert named in answer.body.decode(), answer.body
    assert stored(target) == before


def test_the_valid_alerts_of_a_partly_bad_batch_are_kept(target):
    good = [{"labels": {"alertname": f"Kept{number}"}} for number in range(3)]
    answer = target.post("/api/v2/alerts", [good[0], {"labels": {"alertname": 7}}, good[1], {}, good[2]])
    assert answer.status == 400
    assert "[1].labels.alertname" in answer.json()
    assert "[3].labels" in answer.json()
    by_webhook = {**webhook(), "alerts": [*webhook(labels={"alertname": "Kept3"})["alerts"], {"status": "firing"}]}
    answer = target.post("/api/v2/webhook", by_webhook)
    assert (answer.status, "alerts[1].labels" in answer.json()) == (400, True)
    answer = target.post("/hook", [generic(key="kept4", title="Kept4"), {"title": "no key"}])
    assert (answer.status, answer.json()["accepted"], answer.json()["rejected"]) == (400, 1, 1)
    assert {one["name"] for one in target.alerts(q="Kept")} == {f"Kept{number}" for number in range(5)}


def test_keys_that_nobody_knows_are_ignored(target):
    more = {"fromTheFuture": {"a": [1, None, {"b": 2}]}}
    assert target.post("/api/v2/alerts", prometheus(**more)).status == 200
    assert target.post("/api/v2/webhook", {**webhook(**more), **more}).status == 200
    assert target.post("/v2/enqueue", {**pagerduty(more), **more}).status == 202
    assert target.post("/hook", generic(**more)).status == 200


def test_broken_unicode_and_nul_are_mended_not_refused(target):
    """A sender may be right about an outage and wrong about its encoding."""
    texts = {"\\ud800": "\ufffd", "\\u0000": "\u2400", "\\udfff\\ud800": "\ufffd\ufffd"}
    for number, (escape, shown) in enumerate(texts.items()):
        body = f'[{{"labels": {{"alertname": "Mended{number}"}}, "annotations": {{"summary": "<{escape}>"}}}}]'
        assert target.http("POST", "/api/v2/alerts", body.encode()).status == 200
        assert target.alert(f"Mended{number}")["summary"] == f"<{shown}>"
        event = json.dumps(pagerduty({"summary": "HERE"}, dedup_key=f"mended{number}")).replace("HERE", f"<{escape}>")
        assert target.http("POST", "/v2/enqueue", event.encode()).status == 202
        item = json.dumps(generic(key=f"mended{number}", title="HERE")).replace("HERE", f"<{escape}>")
        assert target.http("POST", "/hook", item.encode()).status == 200
        assert len(target.alerts(q=f"<{shown}>")) == 3
    assert target.http("POST", "/api/v2/alerts", b'[{"labels": {"alertname": "Bad\xff8"}}]').status == 200
    assert target.alert("Bad\ufffd8")


def test_times_that_are_absent_zero_or_far_off(target):
    now = datetime.now(UTC)
    zero = "0001-01-01T00:00:00Z"
    cases = {
        "Absent": {},
        "Zero": {"startsAt": zero, "endsAt": zero},
        "Ancient": {"startsAt": "1066-10-14T09:00:00Z"},
        "Far": {"startsAt": now.isoformat(), "endsAt": "9999-12-31T23:59:59Z"},
        "Offset": {"startsAt": "2026-01-01T00:00:00.123456789+14:00"},
    }
    for name, times in cases.items():
        answer = target.post("/api/v2/alerts", [{"labels": {"alertname": f"Time{name}"}, **times}])
        assert answer.status == 200, (name, answer)
    alerts = {one["name"].removeprefix("Time"): one for one in target.alerts(q="Time")}
    assert {one["status"] for one in alerts.values()} == {"firing"}
    for name in ("Absent", "Zero"):
        assert abs(datetime.fromisoformat(alerts[name]["starts_at"]) - now) < timedelta(minutes=1)
        ends = datetime.fromisoformat(alerts[name]["ends_at"])
        assert abs(ends - now - timedelta(minutes=5)) < timedelta(minutes=1), "resolve_timeout"
    assert datetime.fromisoformat(alerts["Ancient"]["starts_at"]) == datetime(1970, 1, 1, tzinfo=UTC)
    assert datetime.fromisoformat(alerts["Far"]["ends_at"]) < now + timedelta(days=3700)
    starts = datetime.fromisoformat(alerts["Offset"]["starts_at"])
    assert starts.replace(microsecond=0) == datetime(2025, 12, 31, 10, tzinfo=UTC)

    resolved_first = [{"labels": {"alertname": "OverAtOnce"}, "endsAt": (now - timedelta(hours=1)).isoformat()}]
    assert target.post("/api/v2/alerts", resolved_first).status == 200
    assert target.alert("OverAtOnce")["status"] == "resolved"


@pytest.mark.parametrize(("form", "limit"), [("prometheus", 8 << 20), ("webhook", 8 << 20), ("pagerduty", 512 << 10)])
def test_huge_bodies_are_refused_stated_or_not(target, form, limit):
    stated = target.http("POST", PATHS[form], b" " * (limit + 1))
    assert stated.status == 413
    assert str(limit) in stated.body.decode()
    with socket.create_connection(("127.0.0.1", target.port), 20) as link:
        head = f"POST {PATHS[form]} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        link.sendall(head.encode())
        chunk = b"%x\r\n" % (64 << 10) + b" " * (64 << 10) + b"\r\n"
        try:
            for _ in range(limit // (64 << 10) + 64):
                link.sendall(chunk)
        except OSError:
            pass  # it stopped reading: what it answered may still be there
        link.settimeout(10)
        try:
            assert link.recv(4096).startswith(b"HTTP/1.1 413 ")
        except ConnectionResetError:
            pass
    assert target.answers()


def test_packed_bodies_are_unpacked_within_bounds(target):
    good = json.dumps([{"labels": {"alertname": "Packed"}}]).encode()
    gzipped = {"Content-Encoding": "gzip"}
    assert target.http("POST", "/api/v2/alerts", gzip.compress(good), gzipped).status == 200
    assert target.http("POST", "/api/v2/alerts", zlib.compress(good), {"Content-Encoding": "deflate"}).status == 200
    assert target.alert("Packed")["count"] == 2
    before = target.get("/v1/health")["rss_mib"]
    bomb = gzip.compress(b" " * (256 << 20))
    assert target.http("POST", "/api/v2/alerts", bomb, gzipped).status == 413
    assert target.http("POST", "/api/v2/alerts", gzip.compress(bomb), gzipped).status == 400, "once, not twice"
    assert target.get("/v1/health")["rss_mib"] < before + 64
    assert target.http("POST", "/api/v2/alerts", gzip.compress(good)[:-12], gzipped).status == 400
    assert target.http("POST", "/api/v2/alerts", good, gzipped).status == 400
    assert target.http("POST", "/api/v2/alerts", good, {"Content-Encoding": "br"}).status == 415


def test_slow_senders_are_cut_off_and_hold_up_nobody(target):
    """Twenty slow bodies and twenty slow heads at once; alerts get through all the while."""
    answers: list[bytes] = []
    closed: list[float] = []

    def slow_body() -> None:
        with socket.create_connection(("127.0.0.1", target.port), 30) as link:
            link.sendall(b"POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[{")
            answers.append(link.recv(4096))

    def slow_head() -> None:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", target.port), 30) as link:
            link.sendall(b"POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            try:
                while time.monotonic() - began < 20:
                    link.sendall(b"x")
                    time.sleep(0.5)
            except OSError:
                closed.append(time.monotonic() - began)

    threads = [threading.Thread(target=slow) for slow in (slow_body, slow_head) for _ in range(20)]
    for thread in threads:
        thread.start()
    for number in range(20):
        began = time.monotonic()
        target.fire(f"Brisk{number}")
        assert time.monotonic() - began < 2
        time.sleep(0.05)
    for thread in threads:
        thread.join(30)
    assert [answer[:13] for answer in answers] == [b"HTTP/1.1 408 "] * 20
    assert len(closed) == 20
    assert max(closed) < 10


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v2/alerts HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v2/alerts HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n[]",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"b" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    ],
    ids=["tls", "version", "negative", "smuggling", "long-path", "long-header", "many-headers"],
)
def test_what_is_no_http_is_refused(target, garbage):
    with socket.create_connection(("127.0.0.1", target.port), 20) as link:
        try:
            link.sendall(garbage)
            answer = link.recv(4096)
        except ConnectionResetError:
            answer = b""
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), answer[:200]
    assert b"Traceback" not in answer
    assert target.answers()


def test_wrong_places_and_methods(target):
    assert target.http("GET", "/nothing/here").status == 404
    assert target.http("DELETE", "/api/v2/alerts").status == 405
    assert target.http("GET", "/v1/alerts").status == 404, "the socket API is not on TCP"
    assert target.http("POST", "/ack/" + "A" * 3000).status == 410
    assert target.http("GET", "/ack/%00%ff%2e%2e%2f").status == 410
    assert target.http("GET", "/in/../../etc/passwd").status == 404
