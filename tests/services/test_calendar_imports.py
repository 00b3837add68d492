"""Calendars of layers: read by a durable timer, the last good copy kept; no failed read empties a schedule."""

from datetime import date, timedelta

import pytest

from incidentd.domain.people import HandoverForm, Ical, Layer, Rotation, Schedule
from incidentd.services.calendar_imports import CannotFetch

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLACE = "https://calendar.example/s3cret.ics"
DAILY = "RRULE:FREQ=DAILY"


def event(summary, *more, begin="20260302T000000Z", end="20260303T000000Z"):
    lines = [f"SUMMARY:{summary}", f"UID:{summary}", "DTSTAMP:20260101T000000Z", f"DTSTART:{begin}", f"DTEND:{end}"]
    return "\r\n".join(["BEGIN:VEVENT", *lines, *more, "END:VEVENT"])


def calendar(*events):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""]).encode()


class Places:
    """What the world outside has; an exception is raised."""

    def __init__(self):
        self.answer = calendar(event("ada", DAILY))
        self.asked = []

    async def __call__(self, place):
        self.asked.append(place)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def places():
    return Places()


def schedule(place=PLACE, **more):
    ical = Ical(place=place, every=HOUR, people=more)
    layers = (Layer(name="duty", rotation=Rotation(people=(), start=date.min), ical=ical),)
    return Schedule(name="first", layers=layers, handover_form=HandoverForm.OFF)


async def read(daemon, by=timedelta(0)):
    """Live through `by`; what is wanted by then is read."""
    await daemon.advance(by)
    await daemon.core.desk.calendars.work()


@pytest.fixture
async def team(daemon, places):
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "lin")],
        [daemon.policy("default", (300, "schedule:first"), repeat=0)],
        schedules={"first": schedule()},
    )
    await start(daemon, places)
    return daemon


async def start(daemon, places):
    daemon.core.desk.calendars.fetch = places
    await daemon.store.write(daemon.core.desk.reread)
    await read(daemon)


async def on_call(daemon):
    (now,) = (await daemon.core.roster.on_call()).schedules
    return now.person


async def test_whoever_the_calendar_names_is_paged(team, places):
    from incidentd.wire import RaisePage

    assert places.asked == [PLACE]
    assert await on_call(team) == "ada"
    await team.core.pages.raise_page(RaisePage(title="disk", service="default"), "lin")
    await team.settle()
    assert team.sender.told() == [("ada", "push")]
    assert await team.core.reach.problems() == []


async def test_it_is_read_again_when_its_timer_is_due(team, places):
    places.answer = calendar(event("lin", DAILY))
    await read(team, 59 * MINUTE)
    assert await on_call(team) == "ada"
    await read(team, MINUTE)
    assert (len(places.asked), await on_call(team)) == (2, "lin")


@pytest.mark.parametrize(
    "fault", [CannotFetch("HTTP 404; see its URL"), b"<html>", calendar(event("x", "RRULE:FREQ=HOURLY"))]
)
async def test_a_read_that_fails_changes_no_shift_and_is_told(team, places, fault):
    good, places.answer = places.answer, fault
    for _ in range(3):
        await read(team, HOUR)
    assert await on_call(team) == "ada"
    ((code, told),) = [(one.code, one.text) for one in await team.core.reach.problems()]
    assert code == "duty-calendar"
    assert told.startswith("the calendar of layer duty of schedule first cannot be read: ")
    assert "what it said at 2026-03-02 09:00 UTC holds on" in told
    assert "s3cret" not in told
    shown = await team.core.duty.schedules("first", None, None)
    assert [one.text for one in shown.warnings if one.kind == "calendar"] == [told]
    team.clock.advance(500 * DAY)
    await read(team)
    assert await on_call(team) == "ada"  # what recurs goes on from the copy
    places.answer = good
    await read(team, 5 * MINUTE)
    assert await team.core.reach.problems() == []
    kinds = [one.kind for one in await team.events() if one.subject == "layer:first/duty"]
    assert kinds == ["calendar.failed", "calendar.read"]


@pytest.mark.both_engines
async def test_it_outlives_a_restart_without_a_read(team, places):
    await team.restart()
    places.answer = CannotFetch("no connection")
    await start(team, places)
    assert await on_call(team) == "ada"


@pytest.mark.both_engines
async def test_one_that_was_never_read_says_that_its_layer_is_empty(team, places):
    places.answer = CannotFetch("no connection")
    team.roster = team.roster_of(list(team.roster.people.values()), [], schedules={"first": schedule("/other.ics")})
    await start(team, places)
    (told,) = [one.text for one in await team.core.reach.problems()]
    assert told.endswith("no connection; it was never read, so that its layer is empty")


async def test_an_event_that_names_nobody_is_told_with_the_remedy(team, places):
    places.answer = calendar(event("Duty A", DAILY), event("ada", begin="20260401T000000Z", end="20260402T000000Z"))
    await read(team, HOUR)
    assert await on_call(team) == ""
    told = [one.text for one in await team.core.reach.problems() if "ical_people" in one.text]
    assert told[0].startswith(
        'events of the calendar of layer duty of schedule first name nobody in the roster: "Duty A"'
    )
    people = {"Duty A": "lin"}
    team.roster = team.roster_of(list(team.roster.people.values()), [], schedules={"first": schedule(**people)})
    await start(team, places)
    assert await on_call(team) == "lin"


@pytest.mark.both_engines
async def test_one_that_the_roster_no_longer_names_is_forgotten(team, places):
    await read(team, DAY)
    team.roster = team.roster_of(list(team.roster.people.values()), [])
    await start(team, places)
    asked = len(places.asked)
    await read(team, 2 * HOUR)
    assert len(places.asked) == asked
    team.roster = team.roster_of(list(team.roster.people.values()), [], schedules={"first": schedule("/new.ics")})
    assert await on_call(team) == ""
