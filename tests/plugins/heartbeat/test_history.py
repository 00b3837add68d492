"""How pings and time change what is known of a check: rules with time travel, gaps and overlapping runs."""

import uuid
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, CheckStatus, Pause
from incidentd_heartbeat.history import (
    KEPT_RESULTS,
    Expected,
    History,
    Span,
    heard,
    judge,
    missed,
    put_right,
    with_pause,
)
from incidentd_heartbeat.listening import DEAF, Listening, beat
from incidentd_heartbeat.ping import MAX_BODY, Ping, Said, read_ping
from incidentd_heartbeat.schedule import Every, parse_calendar

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
EMPTY = History()
HOURLY = Expected(Every(HOUR), 10 * MINUTE)
GOOD, FAILED, START = Ping(said=Said.SUCCESS), Ping(said=Said.FAIL), Ping(said=Said.START)


def after(*pings: tuple[Ping, timedelta], history: History = EMPTY, expected: Expected = HOURLY) -> History:
    for ping, at in pings:
        history = heard(history, ping, NOON + at, expected.grace)
    return history


def status(history: History, at: timedelta, blind: tuple[Span, ...] = (), expected: Expected = HOURLY) -> CheckStatus:
    return judge(history, expected, blind, NOON + at).status


def gap(begin: timedelta, end: timedelta) -> Span:
    return Span(NOON + begin, NOON + end, "incidentd did not listen")


def test_nobody_is_paged_for_a_check_that_never_pinged():
    verdict = judge(History(), HOURLY, (), NOON + 1000 * HOUR)
    assert (verdict.status, verdict.down_at) == (CheckStatus.NEW, None)


def test_up_late_and_down():
    history = after((GOOD, 0 * HOUR))
    assert status(history, 59 * MINUTE) is CheckStatus.UP
    assert status(history, 60 * MINUTE) is CheckStatus.LATE
    assert status(history, 70 * MINUTE - timedelta(microseconds=1)) is CheckStatus.LATE
    verdict = judge(history, HOURLY, (), NOON + 70 * MINUTE)
    assert verdict.status is CheckStatus.DOWN
    down = missed(history, verdict)
    assert (down.down, down.told, down.since) == (True, False, NOON + 70 * MINUTE)
    assert down.reason == "no ping since 2026-03-02 12:00 UTC"


def test_the_next_good_ping_ends_it_whatever_came_before():
    down = after((GOOD, 0 * HOUR), (FAILED, HOUR))
    assert down.down
    assert status(down, 5 * HOUR) is CheckStatus.DOWN
    up = after((GOOD, 6 * HOUR), history=down)
    assert (up.down, up.reason, up.since, up.told) == (False, "", NOON + 6 * HOUR, False)
    assert status(up, 6 * HOUR) is CheckStatus.UP


@pytest.mark.parametrize(("code", "down"), [(0, False), (1, True), (255, True)])
def test_an_exit_status_speaks(code, down):
    history = after((read_ping(str(code), None, b""), 0 * HOUR))
    assert history.down is down
    assert history.recent[0].outcome == f"exit {code}"
    assert ("exit status" in history.reason) is down


def test_a_start_that_does_not_end_in_grace_is_down():
    history = after((GOOD, 0 * HOUR), (START, 20 * MINUTE))
    assert status(history, 29 * MINUTE) is CheckStatus.STARTED
    verdict = judge(history, HOURLY, (), NOON + 30 * MINUTE)
    assert (verdict.status, verdict.down_at) == (CheckStatus.DOWN, NOON + 30 * MINUTE)
    assert "began at 2026-03-02 12:20 UTC and did not end" in verdict.why


def test_a_first_start_counts_before_any_good_ping():
    assert status(after((START, 0 * HOUR)), 10 * MINUTE) is CheckStatus.DOWN


def test_a_log_line_says_neither():
    history = after((GOOD, 0 * HOUR), (Ping(said=Said.LOG, body="half way"), 65 * MINUTE))
    assert (history.good_at, history.body) == (NOON, "half way")
    assert status(history, 65 * MINUTE) is CheckStatus.LATE


def test_runs_that_overlap_are_told_apart():
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    history = after(
        (Ping(said=Said.START, run=one), 0 * MINUTE),
        (Ping(said=Said.START, run=two), 4 * MINUTE),
        (Ping(said=Said.SUCCESS, run=two), 5 * MINUTE),
    )
    assert history.last_duration == 60
    assert list(history.runs) == [one]
    assert status(history, 10 * MINUTE) is CheckStatus.DOWN  # the first never ended
    assert after((Ping(said=Said.SUCCESS, run=one), 9 * MINUTE), history=history).last_duration == 540


