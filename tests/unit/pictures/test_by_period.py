"""Shares and counts by period: whole small pictures, and no case lost where a mark stands for several."""

from datetime import timedelta

import pytest

from incidentd.domain.pictures.dots import dots_lines
from incidentd.domain.pictures.glyphs import ASCII
from incidentd.domain.pictures.periods import periods
from incidentd.domain.pictures.plot import plot
from incidentd.domain.pictures.spans import plain
from incidentd.domain.severity import Severity


def text(lines):
    return "\n".join(plain(line) for line in lines)


def share(scene, days, **more):
    """On each of the days a case that was so, except for those below 0."""
    cases = [scene.case(number, abs(day), float(day >= 0)) for number, day in enumerate(days, 1)]
    return scene.detail(cases, "share", **more)


def test_a_row_a_month(scene):
    days = [0, -3, 5, 6, 65, 66, -70, 80, 95, -96]
    boundaries = (scene.boundary(1, -9), scene.boundary(2, 59), scene.boundary(3, 72))
    drawn = text(dots_lines(share(scene, days, boundaries=boundaries), 50))
    assert (
        drawn
        == """\
         V-1 from 2025-12-23
2026-01  ●●●○  3 of 4
2026-02          none
         V-2 from 2026-03-01
2026-03  ●●●○  3 of 4
         V-3 from 2026-03-14
2026-04  ●○    1 of 2
● yes  ○ no
7 of 10 cases. 2026-01-01 to 2026-04-07 (UTC)."""
    )


def test_a_short_time_is_shown_by_weeks(scene):
    assert [(one.name, one.text) for one in periods(plot(share(scene, [0, -5, 6, 12])), 9)] == [
        ("2025-12-29", "1 of 1"),
        ("2026-01-05", "1 of 2"),
        ("2026-01-12", "1 of 1"),
    ]


@pytest.mark.parametrize(("most", "first", "many"), [(40, "2026-01", 37), (15, "2026 Q1", 13), (4, "2026", 4)])
def test_periods_are_as_long_as_there_is_room(scene, most, first, many):
    found = periods(plot(share(scene, [0, -400, 1096])), most)
    assert (found[0].name, len(found)) == (first, many)
    assert sum(one.of for one in found) == 3


def test_a_mark_for_several_cases_hides_neither_kind(scene):
    days = [*[1] * 199, -1, *[-40] * 150, 40, 99]
    drawn = text(dots_lines(share(scene, days), 40, glyphs=ASCII))
    january, february = drawn.splitlines()[:2]
    assert january == "2026-01  *****************o  199 of 200"
    assert february == "2026-02  *ooooooooooooo        1 of 151"
    assert "a mark is up to 12 cases" in drawn


def test_the_place_of_a_case_is_shown(scene):
    lines = dots_lines(share(scene, [0, -3, 5, 90]), 50, cursor=1)
    marks = [[span.style for span in line if span.style in ("kept", "missed", "cursor")] for line in lines[:4]]
    assert marks == [["kept", "kept", "cursor"], [], [], ["kept"]]


def test_no_line_is_wider_than_asked_for(scene):
    for width in (40, 41, 80, 200):
        for many in (1, 30, 900):
            detail = scene.year("share", many)
            assert max(len(plain(line)) for line in dots_lines(detail, width)) <= width


def test_the_end_of_the_period_belongs_to_it(scene):
    detail = share(scene, [0], scope=scene.FigureScope(until=scene.START + timedelta(days=31)))
    assert [one.text for one in periods(plot(detail), 9)] == ["1 of 1", "none", "none", "none", "none"]


def test_a_count_has_a_mark_a_case_the_worst_first(scene):
    cases = [
        scene.case(1, 3, 1, severity=Severity.SEV3), scene.case(2, 5, 1, severity=Severity.SEV1), scene.case(3, 70, 1),
        scene.case(4, 95, 1, severity=Severity.SEV3),
    ]  # fmt: skip
    more = {"least": 0, "median": 0, "most": 2, "parts": {"went_up": 3, "down": 1}}
    detail = scene.detail(cases, "count", of=7, figure=more)
    assert (
        text(dots_lines(detail, 60))
        == """\
2026-01  ◆◐  2
2026-02      0
2026-03  □   1
2026-04  ◐   1
◆ SEV1  ◐ SEV3  □ no severity
4 beside 7 incidents: least a week 0, median 0, most 2.
Cases: 3 went up; 1 down. 2026-01-04 to 2026-04-06 (UTC)."""
    )
    spans = [span for line in dots_lines(detail, 60, cursor=0) for span in line]
    assert [span.text for span in spans if span.style == "cursor"] == ["◐"]


def test_a_count_beside_nothing_says_so(scene):
    drawn = text(dots_lines(scene.detail([scene.case(1, 0, 1)], "count", of=0, figure={"median": None}), 60))
    assert "1 in all. 2025-12-31" in drawn
    assert "□ a case" in drawn
