"""Warnings before it hurts: gaps, one person for two, holidays, people who cannot be written to."""

from datetime import UTC, date, datetime, time, timedelta

from incidentd.domain.duty_changes import NO_CHANGES, Absence, Changes
from incidentd.domain.duty_warnings import gap_problems, warnings
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    Layer,
    Person,
    Restriction,
    Roster,
    Rotation,
    Schedule,
    Step,
    Target,
    TargetKind,
    Unit,
)

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
PUSH = (ContactMethod(notifier="push"),)


def only(name: str, *people: str, restrictions=(), **more) -> Schedule:
    rotation = Rotation(people=people, start=date(2026, 1, 5), **{"handover": time(0), "unit": Unit.DAYS, **more})
    return Schedule(name=name, layers=(Layer(name="l", rotation=rotation, restrictions=restrictions),))


def roster(*schedules: Schedule, **people) -> Roster:
    steps = tuple(Step(targets=(Target(TargetKind.SCHEDULE, one.name),)) for one in schedules)
    known = {one: Person(handle=one, name=one, contacts=PUSH) for one in ("ada", "lin", "sam")} | people
    policy = EscalationPolicy(name="p", steps=steps)
    return Roster(people=known, schedules={one.name: one for one in schedules}, policies={"p": policy})


def kinds(found) -> list[str]:
    return [one.kind for one in found]


def test_all_is_well():
    assert warnings(roster(only("a", "ada", "lin"), only("b", "lin", "ada")), NO_CHANGES, START, START + 9 * DAY) == []


def test_a_gap_is_told_with_its_time_and_its_reason():
    office = (Restriction(start=time(8), end=time(20), days_over=0),)
    away = Changes(
        absences=(Absence(id=1, person="lin", starts_at=START + 1.4 * DAY, ends_at=START + 1.5 * DAY, at=START),)
    )
    known = roster(only("a", "ada", "lin", restrictions=office))
    found = warnings(known, away, START + 0.5 * DAY, START + 1.6 * DAY)
    assert [one.text for one in found] == [
        "nobody is on call for a from 2026-01-05 20:00 until 2026-01-06 08:00 UTC",
        "nobody is on call for a from 2026-01-06 09:36 until 2026-01-06 12:00 UTC: lin is absent and nobody stands in",
    ]
    said = f"{found[0].text} — incidentctl schedule show a"
    assert gap_problems(known, found, found[0].starts_at - DAY) == [OwnAlarm("duty-gap", said)]
    assert gap_problems(known, found, found[0].starts_at) == [OwnAlarm("nobody-on-call", said)]
    assert gap_problems(Roster(schedules=known.schedules), found, found[0].starts_at) == []


def test_one_person_for_both_steps_of_a_policy():
    both = roster(only("first", "ada", "lin"), only("second", "ada", "sam", every=2))
    found = warnings(both, NO_CHANGES, START, START + 4 * DAY)
    assert kinds(found) == ["overlap"]
    assert found[0].text == (
        "ada is on call for first and for second, both of policy p, from 2026-01-05 00:00 until 2026-01-06 00:00 UTC"
    )
    (told,) = gap_problems(both, found, START)
    assert told.code == "duty-overlap"
    apart = Roster(people=both.people, schedules=both.schedules)
    assert warnings(apart, NO_CHANGES, START, START + 4 * DAY) == []


def test_public_holidays_of_the_one_on_call_in_their_own_zone():
    ada = Person(handle="ada", name="Ada", zone="Pacific/Auckland", contacts=PUSH)
    days = {"ada": {date(2026, 1, 7): "a day off"}, "lin": {date(2026, 1, 7): "not on call then"}}
    # Ada's 7 January begins at 11:00 UTC on the 6th, in lin's turn, and ends in hers
    found = warnings(roster(only("a", "ada", "lin"), ada=ada), NO_CHANGES, START + 2 * DAY, START + 3 * DAY, days)
    assert [(one.kind, one.person) for one in found] == [("holiday", "ada")]
    assert "on 2026-01-07 (a day off)" in found[0].text
    # Of a turn of a week it is one day: what lies in the holiday, and not all of the turn
    week = roster(only("a", "ada"), ada=ada)
    (one,) = warnings(week, NO_CHANGES, START, START + 7 * DAY, days)
    assert (one.starts_at, one.ends_at) == (START + timedelta(hours=35), START + timedelta(hours=59))
    assert warnings(roster(only("a", "ada", "lin")), NO_CHANGES, START, START + DAY, days) == []


def test_somebody_without_a_contact_method_is_told_once():
    bare = roster(only("a", "ada", "lin"), ada=Person(handle="ada", name="Ada"))
    found = warnings(bare, NO_CHANGES, START, START + 9 * DAY)
    assert [(one.kind, one.person) for one in found] == [("unreachable", "ada")]
