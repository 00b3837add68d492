"""The message about what ended while it waited."""

from datetime import UTC, datetime

from incidentd.domain.ended_waits import line, title, with_line

AT = datetime(2026, 3, 7, 12, tzinfo=UTC)


def lines(many):
    found: tuple[str, ...] = ()
    for number in range(many):
        found = with_line(found, line(number, "x", AT, AT))
    return found


def test_the_title_counts():
    assert title(lines(1)).startswith("1 thing ended while it waited: P-0 x")
    assert title(lines(2)).startswith("2 things ended while they waited: P-0 x")


def test_it_stays_short_and_says_so():
    assert len(lines(500)) == 41
    assert lines(500)[-1] == "and more: incidentctl page list --state all"
    assert title(lines(500)).startswith("many things ended")


def test_the_same_is_named_once_and_hostile_text_is_one_line():
    once = with_line((), line(1, "a\nb\x1b[31m", AT, AT))
    assert with_line(once, once[0]) == once
    assert "\n" not in once[0]
    assert "\x1b" not in once[0]
