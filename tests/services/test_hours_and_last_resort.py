"""What can wait waits for the person's hours and always comes back; what reaches nobody reaches the last resort."""

from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest

from incidentd import wire
from incidentd.domain.hours import Availability, Hours
from incidentd.domain.people import ContactMethod, LastResort, Layer, Rotation, Schedule
from incidentd.plugin.values import PermanentFailure, TemporaryFailure

HOUR = timedelta(hours=1)
OFFICE = Availability(zone="UTC", working=(Hours(start=time(9), end=time(17), days=frozenset(range(1, 6))),))
SATURDAY = datetime(2026, 3, 7, 12, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)


def office(person, hours=OFFICE):
    return msgspec.structs.replace(person, hours=hours)


@pytest.fixture
async def daemon(daemon):
    """It is Saturday, and ada works on weekdays."""
    daemon.clock.set(SATURDAY)
    daemon.roster = daemon.roster_of(
        [office(daemon.person("ada", "push")), daemon.person("lin", "mail")],
        [daemon.policy("default", (300, "ada"), (300, "lin"), repeat=0)],
    )
    return daemon


async def send(daemon, title="cert expires", urgency="low", **values):
    body = wire.RaisePage(title=title, urgency=urgency, **(values or {"service": "default"}))
    page = await daemon.core.pages.raise_page(body, "lin")
    await daemon.settle()
    return page


# ------------------------------------------------------------------ hours
async def test_a_low_page_waits_for_working_hours_and_then_escalates(daemon):
    page = await send(daemon)
    assert (page.state, page.next_step_at) == ("open", MONDAY)
    assert page.waits_for == "working hours 09:00-17:00 Mon,Tue,Wed,Thu,Fri of ada"
    await daemon.advance(MONDAY - SATURDAY - timedelta(seconds=1))
    assert daemon.sender.sent == []
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")]
    await daemon.advance(300)
    assert daemon.sender.told() == [("ada", "push"), ("lin", "mail")]
    texts = [step.text for step in (await daemon.core.pages.get(1, "ada")).steps]
    assert any(text.startswith("It can wait: step 1 (ada) is held until 2026-03-09T09:00:00Z") for text in texts)


async def test_a_high_page_never_waits(daemon):
    await send(daemon, urgency="high")
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_wait_survives_restarts(daemon):
    await send(daemon)
    for _ in range(3):
        daemon.clock.advance(12 * HOUR)
        await daemon.restart()
        await daemon.settle()
    assert daemon.sender.sent == []
    daemon.clock.set(MONDAY + HOUR)
    await daemon.restart()
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push")]


async def test_what_ended_meanwhile_is_not_told_and_the_trace_says_why(daemon):
    daemon.route(urgency="low", group_wait=timedelta(0))
    await daemon.fire()
    await daemon.settle()
    assert await daemon.verdict() == (
        "A page was opened and waits until 2026-03-09T09:00:00Z (working hours 09:00-17:00 Mon,Tue,Wed,Thu,Fri of ada);"
        " nobody has acknowledged yet."
    )
    await daemon.resolve()
    await daemon.advance(MONDAY - SATURDAY - timedelta(seconds=1))
    assert daemon.sender.sent == []
    assert "it ended before anybody acknowledged" in await daemon.verdict()
    assert await daemon.armed() == []


@pytest.mark.both_engines
async def test_what_ended_meanwhile_is_named_in_one_message_when_the_hours_begin(daemon):
    first, second = await send(daemon, "cert expires"), await send(daemon, "disk fills")
    daemon.clock.advance(HOUR)
    await daemon.core.pages.resolve(first.id, "lin", None)
    await daemon.restart()
    await daemon.core.pages.resolve(second.id, "lin", None)
    await daemon.settle()
    assert daemon.sender.sent == []
    texts = [step.text for step in (await daemon.core.pages.get(first.id, "ada")).steps]
    assert "It ended while it waited: ada will read so in one message at 2026-03-09T09:00:00Z" in texts
    await daemon.advance(MONDAY - SATURDAY)
    ((_, message),) = daemon.sender.sent
    assert message.title == "2 things ended while they waited: P-1 cert expires (Sat 12:00 to Sat 13:00 UTC)"
    assert message.body == "P-1 cert expires (Sat 12:00 to Sat 13:00 UTC)\nP-2 disk fills (Sat 12:00 to Sat 13:00 UTC)"
    assert (message.kind.value, message.urgency.value, message.acknowledge_url) == ("update", "low", None)


