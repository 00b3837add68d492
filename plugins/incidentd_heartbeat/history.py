"""What is remembered of a check, and how pings and time change it. Pure functions over frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.plugin import CheckResult, CheckStatus, Pause
from incidentd_heartbeat.ping import Ping, Said
from incidentd_heartbeat.schedule import NEVER, Schedule, short

KEPT_RESULTS = 20
_MAX_RUNS = 32  # open at once
_LONGEST_RUN = timedelta(days=3)
"""A run that took longer was most likely another one's start; as healthchecks.io has it."""
_MAX_BLIND = 10
AHEAD = timedelta(seconds=30)
"""Further ahead of the clock than any other node's: the clock was set back."""


class Span(msgspec.Struct, frozen=True):
    """A time in which pings could not be heard, or were not judged; `why` says it for people."""

    begin: datetime
    end: datetime
    why: str


class Expected(msgspec.Struct, frozen=True):
    """What is expected of a check."""

    rule: Schedule
    grace: timedelta

    def __str__(self) -> str:
        return f"{self.rule}, grace {short(self.grace)}"


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All that is remembered of one check. `told` is False until its alert says what `down` says."""

    down: bool = False
    reason: str = ""  # why it is down
    since: datetime | None = None  # when it went up or down
    good_at: datetime | None = None  # the latest good ping
    last_at: datetime | None = None  # the latest ping of any kind
    last_duration: float | None = None  # seconds of the latest run that ended
    runs: Mapping[str, datetime] = {}  # begun and not ended: run -> start
    body: str = ""  # of the latest ping that had one
    body_of: str = ""  # which ping that was
    recent: tuple[CheckResult, ...] = ()  # newest first
    paused_at: datetime | None = None
    blind: tuple[Span, ...] = ()  # pauses that are over
    told: bool = True


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How a check stands at an instant. `down_at`: when it is down unless it is heard of, and `why`."""

    status: CheckStatus
    since: datetime | None
    detail: str = ""
    next_at: datetime | None = None
    down_at: datetime | None = None
    why: str = ""


def heard(history: History, ping: Ping, now: datetime, grace: timedelta) -> History:
    """The history after a ping at `now`."""
    runs, duration = _runs_after(history.runs, ping, now, grace)
    good = {Said.SUCCESS: True, Said.FAIL: False}.get(ping.said)
    result = CheckResult(at=now, outcome=ping.outcome, good=good, duration=duration)
    after = msgspec.structs.replace(
        history,
        last_at=now,
        last_duration=history.last_duration if duration is None else duration,
        runs=runs,
        body=ping.body or history.body,
        body_of=f"{ping.outcome} at {now:%Y-%m-%d %H:%M:%S} UTC" if ping.body else history.body_of,
        recent=(result, *history.recent)[:KEPT_RESULTS],
    )
    if good:
        after = msgspec.structs.replace(after, good_at=now)
        return _turned(after, False, "", now)
    if good is False and history.paused_at is None:
        said = "the job said that it failed"
        reason = said if ping.exit_status is None else f"the job ended with exit status {ping.exit_status}"
        return _turned(after, True, reason, now)
    return after


def _runs_after(
    runs: Mapping[str, datetime], ping: Ping, now: datetime, grace: timedelta
) -> tuple[dict[str, datetime], float | None]:
    """The runs that are still open, and the seconds that the ended one took."""
    if ping.said is Said.START:
        open_runs = {run: at for run, at in runs.items() if run != ping.run} | {ping.run: now}
        return dict(list(open_runs.items())[-_MAX_RUNS:]), None
    if ping.said is Said.LOG:
        return dict(runs), None
    begun = runs.get(ping.run)
    took = now - begun if begun is not None else None
    # One that names no known run speaks for the job as a whole; so does a good one for what is long overdue.
    left = {run: at for run, at in runs.items() if begun is not None and run != ping.run and at + grace > now}
    return left, took.total_seconds() if took is not None and took <= _LONGEST_RUN else None


def _turned(history: History, down: bool, reason: str, now: datetime | None) -> History:
    changed = history.down != down
    first = history.since is None
    return msgspec.structs.replace(
        history,
        down=down,
        reason=reason,
        since=now if changed or first else history.since,
        # A job that fails again is told again, with its new text.
        told=history.told and not (changed or down),
    )


