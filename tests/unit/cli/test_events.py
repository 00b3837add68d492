"""`events`: once, and followed over restarts."""

import json
import os
import subprocess
import sys
import threading
import time

import msgspec
import pytest

from incidentd import wire

PROGRAM = [sys.executable, "-c", "from incidentd.cli.ctl import main; main()"]
HOSTILE = "\x1b]0;x\x07\u202e[/nope]"


@pytest.fixture
def log(api, canned):
    """A log of events with these kinds, seq 1 and on, served as the daemon serves it."""

    def fill(*kinds):
        events = [canned.event(seq, kind=kind, subject="page:3", actor="ada", data={"text": f"t{seq}"})
                  for seq, kind in enumerate(kinds, 1)]  # fmt: skip
        api.on("GET", "/v1/info", canned.info(last_seq=len(events)))
        known, original = {event.seq: event for event in events}, api.answer

        def answer(method, target):
            path, _, query = target.partition("?")
            if path != "/v1/events":
                return original(method, target)
            asked = dict(pair.split("=") for pair in query.split("&"))
            found = [known[seq] for seq in sorted(known) if seq > int(asked["after"])][: int(asked["limit"])]
            return type(original(method, "/v1/info"))(
                200, msgspec.json.encode(wire.EventPage(events=tuple(found), last_seq=len(known)))
            )

        api.answer = answer

    return fill


def seqs(done):
    return [int(line.split()[0]) for line in done.out.splitlines()]


def test_a_line_for_each_event(log, run):
    log("page.step")
    assert run("events").out == ("      1  2024-03-14 09:26:53  page.step                P-3      ada        t1\n")


def test_the_newest_ones(log, run):
    log(*["page.step"] * 30)
    assert seqs(run("events", "--limit", "3")) == [28, 29, 30]


def test_those_after_a_seq(log, run):
    log(*["page.step"] * 30)
    assert seqs(run("events", "--after", "5", "--limit", "3")) == [6, 7, 8]
    assert seqs(run("events", "--after", "28")) == [29, 30]


@pytest.mark.parametrize("kind", ["page", "page.", "page.step"])
def test_one_kind_is_found_however_far_back(kind, log, run):
    log("page.step", "page.step", *["pager.other"] * 2500, "page.step")
    assert seqs(run("events", "--kind", kind, "--limit", "2")) == [2, 2503]
    assert seqs(run("events", "--kind", kind, "--after", "0", "--limit", "3")) == [1, 2, 2503]


def test_an_empty_log(log, run):
    log()
    assert run("events").out == "No event matches.\n"
    assert run("events", "--json").json == {"events": [], "last_seq": 0, "whole_from": 1}


def test_one_document(log, run):
    log("page.step", "alert.fired")
    found = run("events", "--json", "--kind", "alert").json
    assert [event["seq"] for event in found["events"]] == [2]
    assert found["last_seq"] == 2


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_hostile_events_stay_inert(form, api, run, canned_with):
    canned = canned_with(HOSTILE)
    api.on("GET", "/v1/info", canned.info())
    api.on("GET", "/v1/events", wire.EventPage(events=(canned.event(),), last_seq=1))
    done = run("events", *form)
    assert done.code == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(done.out)
    assert "[/nope]" in done.out


def frames(*events):
    body = b"".join(b"id: %d\ndata: %s\n\n" % (event.seq, msgspec.json.encode(event)) for event in events)
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + body


def followed(api, *words, lines):
    """The first lines of `events --follow`, which runs as a process and is then stopped."""
    env = {**os.environ, "INCIDENTD_SOCKET": api.socket_path}
    with subprocess.Popen([*PROGRAM, "events", "--follow", *words], env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        found = [process.stdout.readline() for _ in range(lines)]
        process.kill()
    return [line.decode() for line in found]


def test_following_goes_on_after_the_last_one_over_a_restart(api, canned_with):
    canned = canned_with(HOSTILE)
    api.on("GET", "/v1/info", canned.info(last_seq=7))
    api.on("GET", "/v1/events", frames(canned.event(8), canned.event(9)), frames(canned.event(10)), frames())

    def restart():
        while sum(one.target.startswith("/v1/events") for one in api.asked) < 1:
            time.sleep(0.01)
        api.stop()
        time.sleep(0.5)
        api.start()

    threading.Thread(target=restart, daemon=True).start()
    lines = followed(api, "--json", lines=3)
    assert [json.loads(line)["seq"] for line in lines] == [8, 9, 10]
    assert all(line.isascii() and "\x1b" not in line for line in lines)
    asked = [one.target for one in api.asked if one.target.startswith("/v1/events")]
    assert asked[:2] == ["/v1/events?after=7", "/v1/events?after=9"]
    assert all(one.headers["accept"] == "text/event-stream" for one in api.asked if one.target in asked)


def test_following_one_kind_from_a_seq(api, canned):
    api.on("GET", "/v1/info", canned.info(last_seq=7))
    page = wire.EventPage(events=(), last_seq=7)
    api.on("GET", "/v1/events", page, frames(canned.event(3, kind="a.b"), canned.event(4, kind="c.d")), frames())
    [line] = followed(api, "--kind", "c", "--after", "2", lines=1)
    assert line.split()[0] == "4"
    assert [one.target for one in api.asked if "events" in one.target][1] == "/v1/events?after=2"


def test_what_retention_removed_is_told(api, run, canned):
    api.on("GET", "/v1/info", canned.info(last_seq=30))
    page = wire.EventPage(events=(canned.event(9),), last_seq=30, whole_from=20)
    api.on("GET", "/v1/events", page, page, wire.EventPage(events=(), last_seq=30))
    done = run("events", "--after", "3")
    assert done.err == "retention removed events before seq 20: what follows is what is left\n"
    assert done.out.split()[0] == "9"


def test_a_refused_stream_ends_it(api, run, canned):
    api.on("GET", "/v1/info", canned.info())
    api.refuse("GET", "/v1/events", 403, "viewers only")
    assert run("events", "--follow") == (5, "", "incidentctl: viewers only\n")


def test_an_event_that_makes_no_sense_ends_it(api, run, canned):
    api.on("GET", "/v1/info", canned.info())
    api.on("GET", "/v1/events", frames().replace(b"\r\n\r\n", b"\r\n\r\ndata: {}\n\n"))
    done = run("events", "--follow")
    assert done.code == 6
    assert done.err.startswith("incidentctl: the daemon's answer is not understood")
