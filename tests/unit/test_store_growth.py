"""How fast a store grows, and whether its disk will do."""

from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain.byte_sizes import readable
from incidentd.domain.store_growth import Room, Sample, growth_a_day

START = datetime(2026, 3, 1, tzinfo=UTC)
MIB = 2**20


def samples(*sizes, every=timedelta(hours=6)):
    return [Sample(START + every * number, size) for number, size in enumerate(sizes)]


def test_growth_is_what_came_a_day_and_what_went_does_not_hide_it():
    assert growth_a_day(samples(100, 110, 120, 130, 140)) == 40
    assert growth_a_day(samples(100, 110, 20, 30, 40)) == 30


def test_less_than_a_day_says_nothing():
    assert growth_a_day([]) is None
    assert growth_a_day(samples(100, 900, 5000)) is None


def test_only_the_last_two_weeks_count():
    quiet = [Sample(START + timedelta(days=number), 1000) for number in range(20, 40)]
    assert growth_a_day([Sample(START, 0), *quiet]) == 0


@pytest.mark.parametrize(
    ("free", "growth", "short", "full"),
    [
        (1000 * MIB, 10.0 * MIB, False, False),  # 100 used + a week of 10
        (171 * MIB, 10.0 * MIB, False, False),
        (169 * MIB, 10.0 * MIB, True, False),
        (63 * MIB, None, True, True),
        (70 * MIB, 80.0 * MIB, True, True),
    ],
)
def test_a_disk_is_short_before_it_is_full(free, growth, short, full):
    room = Room(used=100 * MIB, free=free, growth=growth)
    assert (room.is_short, room.is_full) == (short, full)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (10 * MIB, "10 MiB"),
        (1.5 * MIB, "1.5 MiB"),
        (2**60, "1048576 TiB"),
    ],
)
def test_sizes_are_written_as_people_read_them(size, shown):
    assert readable(size) == shown
