"""Times that suit people in several zones, and who may facilitate."""

from datetime import UTC, date, datetime, time, timedelta

from incidentd.domain.facilitation import candidates, facilitator_faults
from incidentd.domain.hours import Availability, Hours
from incidentd.domain.meeting_times import Against, Busy, Invitee, Part, faults, proposals, why
from incidentd.domain.people import Person, Roster, Team

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 23, tzinfo=UTC)  # the clocks of Europe change on the Sunday after, America's have


def invitee(handle, zone="UTC", part=Part.TOOK_PART, **more):
    return Invitee(person=Person(handle=handle, name=handle, zone=zone), part=part, **more)


ADA, GRACE, MEI = invitee("ada", "Europe/London"), invitee("grace", "America/New_York"), invitee("mei", "Asia/Tokyo")


def against(invitees, start, busy=()):
    return {(one.person, one.against.value) for one in faults(invitees, busy, start, start + HOUR)}


def pager(handle, start, end):
    return Busy(person=handle, starts_at=start, ends_at=end, against=Against.PAGER, text="carries the pager of x")


def test_a_time_is_judged_on_everybodys_own_clocks():
    assert against([ADA, GRACE], MONDAY + 14 * HOUR) == set()  # 14:00 in London, 10:00 in New York
    assert against([ADA, GRACE], MONDAY + 9 * HOUR) == {("grace", "asleep")}
    assert against([ADA, GRACE], MONDAY + 12 * HOUR) == {("grace", "off_hours")}
    assert against([ADA], MONDAY + 16 * HOUR + HOUR / 2) == {("ada", "off_hours")}  # it would end at 17:30
    saturday = MONDAY + 5 * DAY + 14 * HOUR
    assert against([ADA], saturday) == {("ada", "off_hours")}
    summer = MONDAY + 7 * DAY  # London is an hour ahead of UTC from here on
    assert against([ADA], summer + 8 * HOUR) == set()
    assert against([ADA], MONDAY + 8 * HOUR) == {("ada", "off_hours")}


def test_stated_hours_holidays_and_what_people_do_count():
    nights = Availability(zone="UTC", working=(Hours(start=time(18), end=time(22)),))
    lou = Invitee(person=Person(handle="lou", name="lou", hours=nights), part=Part.OWNER)
    assert against([lou], MONDAY + 19 * HOUR) == set()
    (found,) = faults([lou], [], MONDAY + 12 * HOUR, MONDAY + 13 * HOUR)
    assert (found.text, found.cost) == ("does not work at Mon 12:00 in UTC", 40)  # twice, for the owner
    feast = invitee("ana", holidays={date(2026, 3, 23): "Feast"})
    assert against([feast], MONDAY + 10 * HOUR) == {("ana", "holiday")}
    busy = [pager("ada", MONDAY, MONDAY + 7 * DAY), pager("bo", MONDAY, MONDAY + DAY)]
    assert against([ADA], MONDAY + 10 * HOUR, busy) == {("ada", "pager")}


def test_three_times_on_days_of_their_own_the_best_ones_with_their_reasons():
    busy = [pager("ada", MONDAY, MONDAY + 2 * DAY)]
    found = proposals([ADA, GRACE], busy, opens_at=MONDAY + HOUR / 4, until=MONDAY + 5 * DAY, length=HOUR)
    assert [f"{one.starts_at:%a %H:%M}" for one in found] == ["Wed 13:00", "Thu 13:00", "Fri 13:00"]
    assert why(found[0], ["ada", "grace"]).startswith("in everybody's working hours")
    far = proposals([ADA, MEI], [], opens_at=MONDAY, until=MONDAY + DAY, length=HOUR)
    assert [one.starts_at for one in far] == sorted(one.starts_at for one in far)
    assert {one.person for one in far[0].faults} < {"ada", "mei"}
    assert why(far[0], ["ada", "mei"]) == "suits 1 of 2"


def test_a_window_without_anybodys_hours_has_no_proposal_and_a_short_one_some():
    weekend = MONDAY + 5 * DAY
    assert proposals([ADA], [], opens_at=weekend, until=weekend + 2 * DAY, length=HOUR) == ()
    morning = MONDAY + 9 * HOUR
    short = proposals([ADA], [], opens_at=morning, until=morning + 3 * HOUR, length=HOUR)
    assert [one.starts_at for one in short] == [morning, morning + 2 * HOUR]


# ------------------------------------------------------------------ who facilitates
ROSTER = Roster(
    people={handle: Person(handle=handle, name=handle) for handle in ("ada", "bo", "cy", "dee")},
    teams={"shop": Team(name="shop", members=("ada", "bo"), leads=("cy",))},
)


def test_who_was_not_involved_and_leads_nobody_fits_and_others_are_exceptions():
    found = candidates(["dee"], ["ada", "bo"], ROSTER)
    assert [(one.person, one.faults) for one in found] == [
        ("dee", ()),
        ("ada", ("ada was involved",)),
        ("bo", ("bo was involved",)),
        ("cy", ("cy leads team shop, which ada and bo are in",)),
    ]
    assert facilitator_faults("cy", ["dee"], ROSTER) == ()
