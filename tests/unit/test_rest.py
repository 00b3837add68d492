"""What makes a shift heavy, and when one begins again."""

from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain.rest import Call, Rest, Why, heavy, message, start_after, warning
from incidentd.domain.sleep_hours import awake_at

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def calls(*hours, what=None, paged=True):
    return [Call(at=NOON + hour * HOUR, what=what or f"page:{place}", paged=paged) for place, hour in enumerate(hours)]


def test_two_in_twelve_hours_are_usual_and_three_are_heavy():
    assert heavy(calls(-3, 0), "UTC") is None
    found = heavy(calls(-3, 0, 9), "UTC")
    assert (found.why, found.count, found.first_at, found.last_at) == (
        Why.MANY, 3, NOON - 3 * HOUR, NOON + 9 * HOUR,
    )  # fmt: skip
    assert heavy(calls(-3, 0, 9.1), "UTC") is None  # not within twelve hours


def test_what_belongs_together_counts_once():
    assert heavy(calls(-2, -1, 0, 1, 2, what="incident:3"), "UTC") is None
    mixed = [*calls(0, 1, what="incident:3"), *calls(2, what="incident:4", paged=False), *calls(3, what="page:9")]
    assert heavy(mixed, "UTC").count == 3


@pytest.mark.parametrize(("zone", "why"), [("UTC", None), ("Asia/Tokyo", None), ("America/Los_Angeles", Why.SLEEP)])
def test_one_page_in_sleep_hours_of_the_persons_own_clocks(zone, why):
    found = heavy(calls(0), zone)  # 12:00, 21:00 and 05:00
    assert (found and found.why) == why
    assert heavy(calls(0, paged=False), "America/Los_Angeles") is None  # a role was taken, nobody was woken


def test_the_edges_of_sleep_hours():
    at = datetime(2026, 3, 10, 23, tzinfo=UTC)
    assert heavy([Call(at=at - MINUTE, what="page:1")], "UTC") is None
    assert heavy([Call(at=at, what="page:1")], "UTC").why is Why.SLEEP
    assert awake_at(at, "UTC") == at + 8 * HOUR
    assert awake_at(at + 4 * HOUR, "UTC") == at + 8 * HOUR
    assert awake_at(at + 8 * HOUR, "UTC") == at + 8 * HOUR
    # the night in which the clocks of Berlin go forward is an hour shorter
    spring = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert awake_at(spring, "Europe/Berlin") == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_the_words_are_those_of_the_person():
    at = datetime(2026, 3, 10, 2, tzinfo=UTC)
    rest = Rest(
        id=3, person="ada", why=Why.SLEEP, first_at=at, last_at=at, count=1, start_at=start_after(at), at=at,
        block_ends_at=at + 30 * HOUR,
    )  # fmt: skip
    assert start_after(at) == at + 11 * HOUR
    assert warning(rest).startswith("was paged in their sleep hours at 2026-03-10 02:00 UTC: rest until ")
    title, body = message(rest, "Europe/Berlin")
    assert title == "A heavy shift: rest first"
    assert body.splitlines()[0] == "You were paged in your sleep hours at 2026-03-10 02:00 UTC. What you can do:"
    assert "- start late, at Tue 14:00 (Europe/Berlin): incidentctl rest take 3 --late" in body
    assert "--relief" in body
    assert "--skip-next" not in body
