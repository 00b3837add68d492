"""Several acknowledgements, their timeout; taking a page over, giving it away, putting it off."""

from datetime import timedelta

import pytest

from incidentd.domain.people import Schedule
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import RaisePage
from incidentd.wire import pages as wire_pages

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def send(daemon, **values):
    page = await daemon.core.pages.raise_page(RaisePage(**{"title": "x", "service": "shop"} | values), "ada")
    await daemon.settle()
    return page


def three(daemon, *steps, **more):
    people = [daemon.person(handle, "push") for handle in ("ada", "lin", "sam")]
    policy = daemon.policy("default", *steps, **more)
    daemon.roster = daemon.roster_of(people, [policy], services=daemon.roster.services)


def asking(policy, acks):
    """The policy, asking for several people from its first step on."""
    import msgspec

    first = msgspec.structs.replace(policy.steps[0], acks=acks)
    return msgspec.structs.replace(policy, steps=(first, *policy.steps[1:]))


async def said(daemon, page_id=1):
    return [one.text for one in (await daemon.core.pages.get(page_id, "ada")).steps]


# ---------------------------------------------------------------------- how long it holds
async def test_an_acknowledgement_that_names_no_end_holds_as_long_as_the_policy_says(daemon):
    three(daemon, (300, "ada"), (300, "lin"), ack_timeout=HOUR)
    await send(daemon)
    page = await daemon.core.pages.acknowledge(1, "ada")
    assert page.acknowledged_until == daemon.clock.now() + HOUR
    await daemon.advance(HOUR - MINUTE)
    await daemon.restart()
    page = await daemon.core.pages.acknowledge(1, "ada")  # once more: it holds for another hour
    assert page.acknowledged_until == daemon.clock.now() + HOUR
    await daemon.advance(HOUR - MINUTE)
    page = await daemon.core.pages.acknowledge(1, "ada", via="link")
    assert page.acknowledged_until == daemon.clock.now() + HOUR
    await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + 2 * HOUR)
    page = await daemon.core.pages.acknowledge(1, "ada", via="link")
    assert page.acknowledged_until == daemon.clock.now() + 2 * HOUR, "a link takes nothing away"
    await daemon.advance(2 * HOUR - MINUTE)
    assert (await daemon.page()).state == "acknowledged"
    daemon.sender.clear()
    await daemon.advance(MINUTE)
    assert ((await daemon.page()).state, (await daemon.page()).step) == ("open", 1)
    assert daemon.sender.told() == [("ada", "push")]
    assert "Step 1 of 2, round 1 of policy default (the acknowledgement has run out): paging ada by push" in (
        await said(daemon)
    )


# ---------------------------------------------------------------------- several people
async def test_the_page_goes_on_until_so_many_people_have_acknowledged(daemon):
    three(daemon, (300, "ada"), (300, "lin"), (300, "sam"), repeat=1)
    daemon.roster.policies["default"] = asking(daemon.roster.policies["default"], 2)
    await send(daemon)
    page = await daemon.core.pages.acknowledge(1, "ada", note="I look")
    assert (page.state, page.acks, page.acks_needed, page.ack_missing) == ("open", ("ada",), 2, ())
    assert (await daemon.core.pages.acknowledge(1, "ada")).acks == ("ada",), "twice is once"
    await daemon.advance(5 * MINUTE)
    assert (await daemon.page()).ack_missing == ("lin",)
    await daemon.advance(14 * MINUTE)
    assert [who for who, _ in daemon.sender.told()] == ["ada", "lin", "sam", "lin"], "ada knows"
    page = await daemon.core.pages.acknowledge(1, "sam", via="link")
    assert (page.state, page.acks, page.acknowledged_by) == ("acknowledged", ("ada", "sam"), "sam")
    texts = await said(daemon)
    assert "ada acknowledged by api: I look, 1 of 2" in texts
    assert any("ada has acknowledged" in text and text.startswith("Step 1 of 3, round 2") for text in texts)
    await daemon.advance(HOUR)
    assert len(daemon.sender.told()) == 4


