"""Dots in text: small pictures drawn by hand, and what holds for every picture."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.columns import width as width_of
from incidentd.domain.pictures.dots import dots_data, dots_lines, dots_table
from incidentd.domain.pictures.glyphs import ASCII
from incidentd.domain.pictures.plot import cells, plot, zero_cells
from incidentd.domain.pictures.spans import STYLES, plain
from incidentd.domain.severity import Severity


def text(lines):
    return "\n".join(plain(line) for line in lines)


def few(scene):
    """Three ticks: 1 min below, 10 min, 1 h above; 41 days along the axis."""
    cases = (
        scene.case(1, 0, 60, severity=Severity.SEV1),
        scene.case(2, 10, 600, severity=Severity.SEV3, low=60, high=3600),
        scene.case(3, 20, 0),
        scene.case(4, 40, 3600, severity=Severity.SEV4),
        scene.case(5, 40, 3600, severity=Severity.SEV2),
    )
    return scene.detail(cases, of=6, boundaries=(scene.boundary(1, -3), scene.boundary(2, 30)))


PICTURE = """\
        V-1                       V-2
   1 h ┤         │                ┊        2
       │         │                ┊
10 min ▶         ◐                ┊
       │         │                ┊
 1 min ┤◆        │                ┊
       └──────────┬───────────┬───────────┬─
               12 Jan      26 Jan      9 Feb
     0                    □
◆ SEV1  ● SEV2  ◐ SEV3  ○ SEV4
□ no severity  2-9 + cases in one place
│ disputed, low to high
┊ new process version  ▶ median
5 of 6 cases: least 0 s, median 10 min, most
1 h. 1 at 0, below the axis. 1 without a
value. 2026-01-01 to 2026-02-10 (UTC)."""

IN_ASCII = """\
        V-1                       V-2
   1 h +         |                :        2
       |         |                :
10 min >         O                :
       |         |                :
 1 min +#        |                :
       +----------+-----------+-----------+-
               12 Jan      26 Jan      9 Feb
     0                    x
# SEV1  @ SEV2  O SEV3  o SEV4
x no severity  2-9 + cases in one place
| disputed, low to high
: new process version  > median
"""


def test_a_small_picture(scene):
    assert text(dots_lines(few(scene), 44, 16)) == PICTURE
    assert text(dots_lines(few(scene), 44, 16, glyphs=ASCII)).startswith(IN_ASCII)


def test_the_place_of_a_case_is_shown(scene):
    detail = few(scene)
    spans = [span for line in dots_lines(detail, 44, 16, cursor=3) for span in line]
    assert [span.text for span in spans if span.style == "cursor"] == ["2"]
    spans = [span for line in dots_lines(detail, 44, 16, cursor=2) for span in line]
    assert [span.text for span in spans if span.style == "cursor"] == ["□"]


def test_weights_go_with_signs(scene):
    spans = {(span.text, span.style) for line in dots_lines(few(scene), 44, 16) for span in line}
    assert {("◆", "sev1"), ("●", "sev2"), ("◐", "sev3"), ("○", "sev4"), ("□", "unrated"), ("2", "sev2")} <= spans


def test_no_case_is_said_in_words(scene):
    assert text(dots_lines(scene.detail([], of=3), 60)) == "No case has a value: 0 of 3 cases."


def test_only_zeros_still_have_a_picture(scene):
    drawn = text(dots_lines(scene.detail([scene.case(1, 0, 0), scene.case(2, 3, 0)]), 60, 12))
    assert "     0 ▶□" in drawn
    assert "2 of 2 cases: least 0 s, median 0 s, most 0 s. 2 at 0, below" in drawn


def test_text_from_outside_is_inert(scene):
    hostile = scene.boundary(1, 1).__class__(at=scene.START, version="a", name=scene.HOSTILE)
    detail = scene.detail([scene.case(1, 0, 5), scene.case(2, 9, 50)], boundaries=(hostile,))
    drawn = text(dots_lines(detail, 60))
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert max(map(len, drawn.splitlines())) <= 60


def test_rows_for_a_screen_reader(scene):
    table = dots_table(few(scene))
    assert table.caption == "Time from start to mitigation: 5 of 6 cases: least 0 s, median 10 min, most 1 h"
    assert table.rows[1] == (
        "INC-2", "2026-01-11 00:00", "10 min", "1 min", "1 h", "SEV3", "checkout", "shop", "", "V-1",
    )  # fmt: skip
    share = scene.detail([scene.case(1, 0, 1), scene.case(2, 0, 0)], "share")
    assert [row[2] for row in dots_table(share).rows] == ["yes", "no"]


def test_rows_for_a_spreadsheet_are_numbers(scene):
    data = dots_data(few(scene))
    row = dict(zip(data.head, data.rows[1], strict=True))
    assert (row["value"], row["low"], row["high"], row["unit"]) == (600, 60, 3600, "s")
    assert (row["subject"], row["at"]) == ("incident:2", "2026-01-11T00:00:00+00:00")


# ------------------------------------------------------------------ every picture
VALUES = st.one_of(st.just(0.0), st.floats(1e-4, 1e9), st.sampled_from([60.0, 600.0, 3600.0]))
CASES = st.lists(
    st.tuples(st.floats(0, 400), VALUES, st.booleans(), st.sampled_from([None, *Severity])), min_size=1, max_size=60
)


@settings(max_examples=25, deadline=timedelta(seconds=2))
@given(given_cases=CASES, width=st.integers(40, 200), height=st.integers(1, 50), unit=st.sampled_from(["s", "count"]))
def test_every_case_is_in_one_place_and_nothing_leaves_the_frame(scene, given_cases, width, height, unit):
    cases = [
        scene.case(number, day, value, severity=severity, **({"low": value / 3, "high": value * 2} if wide else {}))
        for number, (day, value, wide, severity) in enumerate(given_cases)
    ]
    detail = scene.detail(cases, boundaries=(scene.boundary(1, 0), scene.boundary(2, 50)), figure={"unit": unit})
    lines = dots_lines(detail, width, height)
    assert max(width_of(plain(line)) for line in lines) <= width
    assert {span.style for line in lines for span in line} <= set(STYLES)
    found = plot(detail)
    above, zeros = cells(found, 30, 9), zero_cells(found, 30)
    numbers = [number for places in (above, zeros) for one in places.values() for number in one]
    assert sorted(numbers) == list(range(len(cases)))
    assert all(0 <= row < 9 and 0 <= column < 30 for row, column in above)
    many, least = drawn(lines)
    assert least <= len(cases) if many else least == len(cases)


def drawn(lines):
    """How many cases the dots before the legend stand for; with a "+" these are at least so many."""
    dots = ("sev1", "sev2", "sev3", "sev4", "sev5", "unrated")
    legend = next(number for number, line in enumerate(lines) if line[0].style in dots)
    signs = "".join(span.text for line in lines[:legend] for span in line if span.style in dots)
    return "+" in signs, sum(int(sign) if sign.isdigit() else 10 if sign == "+" else 1 for sign in signs)
