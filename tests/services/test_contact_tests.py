"""A test of every contact method, the proof that it arrived, and the warnings where it did not."""

from datetime import timedelta

import pytest

from incidentd.domain.people import Layer, Rotation, Schedule
from incidentd.plugin.values import PermanentFailure, TemporaryFailure
from incidentd.services.errors import Invalid, NotFound
from incidentd.services.health import HealthView


def link(message):
    return message.acknowledge_url.rpartition("/")[2]


@pytest.mark.both_engines
async def test_each_method_gets_a_test_with_a_link_that_proves_it(daemon):
    started = await daemon.core.contact_tests.start("ada", "lin")
    assert [one.notifier for one in started.deliveries] == ["push", "phone"]
    await daemon.settle()
    assert daemon.sender.told("test") == [("ada", "push"), ("ada", "phone")]
    first = daemon.sender.sent[0][1]
    assert first.title == "TEST page from incidentd (1 of 2, by push)"
    shown = await daemon.core.links.describe(link(first))
    assert (shown.kind, shown.state) == ("test", "open")
    done = await daemon.core.links.acknowledge(link(first))
    assert done.state == "proven"
    states = [await daemon.core.contact_tests.delivery(one.id) for one in started.deliveries]
    assert [(one.state, one.proven_at is not None) for one in states] == [("sent", True), ("sent", False)]
    people = {one.handle: one for one in (await daemon.core.roster.people()).people}
    assert people["ada"].proven_at == daemon.clock.now()
    assert people["ada"].warnings == ()
    assert "never confirmed" in people["lin"].warnings[0]


async def test_a_test_is_given_up_soon(daemon):
    daemon.sender.always["push"] = TemporaryFailure("busy")
    started = await daemon.core.contact_tests.start("ada", "ada")
    await daemon.advance(20)
    shown = await daemon.core.contact_tests.delivery(started.deliveries[0].id)
    assert (shown.state, shown.error) == ("failed", "gave up after 3 attempts: busy")


async def test_bad_requests_say_what_is_wrong(daemon):
    with pytest.raises(NotFound, match="no person 'bob'"):
        await daemon.core.contact_tests.start("bob", "ada")
    with pytest.raises(NotFound):
        await daemon.core.contact_tests.delivery(99)
    daemon.roster = daemon.roster_of([daemon.person("ada")], [])
    with pytest.raises(Invalid, match="no contact method"):
        await daemon.core.contact_tests.start("ada", "ada")


async def test_following_the_link_of_a_page_proves_the_method_too(daemon):
    await daemon.fire()
    await daemon.advance(30)
    await daemon.core.links.acknowledge(link(daemon.sender.sent[0][1]))
    assert (await daemon.core.roster.people()).people[0].proven_at == daemon.clock.now()


@pytest.fixture
def health(daemon):
    """`await health()`."""

    async def ask():
        view = HealthView(
            daemon.store,
            adapters=lambda: (),
            lag_ms=lambda: 0.0,
            notes=lambda: (),
            config_files=lambda: (),
            duty=daemon.core.reach.problems,
        )
        return await view.health()

    return ask


async def test_whoever_is_on_call_and_cannot_be_reached_is_a_problem(daemon, health):
    rotation = Rotation(people=("ada", "lin"), start=daemon.clock.now().date() - timedelta(days=1))
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push"), daemon.person("lin", "mail")],
        [daemon.policy("default", (3600, "ada"), repeat=0)],
        schedules={"first": Schedule(name="first", layers=(Layer(name="first", rotation=rotation),))},
    )
    assert (await health()).problems == ()
    daemon.sender.states["push"] = "quarantined"
    told = await health()
    problem = told.problems[0]
    assert told.alarms[0].code == "person-unreachable"
    assert problem.startswith("ada is on call for first now and cannot be reached: the notifier push is quarantined")
    (shown,) = (await daemon.core.roster.on_call()).schedules
    assert shown.warnings[0] == "the notifier push is quarantined"
    assert "never confirmed" in shown.next_warnings[0]


async def test_failures_in_a_row_break_a_method_until_one_gets_through(daemon):
    daemon.sender.always["push"] = PermanentFailure("HTTP 410")
    for _ in range(3):
        await daemon.core.contact_tests.start("lin", "ada")
        await daemon.settle()
    people = {one.handle: one for one in (await daemon.core.roster.people()).people}
    assert not people["lin"].reachable
    assert people["lin"].warnings[0] == "the last 3 messages by push failed: HTTP 410"
    daemon.sender.always.clear()
    await daemon.core.contact_tests.start("lin", "ada")
    await daemon.settle()
    people = {one.handle: one for one in (await daemon.core.roster.people()).people}
    assert people["lin"].reachable


async def test_a_page_that_reaches_nobody_stands_first_in_health(daemon, health):
    daemon.sender.always = {name: PermanentFailure("revoked") for name in ("push", "phone", "mail")}
    await daemon.fire()
    await daemon.advance(30)
    told = await health()
    problem = told.problems[0]
    assert told.alarms[0].code == "page-unreached"
    assert problem.startswith(
        "P-1 NEEDS SOMEBODY: no message about it got through to anybody; there is no [last_resort]"
    )
    await daemon.core.pages.acknowledge(1, "ada")
    assert not any("NEEDS SOMEBODY" in one for one in (await health()).problems)