async def test_whoever_ends_it_and_whoever_took_it_are_not_told_of_it_later(daemon):
    first, second = await send(daemon, "one"), await send(daemon, "two")
    await daemon.core.pages.resolve(first.id, "ada", None)
    await daemon.core.pages.acknowledge(second.id, "ada")
    await daemon.core.pages.resolve(second.id, "lin", None)
    assert await daemon.events("page.told_later") == []


async def test_whoever_is_on_call_when_the_wait_ends_is_asked(daemon):
    rotation = Rotation(people=("ada", "sam"), start=SATURDAY.date() - timedelta(days=5), handover=time(8), zone="UTC")
    daemon.roster = daemon.roster_of(
        [office(daemon.person("ada", "push")), office(daemon.person("sam", "push"))],
        [daemon.policy("default", (300, "schedule:first"))],
        schedules={"first": Schedule(name="first", layers=(Layer(name="first", rotation=rotation),))},
    )
    await send(daemon)  # sam takes over on Monday at eight
    await daemon.advance(MONDAY - SATURDAY)
    assert daemon.sender.told() == [("sam", "push")]


async def test_one_who_is_there_is_told_at_once_and_the_other_when_their_hours_begin(daemon):
    daemon.roster = daemon.roster_of(
        [office(daemon.person("ada", "push")), daemon.person("lin", "mail")],
        [daemon.policy("default", (7 * 86400, "ada", "lin"))],
    )
    await send(daemon)
    assert daemon.sender.told() == [("lin", "mail")]
    held = next(row for row in await daemon.deliveries() if row.person == "ada")
    assert (held.state, held.due_at) == ("pending", MONDAY)
    await daemon.restart()
    await daemon.advance(MONDAY - SATURDAY)
    assert daemon.sender.told() == [("lin", "mail"), ("ada", "push")]


@pytest.mark.both_engines
async def test_a_reload_that_changes_the_hours_is_obeyed_at_once(daemon):
    await send(daemon)
    daemon.roster = daemon.roster_of([daemon.person("ada", "push")], daemon.roster.policies.values())
    await daemon.core.recheck()
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push")]


async def test_escalating_by_hand_does_not_wait(daemon):
    await send(daemon)
    await daemon.core.pages.escalate(1, "lin", None)
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push")]


async def test_news_of_an_urgent_page_do_not_wait_and_those_of_a_low_one_do(daemon):
    daemon.clock.set(MONDAY + 7 * HOUR + timedelta(minutes=58))
    low = await send(daemon)
    high = await send(daemon, urgency="high", title="db down")
    assert len(daemon.sender.sent) == 2
    daemon.clock.set(MONDAY + 9 * HOUR)
    for page in (low, high):
        await daemon.core.pages.resolve(page.id, "lin", None)
    await daemon.settle()
    assert [message.title for _, message in daemon.sender.sent if message.kind == "resolved"] == ["db down"]
    await daemon.advance(24 * HOUR)
    assert [message.title for _, message in daemon.sender.sent if message.kind == "resolved"][1:] == ["cert expires"]


