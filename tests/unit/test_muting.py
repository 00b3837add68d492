"""When a route is muted: Alertmanager's rules, and what always holds of them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.muting import Mute, mute_of
from incidentd.domain.routing import Route
from incidentd.domain.time_intervals import ClockSpan, Period, muted_words

INTERVALS = {
    "nights": (Period(times=(ClockSpan(0, 6 * 60),)), Period(times=(ClockSpan(22 * 60, 24 * 60),))),
    "office": (Period(times=(ClockSpan(9 * 60, 17 * 60),), weekdays=frozenset({1, 2, 3, 4, 5})),),
    "london": (Period(times=(ClockSpan(60, 9 * 60),), location="Europe/London"),),
    "howe": (Period(weekdays=frozenset({7}), location="Australia/Lord_Howe"),),
    "always": (Period(),),
    "never": (),
}


def route(mute=(), active=()):
    return Route(id="root/0", mute_time_intervals=tuple(mute), active_time_intervals=tuple(active))


def at(text):
    return datetime.fromisoformat(text)


def test_any_mute_interval_mutes_and_the_end_is_that_of_all_together():
    found = mute_of(route(["nights", "office"]), INTERVALS, at("2026-03-02T23:00Z"))
    assert found == Mute(by=("nights",), inactive=False, until=at("2026-03-03T06:00Z")), "over midnight without a gap"
    assert mute_of(route(["nights"]), INTERVALS, at("2026-03-02T12:00Z")) is None


def test_a_route_with_active_intervals_is_muted_outside_of_all_of_them():
    assert mute_of(route(active=["office", "nights"]), INTERVALS, at("2026-03-02T12:00Z")) is None
    found = mute_of(route(active=["office", "nights"]), INTERVALS, at("2026-03-02T18:00Z"))
    assert found == Mute(by=("office", "nights"), inactive=True, until=at("2026-03-02T22:00Z"))


def test_both_keys_have_to_allow():
    both = route(["always"], ["office"])
    found = mute_of(both, INTERVALS, at("2026-03-02T12:00Z"))
    assert found == Mute(by=("always",), inactive=False, until=None)
    found = mute_of(route(["nights"], ["office"]), INTERVALS, at("2026-03-03T01:00Z"))
    assert found == Mute(by=("nights",), inactive=False, until=at("2026-03-03T09:00Z")), "office begins only then"


def test_a_route_without_them_is_never_muted_nor_by_a_name_that_is_gone():
    assert mute_of(route(), INTERVALS, at("2026-03-02T12:00Z")) is None
    assert mute_of(route(["gone"]), INTERVALS, at("2026-03-02T12:00Z")) is None
    assert mute_of(route(active=["gone"]), INTERVALS, at("2026-03-02T12:00Z")) is not None


def test_words():
    assert muted_words(["nights"], inactive=False) == "muted by interval nights"
    assert muted_words(["office", "x"], inactive=True) == "outside of intervals office, x"


NAMES = st.lists(st.sampled_from(sorted(INTERVALS)), unique=True, max_size=3)


@settings(max_examples=25, deadline=None)
@given(NAMES, NAMES, st.integers(1_772_000_000, 1_793_000_000), st.lists(st.floats(0.001, 0.999), max_size=5))
def test_muted_from_now_until_exactly_its_end(muting, activating, seconds, parts):
    now = datetime.fromtimestamp(seconds, UTC)
    node = route(muting, activating)
    found = mute_of(node, INTERVALS, now)
    if found is None:
        return
    until = found.until or now + timedelta(days=300)
    assert until > now
    for part in parts:
        assert mute_of(node, INTERVALS, now + part * (until - now)) is not None
    if found.until is not None:
        assert mute_of(node, INTERVALS, found.until) is None
        assert mute_of(node, INTERVALS, found.until - timedelta(microseconds=1)) is not None
