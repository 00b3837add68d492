"""Steps to a team by turns and to its channel; copies that reach nobody; the policy of a severity."""

from datetime import date, time, timedelta

import pytest

from incidentd.domain.people import ContactMethod, LastResort, Layer, Rotation, Schedule, Team
from incidentd.plugin.values import PermanentFailure
from incidentd.wire import RaisePage

MINUTE = timedelta(minutes=1)
CHAT = (ContactMethod(notifier="chat", address="#shop"),)


async def send(daemon, **values):
    page = await daemon.core.pages.raise_page(RaisePage(**{"title": "x", "service": "shop"} | values), "ada")
    await daemon.settle()
    return page


def people(daemon, *policies, **more):
    three = [daemon.person("ada", "push"), daemon.person("lin", "push"), daemon.person("sam", "mail")]
    teams = {"shop": Team(name="shop", members=("ada", "lin", "sam"), channel=CHAT)}
    daemon.roster = daemon.roster_of(three, policies, teams=teams, services=daemon.roster.services, **more)


async def test_the_next_member_is_paged_each_time_over_a_restart_and_a_clock_that_went_back(daemon):
    people(daemon, daemon.policy("default", (300, "team:shop"), repeat=0))
    await send(daemon)
    await daemon.restart()
    await send(daemon)
    daemon.clock.advance(timedelta(days=-3))
    await send(daemon)
    await send(daemon)
    assert [who for who, _ in daemon.sender.told()] == ["ada", "lin", "sam", "ada"]
    said = (await daemon.core.pages.get(2, "ada")).steps[1].text
    assert said == "Step 1 of 1, round 1 of policy default: paging lin by push; it is lin's turn in team shop"
    assert (await daemon.deliveries(2))[0].message.reason == (
        "in turn for team shop after ada; step 1 of policy default"
    )


@pytest.mark.both_engines
async def test_a_round_that_nobody_answers_goes_to_the_next_member_as_the_dry_run_says(daemon):
    people(daemon, daemon.policy("default", (60, "team:shop"), repeat=2))
    await send(daemon)
    planned = await daemon.core.policies.test("default")
    await daemon.advance(5 * MINUTE)
    assert [who for who, _ in daemon.sender.told()] == ["ada", "lin", "sam"]
    assert [step.people for step in planned.steps] == [("lin",), ("sam",), ("ada",)]


async def test_a_channel_is_written_to_and_counts_as_nobody(daemon):
    last = LastResort(contacts=(ContactMethod(notifier="siren"),))
    people(daemon, daemon.policy("default", (300, "channel:shop"), repeat=0), last_resort=last)
    await send(daemon)
    (posted,) = await daemon.deliveries()
    assert (posted.person, posted.kind, posted.state) == ("channel:shop", "copy", "sent")
    assert daemon.sender.sent[0][1].acknowledge_url is None
    await daemon.advance(5 * MINUTE)
    page = await daemon.page()
    assert (page.state, page.last_resort_why) == ("exhausted", "no message about it got through to anybody")
    await daemon.core.pages.resolve(page.id, "ada", None)
    await daemon.settle()
    assert ("channel:shop", "chat") in daemon.sender.told("resolved")


async def test_a_post_that_can_never_arrive_holds_up_the_next_step_for_no_time(daemon):
    people(daemon, daemon.policy("default", (300, "channel:shop"), (300, "ada")))
    daemon.sender.script["chat"] = [PermanentFailure("no such room")]
    await send(daemon)
    assert ("ada", "push") in daemon.sender.told()


async def test_the_copy_of_who_learns_does_not_count_as_reaching_somebody(daemon):
    rotation = Rotation(people=("ada",), start=date(2020, 1, 6), handover=time(9))
    schedule = Schedule(name="s", layers=(Layer(name="1", rotation=rotation, shadows=("sam",)),))
    people(daemon, daemon.policy("default", (300, "schedule:s"), (300, "lin")), schedules={"s": schedule})
    daemon.sender.script["push"] = [PermanentFailure("gone")]
    await send(daemon)
    assert {(one.person, one.kind, one.state) for one in await daemon.deliveries()} == {
        ("ada", "page", "failed"),
        ("sam", "copy", "sent"),
        ("lin", "page", "sent"),
    }
    assert (await daemon.page()).step == 2


async def test_a_severity_goes_by_its_own_policy_and_says_so(daemon):
    people(
        daemon,
        daemon.policy("default", (300, "ada"), by_severity={"critical": "loud", "SEV1": "loud"}),
        daemon.policy("loud", (300, "lin", "sam")),
    )
    await daemon.fire(labels={"alertname": "disk", "service": "shop", "severity": "critical"})
    await daemon.advance(MINUTE)
    page = await daemon.page()
    assert (page.policy, page.severity) == ("loud", "critical")
    assert [who for who, _ in daemon.sender.told()] == ["lin", "sam"]
    texts = [one.text for one in (await daemon.trace()).steps]
    assert "A page was opened: policy loud (policy default sends severity critical there)" in texts
    assert (await send(daemon, severity="SEV1")).policy == "loud"
    assert (await send(daemon, person="ada", service="", severity="SEV1")).policy == ""
    test = await daemon.core.policies.test("default", severity="critical")
    assert (test.asked, test.policy, test.why) == ("default", "loud", "policy default sends severity critical there")
    way = (await daemon.core.routes.test({"service": "shop", "severity": "critical"})).ends[0]
    assert (way.policy, [one.person for one in way.contacts]) == ("loud", ["lin", "sam"])


@pytest.mark.both_engines
async def test_something_worse_that_joins_moves_a_page_nobody_has_to_the_policy_for_it(daemon):
    daemon.route(group_by=("service",))
    people(
        daemon,
        daemon.policy("default", (3600, "ada"), by_severity={"critical": "loud"}),
        daemon.policy("loud", (3600, "lin")),
    )
    await daemon.fire("slow", labels={"alertname": "slow", "service": "shop", "severity": "warning"})
    await daemon.advance(MINUTE)
    assert (await daemon.page()).policy == "default"
    await daemon.fire("down", labels={"alertname": "down", "service": "shop", "severity": "critical"})
    await daemon.advance(5 * MINUTE)
    page = await daemon.page()
    assert (page.id, page.policy, page.severity, page.step) == (1, "loud", "critical", 1)
    assert daemon.sender.told()[-1] == ("lin", "push")
    assert [one.data["why"] for one in await daemon.events("page.restarted")] == [
        "critical alerts joined, which go by policy loud"
    ]


async def test_what_somebody_has_taken_stays_with_them_however_bad_it_gets(daemon):
    daemon.route(group_by=("service",))
    people(
        daemon,
        daemon.policy("default", (3600, "ada"), by_severity={"critical": "loud"}),
        daemon.policy("loud", (3600, "lin")),
    )
    await daemon.fire("slow", labels={"alertname": "slow", "service": "shop", "severity": "warning"})
    await daemon.advance(MINUTE)
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.fire("down", labels={"alertname": "down", "service": "shop", "severity": "critical"})
    await daemon.advance(5 * MINUTE)
    page = await daemon.page()
    assert (page.policy, page.state, page.acknowledged_by) == ("default", "acknowledged", "ada")
    assert daemon.sender.told("update") == [("ada", "push")]