# ------------------------------------------------------------------ methods for an urgency
async def test_methods_for_an_urgency(daemon):
    daemon.clock.set(MONDAY)
    both = ContactMethod(notifier="mail", address="a@b")
    person = msgspec.structs.replace(
        daemon.person("ada"), contacts=(ContactMethod(notifier="phone", urgencies=("high",)), both)
    )
    only_high = msgspec.structs.replace(daemon.person("sam"), contacts=person.contacts[:1])
    daemon.roster = daemon.roster_of([person, only_high], [daemon.policy("default", (300, "ada", "sam"))])
    await send(daemon)
    assert daemon.sender.told() == [("ada", "mail")]
    (step,) = await daemon.events("page.step")
    assert step.data["gaps"] == ["sam has no contact method for low urgency"]
    daemon.sender.clear()
    await send(daemon, urgency="high")
    assert sorted(daemon.sender.told()) == [("ada", "mail"), ("ada", "phone"), ("sam", "phone")]


# ------------------------------------------------------------------ last resort
@pytest.fixture
async def guarded(daemon):
    """The same with a last resort."""
    daemon.roster = msgspec.structs.replace(
        daemon.roster, last_resort=LastResort(contacts=(ContactMethod(notifier="siren", address="gate"),))
    )
    return daemon


async def test_when_everything_fails_for_good_the_last_resort_is_told_at_once(guarded):
    guarded.sender.always = {"push": PermanentFailure("revoked"), "mail": PermanentFailure("no such box")}
    await send(guarded, urgency="high")
    assert guarded.sender.told() == [("ada", "push"), ("lin", "mail"), ("last-resort", "siren")]
    message = guarded.sender.sent[-1][1]
    assert (message.urgency, message.address) == ("high", "gate")
    assert message.body.startswith("No message about it got through to anybody.")
    await guarded.core.links.acknowledge(message.acknowledge_url.rpartition("/")[2])
    page = await guarded.page()
    assert (page.state, page.acknowledged_by) == ("acknowledged", "last-resort")
    assert page.last_resort_why == "no message about it got through to anybody"


async def test_when_nothing_got_through_in_time_the_last_resort_is_told(guarded):
    guarded.sender.always = {"push": TemporaryFailure("down"), "mail": TemporaryFailure("down")}
    await send(guarded, urgency="high")
    await guarded.advance(299)
    assert ("last-resort", "siren") not in guarded.sender.told()
    await guarded.restart()
    await guarded.advance(5)
    assert guarded.sender.told().count(("last-resort", "siren")) == 1
    await guarded.advance(2 * HOUR)
    assert guarded.sender.told().count(("last-resort", "siren")) == 1


async def test_what_got_through_needs_no_last_resort(guarded):
    guarded.sender.script["push"] = [TemporaryFailure("busy")] * 3
    await send(guarded, urgency="high")
    await guarded.advance(301)
    assert ("last-resort", "siren") not in guarded.sender.told()
    await guarded.core.pages.acknowledge(1, "ada")
    assert await guarded.armed() == []


async def test_an_urgent_page_that_nobody_answers_reaches_it_unless_it_is_switched_off(guarded):
    await send(guarded, urgency="high")
    await guarded.advance(601)
    assert (await guarded.page()).state == "exhausted"
    assert guarded.sender.told()[-1] == ("last-resort", "siren")
    guarded.roster = msgspec.structs.replace(
        guarded.roster, last_resort=msgspec.structs.replace(guarded.roster.last_resort, unanswered=False)
    )
    guarded.sender.clear()
    await send(guarded, urgency="high", title="again")
    await guarded.advance(HOUR)
    assert ("last-resort", "siren") not in guarded.sender.told()


async def test_the_end_is_told_to_the_last_resort_too(guarded):
    guarded.sender.always = {"push": PermanentFailure("revoked"), "mail": PermanentFailure("no")}
    await send(guarded, urgency="high")
    await guarded.core.pages.resolve(1, "lin", None)
    await guarded.advance(60)
    assert guarded.sender.told("resolved") == [("last-resort", "siren")]


@pytest.mark.both_engines
async def test_without_a_last_resort_the_trace_says_that_there_is_none(daemon):
    daemon.sender.always = {"push": PermanentFailure("revoked"), "mail": PermanentFailure("no")}
    await send(daemon, urgency="high")
    texts = [step.text for step in (await daemon.core.pages.get(1, "ada")).steps]
    assert "No message about it got through to anybody: no last resort is configured" in texts