def test_a_ping_that_names_no_run_ends_all():
    history = after((Ping(said=Said.START, run=str(uuid.uuid4())), 0 * MINUTE), (GOOD, MINUTE))
    assert (history.runs, history.last_duration) == ({}, None)


def test_what_could_not_be_heard_is_not_missed():
    """The ping was due at 13:00 and the daemon slept from 12:55 to 14:30: the next one counts, and it is said."""
    history = after((GOOD, 0 * HOUR))
    away = (gap(55 * MINUTE, 150 * MINUTE),)
    verdict = judge(history, HOURLY, away, NOON + 151 * MINUTE)
    assert verdict.status is CheckStatus.UP
    assert "incidentd did not listen from 2026-03-02 12:55 UTC to 2026-03-02 14:30 UTC" in verdict.detail
    assert verdict.next_at == NOON + 210 * MINUTE
    assert status(history, 220 * MINUTE, away) is CheckStatus.DOWN


def test_a_gap_elsewhere_excuses_nothing():
    history = after((GOOD, 0 * HOUR))
    assert status(history, 70 * MINUTE, (gap(10 * MINUTE, 20 * MINUTE),)) is CheckStatus.DOWN
    assert status(history, 90 * MINUTE, (gap(75 * MINUTE, 85 * MINUTE),)) is CheckStatus.DOWN


def test_a_run_whose_end_could_not_be_heard_is_not_held_against_the_job():
    history = after((START, 0 * MINUTE))
    assert status(history, 11 * MINUTE, (gap(5 * MINUTE, 6 * MINUTE),)) is CheckStatus.STARTED


def test_a_pause_ends_the_alert_and_what_fell_into_it_is_not_missed():
    down = msgspec.structs.replace(after((GOOD, 0 * HOUR), (FAILED, HOUR)), told=True)
    pause = Pause(at=NOON + 2 * HOUR, by="ada")
    quiet = with_pause(down, pause, NOON + 2 * HOUR)
    assert (quiet.down, quiet.told) == (False, False)
    assert status(quiet, 50 * HOUR) is CheckStatus.PAUSED
    assert with_pause(quiet, pause, NOON + 3 * HOUR) is quiet
    again = with_pause(quiet, None, NOON + 50 * HOUR)
    assert status(again, 50 * HOUR) is CheckStatus.UP
    assert status(again, 51 * HOUR) is CheckStatus.LATE
    assert status(again, 52 * HOUR) is CheckStatus.DOWN


def test_a_failure_during_a_pause_waits_for_nobody():
    quiet = with_pause(after((GOOD, 0 * HOUR)), Pause(at=NOON, by="ada"), NOON)
    assert not after((FAILED, MINUTE), history=quiet).down


@pytest.mark.parametrize("action", ["256", "-1", "1.0", "stop", "START", "0x1", "٣", "0000"])
def test_an_unknown_action_is_refused(action):
    with pytest.raises(BadRequest):
        read_ping(action, None, b"")


@pytest.mark.parametrize("run", ["", "x", "5d9f1c1e6c0b4d0a9a8e0f6f3d7c2b11", "{5d9f1c1e-6c0b-4d0a-9a8e-0f6f3d7c2b11}"])
def test_a_run_is_a_uuid(run):
    with pytest.raises(BadRequest) as caught:
        read_ping("start", run, b"")
    assert caught.value.field == "rid"


def test_the_end_of_a_long_body_is_kept():
    body = read_ping("", None, b"x" * 20_000 + b"the last words\n\n").body
    assert len(body) == MAX_BODY
    assert body.endswith("xthe last words")


# ---------------------------------------------------------------------------------------------- any history
PINGS = st.sampled_from(
    [Ping(said=said, run=run, body=body) for said in Said for run in ("", "a", "b", "c") for body in ("", "words")]
)
STEPS = st.lists(st.tuples(st.integers(0, 7200), PINGS), max_size=25)
GAPS = st.lists(st.tuples(st.integers(0, 200_000), st.integers(31, 20_000)), max_size=4)
EXPECTED = st.sampled_from(
    [HOURLY, Expected(parse_calendar("30 2 * * *", "Europe/Berlin"), HOUR), Expected(Every(MINUTE), 30 * MINUTE)]
)


