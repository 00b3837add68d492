"""Places on the axes, reckoned by hand, and values in words."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain.pictures.axis import log_axis, time_axis
from incidentd.domain.pictures.quantities import quantity


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_log_axis_goes_from_one_human_step_to_another():
    axis = log_axis([90, 7200], "s")
    assert (axis.low, axis.high) == (60, 21_600)
    assert [tick.text for tick in axis.ticks] == ["1 min", "10 min", "1 h", "6 h"]
    # log(360) = 2 log(6) + log(10) for 360 times as much: 10 min is log(10) of the way, 1 h log(60).
    assert axis.ticks[1].place == pytest.approx(math.log(10) / math.log(360))
    assert axis.place(3600) == pytest.approx(math.log(60) / math.log(360))
    assert (axis.place(60), axis.place(21_600)) == (0, 1)


def test_equal_factors_are_equal_distances():
    axis = log_axis([1, 100_000], "s")
    assert axis.place(800) - axis.place(400) == pytest.approx(axis.place(20) - axis.place(10))


@pytest.mark.parametrize(
    ("values", "unit", "texts"),
    [
        ([60], "s", ["1 min", "10 min"]),
        ([1, 10], "min", ["1 min", "10 min"]),
        ([1.5, 40], "days", ["1 d", "1 w", "30 d", "100 d"]),
        ([1, 30], "count", ["1", "2", "5", "10", "20", "50"]),
        ([0.2], "s", ["0.1 s", "1 s"]),
        ([], "s", ["1 min", "10 min"]),
        ([0, -5], "count", ["1", "2"]),
    ],
)
def test_the_steps_of_a_unit(values, unit, texts):
    assert [tick.text for tick in log_axis(values, unit).ticks] == texts


def test_what_is_outside_stands_at_the_end():
    assert log_axis([60, 600], "s").place(1e9) == 1
    assert log_axis([60, 600], "s").place(1) == 0
    assert log_axis([1e-9, 1e12], "s").place(1e12) == 1


def test_an_axis_of_time_has_the_ticks_of_its_length():
    def texts(start, end, most=8):
        return [tick.text for tick in time_axis([at(start), at(end)], None, None).ticks(most)]

    assert texts("2025-11-10", "2026-04-20") == ["Dec", "2026", "Feb", "Mar", "Apr"]
    assert texts("2025-11-10", "2026-04-20", 3) == ["2026", "Mar"]
    assert texts("2026-01-05T21:00", "2026-01-06T10:00", 5) == ["21:00", "6 Jan", "03:00", "06:00", "09:00"]
    assert texts("2026-01-08", "2026-02-02", 4) == ["12 Jan", "19 Jan", "26 Jan", "2 Feb"]
    assert texts("2019-05-01", "2026-02-02", 4) == ["2020", "2022", "2024", "2026"]
    assert texts("0001-05-01", "9998-02-02", 4) == []


def test_times_have_places_by_their_share_of_the_axis():
    axis = time_axis([at("2026-01-11")], at("2026-01-01"), at("2026-02-10"))
    assert axis.place(at("2026-01-11")) == 0.25
    assert axis.text == "2026-01-01 to 2026-02-10"
    alone = time_axis([at("2026-01-11")], None, None)
    assert alone.place(at("2026-01-11")) == 0.5
    assert alone.end - alone.start == timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "s", "-"),
        (0, "s", "0 s"),
        (0.25, "s", "0.25 s"),
        (3.14159, "s", "3.1 s"),
        (42, "s", "42 s"),
        (59.7, "s", "1 min"),
        (137, "s", "2 min 17 s"),
        (3599.8, "s", "1 h"),
        (7800, "s", "2 h 10 min"),
        (86_399, "s", "1 d"),
        (90_000, "s", "1 d 1 h"),
        (90, "min", "1 h 30 min"),
        (1.5, "days", "1 d 12 h"),
        (400, "days", "400 d"),
        (-300, "s", "-5 min"),
        (12, "count", "12"),
        (2.5, "count", "2.5"),
        (1e300, "count", "1e+300"),
    ],
)
def test_quantities_as_people_say_them(value, unit, text):
    assert quantity(value, unit) == text
