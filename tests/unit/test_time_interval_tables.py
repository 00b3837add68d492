"""Time intervals in a configuration file: both shapes, and faults with line, key and remedy."""

from pathlib import Path

import pytest

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.time_intervals import Intervals, time_intervals
from incidentd.configuration.values import Table
from incidentd.domain.time_intervals import ClockSpan, DaySpan, Period, YearSpan


class File(Table):
    time_intervals: Intervals = {}


def read(text: str):
    return time_intervals(Document(Path("process.toml"), text).validate(File).time_intervals)


def test_everything_that_can_be_said():
    found = read("""
[time_intervals.office]
times = [{ start_time = "09:00", end_time = "12:30" }, { start_time = "13:00", end_time = "24:00" }]
weekdays = ["monday:friday", "Sunday"]
days_of_month = ["1:7", "-3:-1", 15]
months = ["january:march", "12", 6]
years = ["2026", "2028:2030", 2040]
location = "Europe/Berlin"

[[time_intervals.nights]]
times = [{ start_time = "22:00", end_time = "24:00" }]
[[time_intervals.nights]]
times = [{ start_time = "00:00", end_time = "06:00" }]
""")
    assert found["office"] == (
        Period(
            times=(ClockSpan(540, 750), ClockSpan(780, 1440)),
            weekdays=frozenset({1, 2, 3, 4, 5, 7}),
            days_of_month=(DaySpan(1, 7), DaySpan(-3, -1), DaySpan(15, 15)),
            months=frozenset({1, 2, 3, 6, 12}),
            years=(YearSpan(2026, 2026), YearSpan(2028, 2030), YearSpan(2040, 2040)),
            location="Europe/Berlin",
        ),
    )
    assert [period.times for period in found["nights"]] == [(ClockSpan(1320, 1440),), (ClockSpan(0, 360),)]


def test_names_may_go_over_the_end():
    (period,) = read('[time_intervals.x]\nweekdays = ["saturday:monday"]\nmonths = ["november:february"]')["x"]
    assert period.weekdays == {6, 7, 1}
    assert period.months == {11, 12, 1, 2}


@pytest.mark.parametrize(
    ("line", "key", "why"),
    [
        ('weekdays = ["mondy"]', "weekdays[0]", 'did you mean "monday"?'),
        ("weekdays = [1]", "weekdays[0]", "is no weekday"),
        ("weekdays = [true]", "weekdays[0]", "is no range"),
        ('months = ["0"]', "months[0]", "is no month"),
        ('months = ["13"]', "months[0]", "is no month"),
        ('months = ["jan:feb"]', "months[0]", "is no month"),
        ('days_of_month = ["0"]', "days_of_month[0]", "is outside of a month"),
        ('days_of_month = ["32"]', "days_of_month[0]", "is outside of a month"),
        ('days_of_month = ["5:1"]', "days_of_month[0]", "always ends before it begins"),
        ('days_of_month = ["-1:-3"]', "days_of_month[0]", "always ends before it begins"),
        ('days_of_month = ["-3:5"]', "days_of_month[0]", "the last must be too"),
        ('days_of_month = ["a:b"]', "days_of_month[0]", "is no range of numbers"),
        ('years = ["2028:2026"]', "years[0]", "ends before it begins"),
        ('years = [":"]', "years[0]", "is no range of numbers"),
        ("years = [1.5]", "years[0]", "is no range"),
        ('times = [{ start_time = "9:00", end_time = "17:00" }]', "times[0].start_time", "is no time of day"),
        ('times = [{ start_time = "09:00", end_time = "24:01" }]', "times[0].end_time", "is no time of day"),
        ('times = [{ start_time = "22:00", end_time = "06:00" }]', "times[0]", "over midnight write two"),
        ('times = [{ start_time = "09:00" }]', "times[0].end_time", "is missing"),
        ('location = "Europe/Berln"', "location", 'did you mean "Europe/Berlin"?'),
        ('location = "Local"', "location", "is no time zone"),
        ('weekday = ["monday"]', "weekday", 'did you mean "weekdays"?'),
    ],
)
@pytest.mark.parametrize("head", ["[time_intervals.x]", "[[time_intervals.x]]"])
def test_faults_have_line_key_and_remedy(head, line, key, why):
    with pytest.raises(ConfigurationError) as caught:
        read(f"{head}\n# here\n{line}\n")
    (fault,) = caught.value.faults
    place = "time_intervals.x[0]" if head.startswith("[[") else "time_intervals.x"
    assert (fault.key, fault.line) == (f"{place}.{key}", 3)
    assert why in f"{fault.what} — {fault.remedy}"
    assert fault.remedy


@pytest.mark.parametrize("text", ["time_intervals.x = 3", "time_intervals = [1]", '[time_intervals."a b"]'])
def test_what_is_no_interval(text):
    with pytest.raises(ConfigurationError):
        read(text)
