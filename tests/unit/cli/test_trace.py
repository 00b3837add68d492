"""`alert trace`: the answer first, then the steps, for any terminal."""

import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from incidentd import wire
from incidentd.cli import alert_trace, screen
from incidentd.domain import trace as domain_trace
from incidentd.domain.columns import width


@pytest.fixture
def traced(api, canned, run):
    """Serve a trace and run `alert trace` on it."""

    def tell(*steps, page_state="acknowledged", **changes):
        changes = {"service": "db", "severity": "critical", "name": "DiskFull", "summary": "92 % full",
                   "flapping": False, "page_state": page_state, **changes}  # fmt: skip
        api.on("GET", "/v1/alerts/12/trace", canned.trace(*steps, **changes))
        return run("alert", "trace", "A-12")

    return tell


@pytest.fixture
def terminal(monkeypatch):
    """Pretend that standard output is a terminal."""

    def pretend(columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(screen, "sys", _Terminal())

    return pretend


class _Terminal:
    """`sys` with a standard output that says it is a terminal."""

    class _Out:
        encoding = "utf-8"

        def isatty(self):
            return True

    stdout = _Out()


def test_the_whole_page(traced, canned):
    done = traced(
        canned.step(0, "alert.fired", "Began to fire; route root took it"),
        canned.step(30.2, "page.started", "A page was opened: policy db"),
        canned.step(31, "delivery.retrying", "page to ada by sms did not go out"),
        canned.step(151, "page.acknowledged", "ada acknowledged by link"),
        canned.step(90000, "alert.resolved", "Ended: the sender said so"),
    )
    assert done.out.splitlines() == [
        "plain verdict",
        "",
        "  A-12 DiskFull: firing, critical, db, P-3 acknowledged, INC-4",
        "  92 % full",
        "",
        "  Thu 14 Mar 2024, UTC",
        "  09:26:53           ● Began to fire; route root took it",
        "  09:27:23     +30s  ▲ A page was opened: policy db",
        "  09:27:24     +31s  ↻ page to ada by sms did not go out",
        "  09:29:24   +2m31s  ✓ ada acknowledged by link",
        "",
        "  Fri 15 Mar 2024, UTC",
        "  10:26:53   +1d01h  ○ Ended: the sender said so",
    ]


def test_lines_are_wrapped_under_their_text(traced, canned, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    done = traced(canned.step(0, "page.step", "Step 1 of 2, round 1 of policy db: paging ada by sms, lin by mail"))
    assert done.out.splitlines()[-3:] == [
        "  09:26:53           » Step 1 of 2, round 1 of",
        "                       policy db: paging ada by",
        "                       sms, lin by mail",
    ]
    assert max(map(width, done.out.splitlines())) <= 50


def test_nothing_is_wrapped_for_a_program(traced, canned):
    text = "word " * 60
    assert f"» {text.strip()}" in traced(canned.step(0, "page.step", text)).out


@pytest.mark.parametrize("text", ["x" * 200, "漢字" * 60, "é" * 150])
def test_a_word_longer_than_the_screen_is_broken_by_its_width(traced, canned, monkeypatch, text):
    monkeypatch.setenv("COLUMNS", "60")
    lines = traced(canned.step(0, "page.step", text)).out.splitlines()
    assert max(map(width, lines)) <= 60
    assert "".join(line.strip() for line in lines).endswith(text[-30:])


def test_what_comes_next_when_nobody_has_taken_it(traced, canned, api):
    api.on("GET", "/v1/pages/3", canned.page_detail())
    done = traced(page_state="open")
    assert done.out.splitlines()[-1] == "  The next step is at 09:31:53. incidentctl page ack P-3 stops it."


def test_a_page_that_cannot_be_read_does_not_spoil_the_answer(traced):
    done = traced(page_state="open")
    assert done.code == 0
    assert done.out.startswith("plain verdict\n")


def test_an_alert_that_nothing_is_known_about(api, canned, run):
    alert = canned.alert(
        page_id=None, incident_ids=(), service="", name="Disk", severity="", summary="", flapping=False
    )
    api.on("GET", "/v1/alerts/12/trace", wire.Trace(alert=alert, verdict="Nobody was paged yet.", steps=()))
    assert run("alert", "trace", "12").out.splitlines() == [
        "Nobody was paged yet.", "", "  A-12 Disk: firing, no service, no page"
    ]  # fmt: skip


def test_colour_is_for_a_terminal_only(traced, canned, terminal):
    plain = traced(canned.step(0, "alert.fired", "Began to fire")).out
    assert "\x1b" not in plain
    terminal(80)
    painted = traced(canned.step(0, "alert.fired", "Began to fire")).out
    assert painted.startswith("\x1b[1mplain verdict\x1b[0m\n")
    assert "\x1b[31m●\x1b[0m Began to fire" in painted


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colour_gets_none(traced, canned, terminal, monkeypatch, name, value):
    terminal(80)
    monkeypatch.setenv(name, value)
    assert "\x1b" not in traced(canned.step(0, "alert.fired", "Began to fire")).out


def test_colour_does_not_carry_hostile_text(traced, canned, terminal):
    terminal(80)
    done = traced(canned.step(0, "alert.fired", "a\x1b[2Jb"), summary="c\x1b]0;d\x07")
    assert "a␛[2Jb" in done.out
    assert "c␛]0;d␇" in done.out
    assert "\x07" not in done.out
    assert "\x1b[2J" not in done.out


def test_an_encoding_without_the_glyphs_gets_others(monkeypatch):
    class Ascii:
        encoding = "ascii"

    monkeypatch.setattr(sys, "stdout", Ascii())
    assert {screen.glyph(mark, plain) for mark, plain, _ in alert_trace._MARKS.values() if mark == "●"} == {"*"}


def test_every_kind_that_the_domain_explains_has_a_mark():
    assert [kind for kind in domain_trace.known_kinds() if alert_trace._mark(kind) == alert_trace._OTHER] == []
    assert alert_trace._mark("daemon.reloaded") == alert_trace._OTHER


def test_marks_take_one_column_and_their_plain_forms_are_ascii():
    for mark, plain, tone in [*alert_trace._MARKS.values(), alert_trace._OTHER]:
        assert width(mark) == len(plain) == 1
        assert plain.isascii()
        assert tone in ("", *screen._CODES)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0.0s"), (0.44, "0.4s"), (9.96, "10s"), (37.4, "37s"), (59.6, "1m00s"), (137, "2m17s"), (3599.6, "1h00m"),
     (3720, "1h02m"), (90000, "1d01h"), (-61, "-1m01s")],
)  # fmt: skip
def test_how_durations_are_said(seconds, said):
    assert screen.span(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_times_at_the_end_of_the_calendar_are_shown(traced, canned, monkeypatch, year, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    at = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    step = type(canned.step(0, "x"))(seq=1, at=at, kind="alert.fired", text="t", data={})
    done = traced(step)
    assert done.code == 0, done.err
    assert "● t" in done.out
