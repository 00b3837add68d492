"""How often a contact method may ring, over any history of messages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.contact_limits import (
    SMS,
    USUAL,
    VOICE,
    Limit,
    Limits,
    Opening,
    Slot,
    opening,
    remembered,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
limits = st.lists(
    st.builds(Limit, st.integers(1, 5), st.integers(1, 3600).map(lambda s: timedelta(seconds=s))), max_size=4
)
slots = st.lists(
    st.builds(Slot, st.integers(0, 8000).map(lambda s: NOW - timedelta(seconds=s)), st.integers(1, 99), st.booleans()),
    max_size=12,
)


def ago(*seconds, urgent=True):
    return [Slot(NOW - timedelta(seconds=one), number, urgent) for number, one in enumerate(seconds)]


def test_the_first_message_is_never_held():
    for one in (USUAL, VOICE, SMS, ()):
        assert opening(one, (), NOW, urgent=False) == Opening(NOW)


def test_the_next_one_waits_for_the_minute_to_end():
    assert opening(USUAL, ago(20), NOW, urgent=True) == Opening(NOW + timedelta(seconds=40), USUAL[0])
    assert opening(USUAL, ago(60), NOW, urgent=True) == Opening(NOW)


def test_nothing_less_than_urgent_holds_up_what_is_urgent():
    low = ago(5, urgent=False)
    assert opening(USUAL, low, NOW, urgent=True) == Opening(NOW)
    assert opening(USUAL, low, NOW, urgent=False).limit == USUAL[0]


def test_what_went_before_the_clock_was_set_back_holds_nothing_up():
    ahead = ago(-3600)
    assert opening(USUAL, ahead, NOW, urgent=True) == Opening(NOW)
    assert remembered(USUAL, [*ahead, *ago(5)], NOW) == tuple(ago(5))


def test_calls_have_limits_over_hours():
    found = opening(VOICE, ago(120, 300, 600), NOW, urgent=True)
    assert (str(found.limit), found.at) == ("3/15m", NOW + 5 * MINUTE)


@pytest.mark.parametrize(
    ("able", "found"), [((), USUAL), (("voice",), VOICE), (("sms", "acknowledge"), SMS), (("silent", "sms"), ())]
)
def test_which_limits_hold(able, found):
    assert Limits().of("it", able) == found
    assert Limits(by_notifier={"it": ()}).of("it", able) == ()


@given(limits, slots, st.booleans())
def test_at_the_opening_no_limit_is_exceeded_and_a_moment_before_one_would_be(rules, taken, urgent):
    found = opening(rules, taken, NOW, urgent=urgent)
    counted = [slot.at for slot in taken if slot.urgent or not urgent]

    def within(at):
        return all(sum(at - limit.per < one <= at for one in counted) < limit.count for limit in rules)

    assert within(found.at)
    if found.limit is not None:
        assert not within(found.at - timedelta(microseconds=1))
        assert found.at > NOW


@given(limits, slots, st.booleans())
def test_what_is_forgotten_decides_nothing(rules, taken, urgent):
    kept = remembered(rules, taken, NOW)
    assert opening(rules, kept, NOW, urgent=urgent) == opening(rules, taken, NOW, urgent=urgent)


@given(limits.filter(bool), st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=30))
def test_a_life_of_messages_never_exceeds_a_limit_and_loses_nothing(rules, arrivals):
    """What waits goes out together when the window opens, as the outbox does it."""
    at, taken, waiting, out = NOW, [], [], 0
    for number, (pause, urgent) in enumerate(arrivals):
        at += timedelta(seconds=pause)
        waiting.append(urgent)
        if opening(rules, taken, at, urgent=any(waiting)).limit is None:
            taken.append(Slot(at, number, any(waiting)))
            out, waiting = out + len(waiting), []
    assert out + len(waiting) == len(arrivals)
    for limit in rules:
        urgent = [slot.at for slot in taken if slot.urgent]
        for at in urgent:
            assert sum(at - limit.per < one <= at for one in urgent) <= limit.count