@pytest.mark.both_engines
async def test_who_handed_one_of_several_back_is_asked_again(daemon):
    three(daemon, (300, "ada", "lin"), repeat=1)
    daemon.roster.policies["default"] = asking(daemon.roster.policies["default"], 2)
    await send(daemon)
    await daemon.core.pages.acknowledge(1, "ada")
    page = await daemon.core.pages.hand_back(1, "ada", "not me", None)
    assert (page.acks, page.ack_missing) == ((), ("ada", "lin"))
    await daemon.advance(5 * MINUTE)
    assert [who for who, _ in daemon.sender.told()] == ["ada", "lin", "ada", "lin"]
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.core.pages.acknowledge(1, "lin")
    page = await daemon.core.pages.hand_back(1, "lin", "", None)
    assert (page.state, page.acks) == ("open", ("ada",))


async def test_too_few_of_several_end_as_unanswered(daemon):
    three(daemon, (300, "ada", "lin"), repeat=0)
    daemon.roster.policies["default"] = asking(daemon.roster.policies["default"], 2)
    await send(daemon)
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.advance(HOUR)
    page = await daemon.page()
    assert (page.state, page.ack_missing) == ("exhausted", ("lin",))
    assert (await daemon.core.pages.acknowledge(1, "lin")).state == "acknowledged"


# ---------------------------------------------------------------------- taking over
@pytest.mark.both_engines
async def test_who_takes_over_has_it_and_the_one_before_is_told(daemon):
    await daemon.fire()
    await daemon.advance(30)
    with pytest.raises(Conflict, match="nobody has it"):
        await daemon.core.pages.take_over(1, wire_pages.TakeOver(), "lin", None)
    await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + HOUR)
    with pytest.raises(Conflict, match="ada acknowledged P-1 first") as refused:
        await daemon.core.pages.acknowledge(1, "lin")
    assert refused.value.remedy == "take it over: incidentctl page take-over P-1"
    page = await daemon.core.pages.take_over(1, wire_pages.TakeOver(note="you are off"), "lin", None)
    await daemon.advance(MINUTE)
    assert (page.state, page.acknowledged_by, page.acknowledged_until) == ("acknowledged", "lin", None)
    assert (await daemon.alert()).acknowledged_by == "lin"
    told = [one for _, one in daemon.sender.sent if one.kind == "update"]
    assert [(one.recipient, one.body) for one in told] == [("ada", "lin has taken it over from you: you are off.")]
    assert await daemon.verdict() == "ada was paged; ada acknowledged by api, lin took over."
    await daemon.advance(2 * HOUR)
    assert (await daemon.page()).state == "acknowledged", "the end of the first acknowledgement is no longer one"
    with pytest.raises(Conflict, match="yours already"):
        await daemon.core.pages.take_over(1, wire_pages.TakeOver(), "lin", None)
    page = await daemon.core.pages.hand_back(1, "lin", "", None)
    assert page.state == "open"
    assert (await daemon.alert()).acknowledged_by == ""


# ---------------------------------------------------------------------- giving away
async def test_a_page_that_is_given_to_somebody_begins_there_and_goes_on_by_its_policy(daemon):
    await daemon.fire()
    await daemon.advance(30)
    await daemon.core.pages.acknowledge(1, "ada")
    daemon.sender.clear()
    page = await daemon.core.pages.reassign(1, wire_pages.Reassign(person="sam", note="you know it"), "lin", None)
    await daemon.advance(MINUTE)
    assert (page.state, page.person, page.policy, page.step) == ("open", "sam", "default", 1)
    assert (await daemon.alert()).acknowledged_by == ""
    assert daemon.sender.told() == [("sam", "mail")]
    assert daemon.sender.sent[0][1].body.startswith("lin gave this page to sam: you know it.\n\n")
    assert daemon.sender.told("update") == [("ada", "push")], "who had it hears of it"
    assert "lin took it from ada and gave it to sam: you know it; the escalation begins again there" in (
        await said(daemon)
    )
    await daemon.advance(5 * MINUTE)
    assert daemon.sender.told()[-1] == ("ada", "push"), "sam did not answer: its policy goes on"
    assert (await daemon.core.pages.reassign(1, wire_pages.Reassign(policy="web"), "lin", None)).policy == "web"


