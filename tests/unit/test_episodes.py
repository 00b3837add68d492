"""When an alert fired, as its events tell it."""

from datetime import UTC, datetime, timedelta

from incidentd.domain.episodes import episodes
from incidentd.wire import Event

T0 = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)


def event(kind, minutes, actor="system", **data):
    at = T0 + timedelta(minutes=minutes)
    return Event(seq=minutes + 1, at=at, actor=actor, kind=kind, subject="alert:1", data=data)


def told(*events):
    return [
        (
            one.number,
            int((one.began_at - T0).total_seconds() // 60),
            one.ended_at and int((one.ended_at - T0).total_seconds() // 60),
            one.ended_by,
        )
        for one in episodes(events)
    ]


def test_the_newest_comes_first_and_each_end_says_who_ended_it():
    assert told(
        event("alert.fired", 1, episode=1, starts_at="2026-03-12T14:00:00+00:00"),
        event("alert.resolved", 5, ended_at="2026-03-12T14:04:00+00:00"),
        event("alert.fired", 10, episode=2),
        event("alert.expired", 15),
        event("alert.resolved", 15, ended_at=None),
        event("alert.fired", 20, episode=3),
        event("alert.resolved_by_hand", 21, actor="ada"),
        event("alert.resolved", 21),
        event("alert.fired", 30, episode=4),
    ) == [(4, 30, None, ""), (3, 20, 21, "ada"), (2, 10, 15, "expiry"), (1, 0, 4, "source")]


def test_an_end_without_a_beginning_is_no_episode():
    assert told(event("alert.resolved", 5)) == []


def test_an_end_before_the_beginning_lasts_no_time():
    assert told(event("alert.fired", 9), event("alert.resolved", 9, ended_at="2026-03-12T14:02:00+00:00")) == [
        (1, 9, 9, "source")
    ]
