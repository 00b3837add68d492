"""A clock that is set, and one that only drifts."""

from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain.alerts import FLAP_CHANGES, is_flapping
from incidentd.domain.clock_steps import Reading, alarm, length, set_back_while_away, step_between

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(days=-1), 3 * SECOND, -3 * SECOND])
def test_a_clock_that_is_set_is_seen(by):
    before = Reading(NOW, timedelta(seconds=100))
    assert step_between(before, Reading(NOW + by + SECOND, timedelta(seconds=101))) == by


@pytest.mark.parametrize("drift", [0, 0.5, -1.9])
def test_a_clock_that_is_disciplined_is_not_set(drift):
    before = Reading(NOW, timedelta(seconds=100))
    assert not step_between(before, Reading(NOW + HOUR + drift * SECOND, timedelta(seconds=3700)))


def test_what_is_stored_tells_of_a_clock_that_was_set_back_while_the_daemon_was_away():
    assert set_back_while_away(NOW + HOUR, NOW) == -HOUR
    assert not set_back_while_away(NOW - HOUR, NOW)
    assert not set_back_while_away(NOW + SECOND, NOW)
    assert not set_back_while_away(None, NOW)


def test_health_says_which_way_and_how_far():
    back = alarm(NOW, -HOUR - 3 * SECOND)
    assert back.code == "clock-stepped"
    assert "set back by 1 h 0 min 3 s, seen at 2026-03-02 09:00:00 UTC" in back.text
    assert "set forward by 1 d 0 h 0 min 0 s" in alarm(NOW, timedelta(days=1)).text
    assert length(2.4 * SECOND) == "2 s"


def test_changes_from_before_the_clock_was_set_back_are_no_flapping():
    ahead = tuple(NOW + HOUR + number * SECOND for number in range(FLAP_CHANGES))
    assert not is_flapping(ahead, NOW)
    assert is_flapping(ahead, NOW + HOUR + 10 * SECOND)