def live(steps, expected, spans, begin=NOON, *, every=None):
    """The history of a check that lived through `steps`, judged right before each and, with `every`, in between."""
    history, now = History(), begin
    for seconds, ping in steps:
        target = now + timedelta(seconds=seconds)
        looks = [target] if every is None else [now + every * n for n in range(1, int((target - now) / every) + 1)]
        for at in (*looks, target):
            verdict = judge(history, expected, spans, at)
            if verdict.status is CheckStatus.DOWN and not history.down:
                history = missed(history, verdict)
        now = target
        history = heard(history, ping, now, expected.grace)
    return history, now


@given(STEPS, EXPECTED, GAPS)
def test_whatever_happens_the_history_stays_small_and_consistent(steps, expected, gaps):
    spans = [gap(timedelta(seconds=at), timedelta(seconds=at + length)) for at, length in gaps]
    history, now = live(steps, expected, spans)
    assert len(history.recent) <= KEPT_RESULTS
    assert msgspec.json.decode(msgspec.json.encode(history), type=History) == history  # it survives a restart
    verdict = judge(history, expected, spans, now)
    assert (verdict.status is CheckStatus.DOWN) >= history.down
    if steps and steps[-1][1].said is Said.SUCCESS:
        assert not history.down
    if steps and steps[-1][1].said is Said.FAIL:
        assert history.down


@given(STEPS, EXPECTED)
def test_how_often_it_is_looked_at_changes_nothing(steps, expected):
    """A daemon that looks rarely, as one that was busy, comes to the same end and dates it alike."""
    rarely, now = live(steps, expected, ())
    often, _ = live(steps, expected, (), every=timedelta(minutes=7))
    assert rarely == often
    assert judge(rarely, expected, (), now) == judge(often, expected, (), now)


@given(STEPS, EXPECTED, st.integers(1, 400))
def test_it_goes_down_at_the_instant_that_was_told(steps, expected, hours):
    history, now = live(steps, expected, ())
    verdict = judge(history, expected, (), now)
    if verdict.status in (CheckStatus.DOWN, CheckStatus.NEW) or verdict.down_at is None:
        return
    assert verdict.down_at > now
    assert judge(history, expected, (), verdict.down_at - timedelta(microseconds=1)).status is not CheckStatus.DOWN
    assert judge(history, expected, (), verdict.down_at + hours * HOUR).since == verdict.down_at


@given(STEPS, EXPECTED, GAPS)
def test_a_gap_never_brings_a_page_forward(steps, expected, gaps):
    spans = [gap(timedelta(seconds=at), timedelta(seconds=at + length)) for at, length in gaps]
    history, now = live(steps, expected, ())
    plain, excused = judge(history, expected, (), now), judge(history, expected, spans, now)
    if not history.down and plain.down_at is not None and excused.down_at is not None:
        assert excused.down_at >= plain.down_at


@given(st.lists(st.integers(0, 600), min_size=1, max_size=30))
def test_gaps_are_those_times_that_were_not_lived_through(pauses):
    listening, now, lost = beat(None, NOON), NOON, timedelta(0)
    for seconds in pauses:
        now += timedelta(seconds=seconds)
        lost += timedelta(seconds=seconds) if timedelta(seconds=seconds) > DEAF else timedelta(0)
        listening = beat(listening, now)
    assert listening.alive_at == now
    if len(listening.gaps) < 10:
        assert sum((span.end - span.begin for span in listening.gaps), timedelta(0)) == lost


def test_a_clock_that_was_put_back_starts_anew():
    ahead = Listening(NOON + 5 * HOUR)
    assert beat(ahead, NOON).alive_at == NOON
    assert beat(Listening(NOON + timedelta(seconds=2)), NOON).alive_at == NOON + timedelta(seconds=2)


def test_a_clock_that_was_set_back_hides_no_job_that_died():
    history = put_right(after((GOOD, 24 * HOUR), (START, 25 * HOUR)), NOON)
    assert history.good_at == NOON
    assert status(history, 10 * MINUTE) is CheckStatus.DOWN, "the run that began counts from then too"
    slightly_ahead = after((GOOD, timedelta(seconds=20)))
    assert put_right(slightly_ahead, NOON) == slightly_ahead, "another node's clock"
    assert put_right(EMPTY, NOON) == EMPTY
