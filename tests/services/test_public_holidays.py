"""Public holidays of people's regions, and that being on call on one is told ahead."""

from datetime import UTC, date, datetime, timedelta

from incidentd.domain.people import Person
from incidentd.services.public_holidays import public_holidays

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_region_has_the_days_of_its_country_and_its_own():
    people = {
        one: Person(handle=one, name=one, holidays=region)
        for one, region in (("ada", "GB-ENG"), ("lin", "DE-BE"), ("mei", "DE-BY"), ("sam", ""))
    }
    found = public_holidays(people, START, START + timedelta(days=150))
    assert set(found) == {"ada", "lin", "mei"}
    assert date(2026, 4, 6) in found["ada"]  # Easter Monday
    assert date(2026, 5, 1) in found["lin"]
    assert date(2026, 3, 9) not in found["mei"]
    assert date(2026, 3, 8) in found["lin"]  # International Women's Day, in Berlin only
    assert date(2026, 3, 8) not in found["mei"]
    assert all(START.date() - timedelta(days=1) <= day for days in found.values() for day in days)


def test_nobody_has_a_region():
    assert public_holidays({"ada": Person(handle="ada", name="Ada")}, START, START + timedelta(days=400)) == {}


async def test_being_on_call_on_a_holiday_is_told_ahead(daemon):
    from datetime import time

    from incidentd.domain.people import Layer, Rotation, Schedule, Unit

    rotation = Rotation(people=("ada",), start=date(2026, 1, 1), handover=time(0), unit=Unit.DAYS)
    ada = Person(handle="ada", name="Ada", contacts=daemon.person("ada", "push").contacts, holidays="DE-BE")
    schedule = Schedule(name="first", layers=(Layer(name="all", rotation=rotation),))
    daemon.roster = daemon.roster_of([ada], [], schedules={"first": schedule})
    may = datetime(2026, 4, 30, tzinfo=UTC)
    found = await daemon.core.duty.schedules("", may, may + timedelta(days=3))
    assert [(one.kind, one.person) for one in found.warnings] == [("holiday", "ada")]
    assert "on call for first on 2026-05-01" in found.warnings[0].text
