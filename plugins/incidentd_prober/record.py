"""What is remembered of a target, and what a result makes of it. Pure functions over frozen data."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from incidentd.plugin import CheckResult, Pause

KEPT_RESULTS = 20


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe found. `seconds` is how long it took."""

    good: bool
    outcome: str  # a few words: "HTTP 503", "refused", "open"
    seconds: float
    detail: str = ""
    timing: str = ""  # where the time went
    certificate_until: datetime | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """All that is remembered of one target. Two alerts may fire: it is down, its certificate ends soon."""

    due_at: datetime | None = None  # the next probe; who moves it on makes it
    bad: int = 0  # results in a row, also of `good`
    good: int = 0
    down: bool = False
    since: datetime | None = None  # when it went up or down
    recent: tuple[CheckResult, ...] = ()  # newest first
    timing: str = ""
    certificate_until: datetime | None = None
    expiring: bool = False
    paused: bool = False
    told: bool = True  # the alerts say what `down` and `expiring` say


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How many results it takes, and how long a certificate has to hold."""

    failures: int
    recoveries: int
    certificate: timedelta


def after(record: Record, result: Result, rules: Rules, now: datetime) -> Record:
    """The record after a result at `now`. One odd result changes no status: flapping is damped on both sides."""
    bad = 0 if result.good else record.bad + 1
    good = record.good + 1 if result.good else 0
    down = bad >= rules.failures or (record.down and good < rules.recoveries)
    until = result.certificate_until or record.certificate_until
    expiring = until is not None and until - now < rules.certificate
    told = CheckResult(
        at=now, outcome=result.outcome, good=result.good, duration=round(result.seconds, 4), detail=result.detail
    )
    changed = down != record.down
    return msgspec.structs.replace(
        record,
        bad=bad,
        good=good,
        down=down,
        since=now if changed or not record.recent else record.since,
        recent=(told, *record.recent)[:KEPT_RESULTS],
        timing=result.timing,
        certificate_until=until,
        expiring=expiring,
        told=record.told and not changed and expiring == record.expiring,
    )


def with_pause(record: Record, pause: Pause | None) -> Record:
    """The record while a pause holds (its alerts end), and after it (it is judged anew)."""
    if (pause is not None) == record.paused:
        return record
    told = record.told and not (record.down or record.expiring)
    return msgspec.structs.replace(
        record, paused=pause is not None, bad=0, good=0, down=False, expiring=False, told=told
    )
