"""When a review may be held: business days of the owning team, and one night more for who worked in their sleep."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from incidentd.domain.business_time import BusinessCalendar
from incidentd.domain.hours import Hours
from incidentd.domain.people import Person, Roster, Service, Team
from incidentd.domain.process import default_process
from incidentd.domain.review_window import Basis, business_days_on, calendar_of, standing, window
from incidentd.domain.severity import Severity
from incidentd.domain.sleep_hours import Act, in_sleep_hours, night_work, rested_at

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROCESS = default_process()
MEI = Person(handle="mei", name="Mei", zone="Asia/Tokyo")
LATE_RISER = replace(MEI, handle="lou", sleep=(Hours(start=time(2), end=time(10)),))
NIGHT = night_work([Act("mei", datetime(2026, 3, 2, 17, tzinfo=UTC), "was paged")], [MEI])


@pytest.mark.parametrize(
    ("severity", "floor", "days"), [(Severity.SEV1, 24, 7), (Severity.SEV2, 24, 9), (Severity.SEV3, 0, 14)]
)
def test_the_windows_of_the_practice(severity, floor, days):
    found = window(PROCESS, severity, T0, Basis())
    assert found is not None
    assert (found.opens_at, found.due_at) == (T0 + floor * HOUR, T0 + days * DAY)
    later = window(PROCESS, severity, T0, Basis(nights=NIGHT))
    assert later is not None
    assert (later.opens_at, later.due_at) == (found.opens_at + DAY, found.due_at)


def test_a_low_severity_needs_no_review():
    assert window(PROCESS, Severity.SEV4, T0, Basis(nights=NIGHT)) is None


def test_business_days_skip_weekends_holidays_and_closed_days_on_the_clocks_of_the_zone():
    friday, saturday = T0 + 4 * DAY, T0 + 5 * DAY
    plain = BusinessCalendar()
    assert [business_days_on(one, 1, plain).weekday() for one in (friday, saturday)] == [0, 0]
    assert business_days_on(T0, 0, plain) == T0
    assert business_days_on(T0, -1, plain) == T0 - 3 * DAY
    berlin = BusinessCalendar(zone="Europe/Berlin", closed=(date(2026, 3, 10),))
    # Friday evening in New York is Saturday in Berlin; Monday is a holiday, Tuesday closed
    late = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    assert business_days_on(late, 1, berlin, {date(2026, 3, 9)}) == datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    spring = datetime(2026, 3, 27, 9, tzinfo=UTC)  # 10:00 there, before the clocks go forward
    assert business_days_on(spring, 1, berlin) == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_a_floor_that_reaches_the_ceiling_leaves_a_business_day():
    narrow = replace(PROCESS.review_windows[Severity.SEV1], floor=30 * HOUR, ceiling_business_days=1)
    process = replace(PROCESS, review_windows={Severity.SEV1: narrow})
    friday = T0 + 4 * DAY
    found = window(process, Severity.SEV1, friday, Basis(nights=NIGHT))
    assert found is not None
    assert found.opens_at < found.due_at == friday + 3 * DAY
    tight = window(process, Severity.SEV1, T0, Basis())
    assert tight is not None
    assert tight.due_at == tight.opens_at + DAY


def test_a_team_has_its_own_calendar_or_that_of_all():
    mine = BusinessCalendar(zone="Asia/Tokyo")
    process = replace(PROCESS, review_calendars={"shop": mine})
    roster = Roster(services={"till": Service(name="till", team="shop"), "db": Service(name="db", team="ops")},
                    teams={"shop": Team(name="shop")})  # fmt: skip
    assert calendar_of(process, roster, "till") == ("shop", mine)
    assert calendar_of(process, roster, "db") == ("ops", BusinessCalendar())
    assert calendar_of(process, roster, "gone") == ("", BusinessCalendar())


def test_standing_in_the_window():
    found = window(PROCESS, Severity.SEV1, T0, Basis())
    assert found is not None
    assert found.soon_at == T0 + 3 * DAY  # Thursday, for it is due on Monday
    instants = (T0, found.opens_at, found.soon_at, found.due_at, found.due_at + HOUR)
    assert [standing(found, at).value for at in instants] == ["waiting", "open", "soon", "soon", "late"]


def test_a_second_person_opens_it_early_and_the_ceiling_stays():
    usual = window(PROCESS, Severity.SEV1, T0, Basis(nights=NIGHT))
    early = window(PROCESS, Severity.SEV1, T0, Basis(nights=NIGHT, opened_at=T0 + 5 * HOUR))
    assert usual is not None
    assert early == replace(usual, opens_at=T0 + 5 * HOUR)


# ------------------------------------------------------------------ nights
def test_sleep_hours_are_the_persons_own():
    at = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # 02:00 in Tokyo
    assert in_sleep_hours(at, "Asia/Tokyo")
    assert not in_sleep_hours(at, "UTC")
    assert in_sleep_hours(at, MEI.zone, LATE_RISER.sleep)
    assert not in_sleep_hours(at - 2 * HOUR, LATE_RISER.zone, LATE_RISER.sleep)  # midnight: still up


def test_who_worked_at_night_is_named_once_with_the_first_thing_they_did_and_nobody_is_ranked():
    acts = [
        Act("mei", datetime(2026, 3, 2, 18, 30, tzinfo=UTC), "wrote in the timeline"),
        Act("mei", datetime(2026, 3, 2, 18, 12, tzinfo=UTC), "was paged"),
        Act("mei", datetime(2026, 3, 2, 3, 0, tzinfo=UTC), "declared it"),
        Act("lou", datetime(2026, 3, 2, 18, 50, tzinfo=UTC), "took a role in it"),
        Act("system", datetime(2026, 3, 2, 18, 50, tzinfo=UTC), "worked on it"),
    ]
    found = night_work(acts, [MEI, LATE_RISER])
    assert [one.text for one in found] == [
        "lou took a role in it at 03:50 their time",
        "mei was paged at 03:12 their time",
    ]
    assert found[1].last_at == datetime(2026, 3, 2, 18, 30, tzinfo=UTC)


def test_rested_is_who_had_a_whole_night_since():
    three = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert rested_at(three, "UTC") == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert rested_at(three + 20 * HOUR, "UTC") == datetime(2026, 3, 4, 7, tzinfo=UTC)
    always = (Hours(start=time(0), end=time(0)),)
    assert rested_at(three, "UTC", always) == three
