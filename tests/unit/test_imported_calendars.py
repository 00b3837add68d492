"""Whom an event means, how events become shifts of a layer, and what a schedule makes of them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from incidentd.domain.duty_changes import Changes, ImportedShift
from incidentd.domain.final_schedule import final_schedule, holder_at
from incidentd.domain.imported_calendars import Names, problem, without_overlaps
from incidentd.domain.people import ContactMethod, Ical, Layer, Person, Restriction, Rotation, Schedule, Shift
from incidentd.services.calendar_reading import MOST_EVENTS, BadCalendar, expand

AT = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = {
    "ada": Person(
        handle="ada", name="Ada Lovelace", contacts=(ContactMethod(notifier="m", address="ada@example.org"),)
    ),
    "lin": Person(handle="lin", name="Lin"),
}
NAMES = Names(PEOPLE, {"Duty A": "ada"})


@pytest.mark.parametrize(
    ("summary", "attendees", "person"),
    [
        ("ada", (), "ada"),
        ("  LIN ", (), "lin"),
        ("Ada   Lovelace", (), "ada"),
        ("Duty A", ("mailto:lin",), "ada"),
        ("Pager", ("mailto:Ada@example.org", "MAILTO:boss@example.org"), "ada"),
        ("Pager", ("lin", "ada"), ""),
        ("lin: on call for first", (), "lin"),
        ("Pager (ada)", (), "ada"),
        ("ada or lin", (), ""),
        ("linda", (), ""),
        ("blin@example.org", (), ""),
        ("", (), ""),
    ],
)
def test_whom_an_event_means(summary, attendees, person):
    assert NAMES.of(summary, attendees) == person


def shift(person, begin, end):
    return Shift(person=person, starts_at=AT + begin * HOUR, ends_at=AT + end * HOUR)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([("a", 0, 4), ("b", 4, 8)], [("a", 0, 4), ("b", 4, 8)]),
        ([("a", 0, 8), ("b", 2, 4)], [("a", 0, 2), ("b", 2, 4), ("a", 4, 8)]),
        ([("a", 0, 6), ("b", 4, 8)], [("a", 0, 4), ("b", 4, 8)]),
        ([("b", 0, 8), ("a", 0, 2)], [("b", 0, 8)]),
        ([("a", 0, 9), ("b", 1, 8), ("c", 2, 3)], [("a", 0, 1), ("b", 1, 2), ("c", 2, 3), ("b", 3, 8), ("a", 8, 9)]),
    ],
)
def test_of_shifts_that_overlap_the_later_one_counts(given, wanted):
    assert without_overlaps(shift(*one) for one in given) == [shift(*one) for one in wanted]


def calendar(*events):
    inner = "\r\n".join(f"BEGIN:VEVENT\r\nUID:{at}\r\nDTSTAMP:20260101T000000Z\r\n{one}\r\nEND:VEVENT" for at, one in
                        enumerate(events))  # fmt: skip
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{inner}\r\nEND:VCALENDAR\r\n"


def read(*events, zone="UTC", days=30):
    return expand(calendar(*events), NAMES, zone, AT, AT + days * DAY)


def test_turns_recur_by_the_clocks_of_their_zone():
    found = read(
        "SUMMARY:ada\r\nDTSTART;TZID=Europe/Berlin:20260323T090000\r\nDTEND;TZID=Europe/Berlin:20260324T090000\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=2", days=60,
    )  # fmt: skip
    assert [one.starts_at.hour for one in found.shifts] == [8, 7]  # the clocks go forward in between


def test_days_and_times_without_a_zone_are_those_of_the_layer():
    found = read(
        "SUMMARY:ada\r\nDTSTART;VALUE=DATE:20260303", "SUMMARY:lin\r\nDTSTART:20260304T120000\r\nDURATION:PT2H",
        zone="America/New_York",
    )  # fmt: skip
    assert [(one.person, one.starts_at, one.ends_at) for one in found.shifts] == [
        ("ada", AT + DAY + 5 * HOUR, AT + 2 * DAY + 5 * HOUR),
        ("lin", AT + 2 * DAY + 17 * HOUR, AT + 2 * DAY + 19 * HOUR),
    ]  # fmt: skip


def test_what_began_before_and_lasts_is_there_and_what_was_called_off_is_not():
    found = read(
        "SUMMARY:ada\r\nDTSTART:20260301T000000Z\r\nDTEND:20260303T000000Z",
        "SUMMARY:lin\r\nDTSTART:20260305T000000Z\r\nDTEND:20260306T000000Z\r\nSTATUS:CANCELLED",
        "SUMMARY:team lunch\r\nDTSTART:20260305T000000Z\r\nDTEND:20260306T000000Z",
    )
    assert [(one.person, one.starts_at) for one in found.shifts] == [("ada", AT - DAY)]
    assert found.unknown == ("team lunch",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no calendar"),
        ("hello", "no calendar"),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", "no VCALENDAR"),
        (calendar("SUMMARY:ada\r\nDTSTART:20260301T000000Z\r\nRRULE:FREQ=SECONDLY"), "more often than daily"),
        (calendar("SUMMARY:ada\r\nDTSTART:20260301T000000Z\r\nRRULE:FREQ=DAILY;BYMINUTE=1,2"), "more often than daily"),
        (calendar(*["SUMMARY:ada\r\nDTSTART:20260301T000000Z"] * (MOST_EVENTS + 1)), f"more than {MOST_EVENTS} events"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:nonsense\r\nEND:VEVENT\r\nEND:VCALENDAR", "no calendar|^$"),
    ],
)
def test_what_cannot_be_read_says_why(text, words):
    if "nonsense" in text:
        try:
            assert expand(text, NAMES, "UTC", AT, AT + DAY).shifts == ()
        except BadCalendar:
            pass
        return
    with pytest.raises(BadCalendar, match=words):
        expand(text, NAMES, "UTC", AT, AT + DAY)


def test_more_occurrences_than_duty_has_are_refused():
    daily = [f"SUMMARY:ada\r\nDTSTART:202603{day:02}T000000Z\r\nRRULE:FREQ=DAILY" for day in range(1, 29)]
    with pytest.raises(BadCalendar, match="occurrences"):
        read(*daily, days=400)


def test_a_calendar_lies_among_the_other_layers():
    turns = Rotation(people=("lin",), start=date(2026, 1, 1), handover=time(0))
    none = Rotation(people=(), start=date.min)
    night = (Restriction(start=time(18), end=time(0)),)
    schedule = Schedule(
        name="first",
        layers=(
            Layer(name="turns", rotation=turns),
            Layer(name="exceptions", rotation=none, ical=Ical(place="/x"), restrictions=night, shadows=("lin",)),
        ),
    )
    said = ImportedShift(schedule="first", layer="exceptions", person="ada", starts_at=AT, ends_at=AT + DAY)
    changes = Changes(imported=(said,))
    found = final_schedule(schedule, changes, AT, AT + DAY)
    assert [(one.person, one.source) for one in found] == [("lin", "layer:turns"), ("ada", "layer:exceptions")]
    assert found[1].starts_at == AT + 18 * HOUR
    for hour in (0, 17, 18, 23):
        held = holder_at(schedule, changes, AT + hour * HOUR)
        assert held.person == ("ada" if hour >= 18 else "lin")
    assert holder_at(schedule, Changes(), AT + 20 * HOUR).person == "lin"


def test_no_text_holds_the_place_of_a_calendar():
    assert "secret" not in repr(
        Layer(name="x", rotation=Rotation(people=(), start=AT.date()), ical=Ical(place="/secret"))
    )
    assert problem("first", "x", None, "HTTP 404").endswith("so that its layer is empty")
    assert problem("first", "x", AT, "HTTP 404").endswith("what it said at 2026-03-02 00:00 UTC holds on")