@pytest.mark.parametrize(
    ("to", "field"),
    [
        ({}, "person"),
        ({"person": "ada", "policy": "web"}, "person"),
        ({"person": "nobody"}, "person"),
        ({"schedule": "none"}, "schedule"),
        ({"policy": "none"}, "policy"),
    ],
)
async def test_a_page_is_given_to_exactly_one_that_there_is(daemon, to, field):
    await send(daemon)
    with pytest.raises(Invalid) as refused:
        await daemon.core.pages.reassign(1, wire_pages.Reassign(**to), "ada", None)
    assert refused.value.field == field
    with pytest.raises(NotFound):
        await daemon.core.pages.reassign(9, wire_pages.Reassign(person="ada"), "ada", None)
    assert [one.kind for one in await daemon.events("page.reassigned")] == []


async def test_a_page_for_a_schedule_that_nobody_has_goes_on_at_once(daemon):
    daemon.roster = daemon.roster_of(
        daemon.roster.people.values(), daemon.roster.policies.values(), services=daemon.roster.services,
        schedules={"empty": Schedule(name="empty", layers=())},
    )  # fmt: skip
    await send(daemon)
    await daemon.advance(2 * MINUTE)  # past the limit of her contact method
    daemon.sender.clear()
    page = await daemon.core.pages.reassign(1, wire_pages.Reassign(schedule="empty"), "lin", None)
    await daemon.settle()
    assert page.schedule == "empty"
    assert (await daemon.page()).step == 2
    assert ("ada", "push") in daemon.sender.told()


# ---------------------------------------------------------------------- putting off
@pytest.mark.both_engines
async def test_what_is_put_off_resumes_where_it_was_over_a_restart_and_a_clock_that_jumps(daemon):
    await daemon.fire()
    await daemon.advance(30)
    await daemon.advance(5 * MINUTE)
    daemon.sender.clear()
    until = daemon.clock.now() + HOUR
    page = await daemon.core.pages.snooze(1, wire_pages.Snooze(until=until, note="lunch"), "lin", None)
    assert (page.state, page.snoozed_until, page.snoozed_by, page.next_step_at) == ("open", until, "lin", until)
    await daemon.advance(59 * MINUTE)
    assert daemon.sender.sent == []
    assert "; lin put it off until " in await daemon.verdict()
    daemon.clock.advance(2 * HOUR)
    await daemon.restart()
    await daemon.settle()
    page = await daemon.page()
    assert (page.snoozed_until, page.step) == (None, 2)
    assert daemon.sender.told() == [("lin", "push")]
    texts = await said(daemon)
    assert texts[-3] == "The time that lin put it off for is over: the escalation goes on"
    assert texts[-2].startswith("Step 2 of 2, round 1 of policy default (lin had put it off until now): paging lin")


async def test_a_page_that_somebody_had_is_nobodys_while_it_is_put_off(daemon):
    await daemon.fire()
    await daemon.advance(30)
    await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + 10 * MINUTE)
    await daemon.core.pages.snooze(1, wire_pages.Snooze(until=daemon.clock.now() + HOUR), "ada", None)
    assert (await daemon.alert()).acknowledged_by == ""
    assert [kind for kind, subject in await daemon.armed() if subject == "page:1"] == ["page.snoozed"]
    page = await daemon.core.pages.acknowledge(1, "lin")
    assert (page.acknowledged_by, page.snoozed_until) == ("lin", None)
    assert [kind for kind, subject in await daemon.armed() if subject == "page:1"] == []


async def test_escalating_now_ends_the_rest(daemon):
    await send(daemon)
    await daemon.core.pages.snooze(1, wire_pages.Snooze(until=daemon.clock.now() + HOUR), "ada", None)
    page = await daemon.core.pages.escalate(1, "sam", None)
    assert (page.step, page.snoozed_until) == (2, None)
    await daemon.advance(2 * HOUR)
    assert await daemon.events("page.snooze_over") == []


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=7, seconds=1)])
async def test_a_page_is_put_off_for_a_bounded_time(daemon, ahead):
    await send(daemon)
    with pytest.raises(Invalid, match="at most 7 days"):
        await daemon.core.pages.snooze(1, wire_pages.Snooze(until=daemon.clock.now() + ahead), "ada", None)
    await daemon.core.pages.resolve(1, "ada", None)
    for act in (
        daemon.core.pages.snooze(1, wire_pages.Snooze(until=daemon.clock.now() + HOUR), "ada", None),
        daemon.core.pages.reassign(1, wire_pages.Reassign(person="lin"), "ada", None),
    ):
        with pytest.raises(Conflict, match="resolved already"):
            await act