def judge(history: History, expected: Expected, blind: Iterable[Span], now: datetime) -> Verdict:
    """How the check stands at `now`. `blind` is when this daemon could not hear; nothing is held against the job then.

    It goes down `grace` after the instant at which a ping was expected, or a run began, whichever is earlier; so does
    healthchecks.io.
    """
    if history.paused_at is not None:
        return Verdict(status=CheckStatus.PAUSED, since=history.paused_at)
    if history.down:
        return Verdict(status=CheckStatus.DOWN, since=history.since, detail=history.reason)
    spans = sorted((*blind, *history.blind), key=lambda span: span.begin)
    next_at, excuse = _next(history, expected, spans)
    running = _running(history, expected.grace, spans)
    deadlines = [(next_at + expected.grace, f"no ping since {_clock(history.good_at)}")] if next_at else []
    deadlines += [(at + expected.grace, f"a run began at {_clock(at)} and did not end in time") for at in running]
    down_at, why = min(deadlines, default=(None, ""))
    if down_at is not None and down_at <= now:
        return Verdict(status=CheckStatus.DOWN, since=down_at, detail=why, next_at=next_at, down_at=down_at, why=why)
    status = CheckStatus.UP if history.good_at is not None else CheckStatus.NEW
    since = history.since
    if history.runs:
        status, since = CheckStatus.STARTED, max(history.runs.values())
    elif next_at is not None and next_at <= now:
        status, since = CheckStatus.LATE, next_at
    return Verdict(status=status, since=since, detail=excuse, next_at=next_at, down_at=down_at, why=why)


def put_right(history: History, now: datetime) -> History:
    """The history after the clock was set back: what seems to have been heard ahead of `now` was heard before it.

    Otherwise a job that died would be missed later by as much as the clock was set back. Other nodes' clocks may be
    ahead by a little.
    """
    begun = (history.good_at, *history.runs.values())
    if all(at is None or at - now <= AHEAD for at in begun):
        return history
    runs = {run: min(at, now) for run, at in history.runs.items()}
    return msgspec.structs.replace(history, good_at=history.good_at and min(history.good_at, now), runs=runs)


def _next(history: History, expected: Expected, spans: Sequence[Span]) -> tuple[datetime | None, str]:
    """When a ping is expected, and what had to be passed over. A ping that could not be heard is not missed."""
    if history.good_at is None:
        return None, ""
    at, excuse = expected.rule.after(history.good_at), ""
    for span in spans:
        if at < span.end and at + expected.grace > span.begin:
            at = expected.rule.after(span.end)
            excuse = f"{span.why} from {_clock(span.begin)} to {_clock(span.end)}: pings may have been missed"
    return (at if at < NEVER else None), excuse


def _running(history: History, grace: timedelta, spans: Sequence[Span]) -> list[datetime]:
    """The starts of open runs whose end could have been heard."""
    return [at for at in history.runs.values() if not any(at < span.end and at + grace > span.begin for span in spans)]


def missed(history: History, verdict: Verdict) -> History:
    """The history after `judge` found it down."""
    return _turned(history, True, verdict.why, verdict.down_at)


def with_pause(history: History, pause: Pause | None, now: datetime) -> History:
    """The history as a pause, or its end, leaves it."""
    if (pause is None) == (history.paused_at is None):
        return history
    return paused(history, pause.at) if pause is not None else _resumed(history, now)


def paused(history: History, at: datetime) -> History:
    """The history while somebody paused the check: its alert ends, nothing is held against it."""
    return msgspec.structs.replace(
        history, paused_at=at, down=False, reason="", runs={}, told=history.told and not history.down
    )


def _resumed(history: History, now: datetime) -> History:
    """The history after a pause: it is judged anew, also where it was down before."""
    paused_at = history.paused_at or now
    span = Span(min(history.good_at or paused_at, paused_at), now, "not judged, as it was paused,")
    return msgspec.structs.replace(history, paused_at=None, blind=(*history.blind, span)[-_MAX_BLIND:], since=now)


def _clock(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "ever"
