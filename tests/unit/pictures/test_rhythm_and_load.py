"""The grid of hours and the rows of weeks in text: small pictures drawn by hand, and what holds for every one."""

import pytest

from incidentd.domain.pictures.glyphs import ASCII
from incidentd.domain.pictures.load import hours, load_lines, load_table
from incidentd.domain.pictures.rhythm import rhythm_lines, rhythm_table, step_of, steps
from incidentd.domain.pictures.spans import STYLES, plain


def text(lines):
    return "\n".join(plain(line) for line in lines)


def grid(scene, **counts):
    """No page but those of Monday (mon) and Sunday (sun): hour to count."""
    rows = [[0] * 24 for _ in range(7)]
    for day, of_hours in counts.items():
        for hour, count in of_hours.items():
            rows[{"mon": 0, "sun": 6}[day]][hour] = count
    found = scene.rhythm()
    return found.__class__(
        at=found.at, scope=found.scope, zone="Europe/Berlin", n=sum(map(sum, rows)),
        counts=tuple(map(tuple, rows)), definition=found.definition,
    )  # fmt: skip


GRID = """\
    00    06    12    18
Mon ░······█················ 10
Tue ························  0
Wed ························  0
Thu ························  0
Fri ························  0
Sat ························  0
Sun ▒······▓···············░ 10
all        1                 20
    500000040000000000000001
· 0  ░ 1-2  ▒ 3-4  ▓ 5-6  █ 7-8
20 pages by weekday and hour, on the
clock of Europe/Berlin."""


def test_steps_are_even_and_say_what_they_count():
    assert steps(0) == []
    assert steps(1) == [(1, 1)]
    assert steps(3) == [(1, 1), (2, 2), (3, 3)]
    assert steps(14) == [(1, 4), (5, 7), (8, 10), (11, 14)]
    assert [step_of(count, steps(14)) for count in (0, 1, 4, 5, 14)] == [0, 1, 1, 2, 4]
    assert [step_of(count, steps(2)) for count in (0, 1, 2)] == [0, 3, 4]


def test_a_small_grid(scene):
    found = grid(scene, mon={0: 2, 7: 8}, sun={0: 3, 7: 6, 23: 1})
    assert text(rhythm_lines(found, 40)) == GRID
    assert "Mon -......#................ 10\n" in text(rhythm_lines(found, 40, glyphs=ASCII))


def test_a_wide_grid_has_its_sums_side_by_side(scene):
    lines = text(rhythm_lines(grid(scene, mon={0: 2, 7: 8}, sun={7: 6, 23: 1}), 80)).splitlines()
    assert lines[1] == "Mon ░░ ·· ·· ·· ·· ·· ·· ██" + " ··" * 16 + " 10"
    assert lines[8] == "all  2  0  0  0  0  0  0 14" + "  0" * 15 + "  1 17"


def test_no_page_at_all(scene):
    drawn = text(rhythm_lines(grid(scene), 40))
    assert "\n· 0\n0 pages by weekday and hour" in drawn


@pytest.mark.parametrize("width", [*range(40, 60), 79, 80, 81, 120, 200])
@pytest.mark.parametrize("busy", [1, 9_000_000])
def test_every_count_of_a_grid_is_in_its_sums(scene, width, busy):
    found = scene.rhythm(busy)
    lines = rhythm_lines(found, width)
    assert max(len(plain(line)) for line in lines) <= width
    assert {span.style for line in lines for span in line} <= set(STYLES)
    rows = [plain(line) for line in lines]
    assert [int(row.split()[-1]) for row in rows[1:8]] == [sum(counts) for counts in found.counts]
    assert int(rows[8].split()[-1]) == found.n
    assert sum(sum(span.style.startswith("step") for span in line) > 0 for line in lines[1:8]) == 7


def test_a_row_an_hour_for_a_screen_reader(scene):
    table = rhythm_table(grid(scene, mon={7: 8}, sun={7: 6}))
    assert table.head == ("hour (Europe/Berlin)", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "all")
    assert table.rows[7] == ("07:00", 8, 0, 0, 0, 0, 0, 6, 14)
    assert table.rows[-1] == ("all", 8, 0, 0, 0, 0, 0, 6, 14)


# ------------------------------------------------------------------ weeks
LOAD = """\
WEEK FROM          PAGES  SLEEP  INCIDENTS  DAYS LEFT ALONE
2026-01-05  ██▒░░      5      2          1         14 of 20
2026-01-12             0      0          0             none
2026-01-19  ░          1      0          0           5 of 5
█ page in sleep hours  ▒ outside working hours  ░ in working hours
Team shop, 3 weeks (Europe/Berlin): 6 pages, 2 of them in sleep hours;
19 of 25 project days left alone."""

NARROW = """\
FROM           PG  SL  INC     ALONE
05 Jan  ##+--   5   2    1  14 of 20
12 Jan          0   0    0      none
19 Jan  -       1   0    0    5 of 5
"""


def three_weeks(scene, team="shop"):
    first = scene.week(0, pages=5, off_hours=3, sleep_hours=2, incidents=1, project_days=20, leaks=6)
    return scene.load([first, scene.week(1), scene.week(2, pages=1, project_days=5)], team)


def test_a_row_a_week(scene):
    assert text(load_lines(three_weeks(scene), 70)) == LOAD
    assert text(load_lines(three_weeks(scene), 40, glyphs=ASCII)).startswith(NARROW)


def test_pages_are_counted_once(scene):
    assert hours(scene.week(0, pages=9, off_hours=5, sleep_hours=2)) == (2, 3, 4)


def test_no_week_is_said_in_words(scene):
    assert text(load_lines(scene.load([]), 40)) == "No week."


@pytest.mark.parametrize("width", [40, 41, 63, 64, 80, 200])
@pytest.mark.parametrize("pages", [0, 7, 500, 1_000_003])
def test_the_fullest_week_has_room(scene, width, pages):
    weeks = [scene.week(0, pages=pages, off_hours=pages // 2, sleep_hours=pages // 3, project_days=9), scene.week(1)]
    lines = load_lines(scene.load(weeks, "a long name of a team"), width)
    assert max(len(plain(line)) for line in lines) <= width
    assert {span.style for line in lines for span in line} <= set(STYLES)


def test_rows_of_weeks(scene):
    table = load_table(three_weeks(scene))
    assert table.rows[0] == ("2026-01-05", 5, 3, 2, 1, 14, 20)
    assert "6 pages, 2 of them in sleep hours; 19 of 25" in table.caption


def test_names_from_outside_are_inert(scene):
    drawn = text(load_lines(three_weeks(scene, scene.HOSTILE), 80))
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
