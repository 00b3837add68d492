"""When a backup is due, and which are kept."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.backups import DAY, Backup, Keeping, Schedule, Snapshot, due_at, lacks_room, superfluous

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MIB = 2**20
HOLDS = Snapshot(schema="0042", last_seq=1, last_at=NOON, rows={"events": 1})


def backup(made_at, *, doubts=()):
    return Backup(
        file=f"{made_at:%Y%m%dT%H%M%S}.db", made_at=made_at, verified_at=made_at, seconds=1.0, size=1, sha256="",
        engine="sqlite", version="1", snapshot=HOLDS, doubts=doubts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("schedule", "moment", "due"),
    [
        (Schedule(), "2026-11-27T12:00", "2026-11-28T03:30"),
        (Schedule(), "2026-11-27T03:29", "2026-11-27T03:30"),
        (Schedule(), "2026-11-27T03:30", "2026-11-28T03:30"),
        (Schedule(every=6 * HOUR), "2026-11-27T03:30", "2026-11-27T09:30"),
        (Schedule(every=6 * HOUR), "2026-11-27T22:00", "2026-11-28T03:30"),
        (Schedule(every=7 * HOUR), "2026-11-28T02:00", "2026-11-28T03:30"),
        (Schedule(every=6 * HOUR), "2026-11-27T01:00", "2026-11-27T03:30"),
        (Schedule(at=time(1), zone="Asia/Tokyo"), "2026-11-27T15:59", "2026-11-27T16:00"),
        (Schedule(at=time(2, 30), zone="Europe/Berlin"), "2026-03-28T12:00", "2026-03-29T01:30"),
    ],
)
def test_the_next_time(schedule, moment, due):
    assert schedule.after(datetime.fromisoformat(f"{moment}+00:00")) == datetime.fromisoformat(f"{due}+00:00")


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 525_600).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.times(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Apia"]),
    st.timedeltas(timedelta(minutes=5), DAY),
)
def test_it_always_comes_later_and_never_much_later_than_asked_for(moment, at, zone, every):
    due = Schedule(at=at, zone=zone, every=every).after(moment)
    assert moment < due <= moment + max(every, HOUR * 25)
    if every < 12 * HOUR:
        assert due <= moment + every


def test_a_machine_that_was_off_makes_up_for_it():
    assert due_at(Schedule(), [backup(NOON - 3 * DAY)], None) < NOON
    assert due_at(Schedule(), [backup(NOON - 9 * HOUR)], None) == datetime(2026, 11, 27, 3, 30, tzinfo=UTC)
    assert due_at(Schedule(), [backup(NOON - HOUR)], None) > NOON


def test_a_store_without_events_needs_none_and_a_new_one_a_night_later():
    assert due_at(Schedule(), [], None) is None
    assert due_at(Schedule(), [], NOON) == datetime(2026, 11, 28, 3, 30, tzinfo=UTC)


def kept(backups, **numbers):
    gone = superfluous(backups, Keeping(**numbers))
    return [one.made_at for one in backups if one not in gone]


def test_the_newest_are_kept():
    backups = [backup(NOON - n * DAY) for n in range(10)]
    assert kept(backups) == [NOON - n * DAY for n in range(7)]


def test_and_the_last_of_each_day_and_week():
    backups = [backup(NOON - n * 6 * HOUR) for n in range(200)]
    left = kept(backups, newest=2, daily=3, weekly=3)
    assert left[:2] == [NOON, NOON - 6 * HOUR]
    assert [at.date().isoformat() for at in left[2:4]] == ["2026-11-26", "2026-11-25"]
    assert [at.hour for at in left[2:4]] == [18, 18]
    assert [at.date().isoformat() for at in left[4:]] == ["2026-11-22", "2026-11-15"]


def test_the_last_good_one_never_goes():
    good, doubtful = backup(NOON - 9 * DAY), [backup(NOON - n * DAY, doubts=("broken",)) for n in range(5)]
    assert kept([*doubtful, good], newest=2) == [NOON, NOON - DAY, good.made_at]


def test_a_disk_is_never_filled():
    assert lacks_room(100 * MIB, 200 * MIB, 1000 * MIB) == ""
    assert "stay free" in lacks_room(101 * MIB, 200 * MIB, 1000 * MIB)
    assert lacks_room(100 * MIB, 1124 * MIB, 100_000 * MIB) == ""
    assert "1.1 GiB of 98 GiB are free" in lacks_room(100 * MIB, 1123 * MIB, 100_000 * MIB)
