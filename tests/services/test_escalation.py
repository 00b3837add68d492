"""Running a page: steps as durable timers, people who cannot be reached, acknowledgement, the end."""

from datetime import time, timedelta

import pytest

from incidentd.domain.people import Layer, Rotation, Schedule
from incidentd.domain.routing import Route
from incidentd.plugin.values import PermanentFailure
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.storage import timers
from incidentd.wire import RaisePage

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def paged(daemon):
    """A page about one alert, the first step taken."""
    await daemon.fire()
    await daemon.advance(30)
    return await daemon.page()


async def test_each_step_waits_its_delay_and_each_contact_method_its_own(daemon):
    await paged(daemon)
    await daemon.advance(119)
    assert daemon.sender.told() == [("ada", "push")]
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone")]
    await daemon.advance(3 * MINUTE - timedelta(seconds=1))
    assert len(daemon.sender.told()) == 2
    await daemon.advance(1)
    assert daemon.sender.told()[2:] == [("lin", "push")]


async def test_a_policy_that_ran_out_is_said_and_starts_again_when_it_still_fires(daemon):
    await paged(daemon)
    await daemon.advance(HOUR)
    page = await daemon.page()
    assert page.state == "exhausted"
    assert page.next_step_at is None
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone"), ("lin", "push")] * 2
    assert await daemon.verdict() == ("ada, lin were paged; nobody has acknowledged and the policy is exhausted.")
    daemon.sender.clear()
    await daemon.advance(3 * HOUR)
    assert daemon.sender.told()[:1] == [("ada", "push")]
    assert (await daemon.page()).id == page.id
    assert [event.data["why"] for event in await daemon.events("page.restarted")] == ["it still fires"]


async def test_an_exhausted_page_that_starts_again_names_what_fires_now(daemon):
    daemon.route(group_by=("service",))
    await daemon.fire("disk")
    await daemon.advance(HOUR)
    await daemon.fire("cpu")
    await daemon.route_all()
    await daemon.resolve("disk")
    daemon.sender.clear()
    await daemon.advance(5 * MINUTE)
    assert (await daemon.page()).state == "open"
    assert daemon.sender.sent[0][1].title == "cpu · shop"
    assert "disk" not in daemon.sender.sent[0][1].body
    assert await daemon.verdict("cpu") == "ada, lin were paged; nobody has acknowledged yet."


async def test_steps_that_came_due_during_an_outage_are_taken_one_by_one(daemon):
    await paged(daemon)
    daemon.clock.advance(6 * HOUR)
    await daemon.restart()
    await daemon.settle()
    steps = await daemon.events("page.step")
    assert [event.data["step"] for event in steps] == [1, 2]  # the next one waits its full delay from now
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone"), ("lin", "push")]
    await daemon.advance(5 * MINUTE)
    assert len(await daemon.events("page.step")) == 3


async def test_a_group_that_was_waiting_when_the_process_ended_pages_after_the_start(daemon):
    await daemon.fire()
    await daemon.route_all()
    daemon.clock.advance(HOUR)
    await daemon.restart()
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push")]


async def test_an_alert_that_was_stored_but_not_routed_is_routed_after_the_start(daemon):
    await daemon.fire()
    await daemon.restart()
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_timer_fires_once_when_the_process_dies_in_between(daemon, monkeypatch):
    page = await paged(daemon)
    daemon.clock.advance(5 * MINUTE)
    taken = timers.take

    def take_and_die(tx, timer_id):
        taken(tx, timer_id)
        raise RuntimeError("killed before the commit")

    monkeypatch.setattr(timers, "take", take_and_die)
    (timer_id,) = await daemon.store.read(lambda conn: timers.due(conn, daemon.clock.now(), 1))
    with pytest.raises(RuntimeError, match="killed"):
        await daemon.store.write(lambda tx: timers.take(tx, timer_id))
    monkeypatch.undo()
    await daemon.restart()
    await daemon.settle()
    await daemon.settle()
    assert [event.data["step"] for event in await daemon.events("page.step")] == [1, 2]
    assert (await daemon.page()).id == page.id


async def test_a_timer_that_fails_is_tried_later_and_holds_up_no_other(daemon, monkeypatch):
    await paged(daemon)

    def bad(tx):
        timers.arm(tx, "no.such.kind", "thing:1", tx.now)

    await daemon.store.write(bad)
    await daemon.advance(5 * MINUTE)
    assert [event.data["step"] for event in await daemon.events("page.step")] == [1, 2]
    _overdue, failing = await daemon.store.read(lambda conn: timers.counts(conn, daemon.clock.now()))
    assert failing == 1
    assert ("no.such.kind", "thing:1") in await daemon.armed()


# ------------------------------------------------------------------ nobody there
async def test_a_person_named_but_unknown_or_without_contact_is_a_gap(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push"), daemon.person("mute")], [daemon.policy("default", (300, "mute", "gone", "ada"))]
    )
    await paged(daemon)
    (step,) = await daemon.events("page.step")
    assert step.data["gaps"] == ["mute has no contact method", "gone is unknown"]
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_step_that_reaches_nobody_is_passed_at_once(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push")], [daemon.policy("default", (300, "gone"), (300, "ada"))]
    )
    await paged(daemon)
    assert daemon.sender.told() == [("ada", "push")]
    assert (await daemon.page()).step == 2
    assert [event.at for event in await daemon.events("page.step")] == [daemon.clock.now()] * 2


async def test_a_policy_that_reaches_nobody_at_all_ends_and_the_trace_says_so(daemon):
    daemon.roster = daemon.roster_of([], [])
    await paged(daemon)
    assert (await daemon.page()).state == "exhausted"
    assert daemon.sender.sent == []
    assert await daemon.verdict() == (
        "A page was opened, but its policy reaches nobody; nobody has acknowledged and the policy is exhausted."
    )


async def test_without_a_policy_everybody_is_paged_and_a_missing_one_is_named(daemon):
    daemon.route(policy="gone")
    daemon.roster = daemon.roster_of([daemon.person("ada", "push"), daemon.person("lin", "push")], [])
    await paged(daemon)
    assert daemon.sender.told() == [("ada", "push"), ("lin", "push")]
    (step,) = await daemon.events("page.step")
    assert step.data["gaps"] == ["there is no policy gone, so everybody is used"]


async def test_who_is_on_call_is_asked_at_each_step(daemon):
    now = daemon.clock.now()
    rotation = Rotation(people=("ada", "lin"), start=now.date() - timedelta(days=7), handover=time(0), zone="UTC")
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push"), daemon.person("lin", "push")],
        [daemon.policy("default", (300, "schedule:first"), repeat=0)],
        schedules={"first": Schedule(name="first", layers=(Layer(name="first", rotation=rotation),))},
    )
    await paged(daemon)
    assert daemon.sender.told() == [("lin", "push")]
    assert daemon.sender.sent[0][1].reason == "on call for first; step 1 of policy default"


async def test_an_empty_schedule_is_a_gap(daemon):
    rotation = Rotation(people=(), start=daemon.clock.now().date())
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push")],
        [daemon.policy("default", (300, "schedule:none", "schedule:gone", "ada"))],
        schedules={"none": Schedule(name="none", layers=(Layer(name="none", rotation=rotation),))},
    )
    await paged(daemon)
    (step,) = await daemon.events("page.step")
    assert step.data["gaps"] == ["schedule none: nobody is on call", "schedule gone: nobody is on call"]


async def test_a_policy_that_a_reload_made_shorter_does_not_break_the_page(daemon):
    await paged(daemon)
    await daemon.advance(5 * MINUTE)
    daemon.roster = daemon.roster_of([daemon.person("sam", "mail")], [daemon.policy("default", (300, "sam"), repeat=2)])
    await daemon.advance(5 * MINUTE)
    assert daemon.sender.told()[-1] == ("sam", "mail")


# ------------------------------------------------------------------ acknowledging
async def test_an_acknowledgement_stops_the_escalation_and_takes_back_what_waits(daemon):
    page = await paged(daemon)
    taken = await daemon.core.pages.acknowledge(page.id, "ada", note="on it")
    assert (taken.state, taken.acknowledged_by, taken.acknowledged_via) == ("acknowledged", "ada", "api")
    await daemon.advance(HOUR)
    assert daemon.sender.told() == [("ada", "push")]
    assert [one.state for one in await daemon.deliveries()] == ["sent", "cancelled"]
    assert (await daemon.alert()).acknowledged_by == "ada"
    assert await daemon.verdict() == "ada was paged; ada acknowledged by api."
    assert "ada acknowledged by api: on it; the escalation stops" in [s.text for s in (await daemon.trace()).steps]


async def test_the_second_to_acknowledge_is_told_who_was_first(daemon):
    page = await paged(daemon)
    await daemon.core.pages.acknowledge(page.id, "ada")
    version = (await daemon.page()).version
    with pytest.raises(Conflict, match=r"ada acknowledged P-1 first") as caught:
        await daemon.core.pages.acknowledge(page.id, "lin")
    assert caught.value.current.acknowledged_by == "ada"
    again = await daemon.core.pages.acknowledge(page.id, "ada")
    assert again.version == version
    assert len(await daemon.events("page.acknowledged")) == 1


async def test_what_is_over_cannot_be_acknowledged(daemon):
    page = await paged(daemon)
    await daemon.resolve()
    await daemon.settle()
    with pytest.raises(Conflict, match="resolved already"):
        await daemon.core.pages.acknowledge(page.id, "ada")
    with pytest.raises(Conflict, match="no page about A-1 is open"):
        await daemon.core.alerts.acknowledge(1, "ada", "")
    with pytest.raises(NotFound):
        await daemon.core.pages.acknowledge(77, "ada")
    with pytest.raises(NotFound):
        await daemon.core.alerts.acknowledge(77, "ada", "")


async def test_a_stale_version_is_refused_with_the_present_state(daemon):
    page = await paged(daemon)
    await daemon.core.pages.escalate(page.id, "lin", page.version)
    for change in (
        daemon.core.pages.acknowledge(page.id, "ada", if_version=page.version),
        daemon.core.pages.resolve(page.id, "ada", page.version),
        daemon.core.pages.escalate(page.id, "ada", page.version),
    ):
        with pytest.raises(Conflict, match="changed meanwhile") as caught:
            await change
        assert caught.value.current.step == 2


async def test_acknowledging_an_alert_takes_on_every_page_about_it(daemon):
    two = (Route(id="root/0", continue_=True), Route(id="root/1", policy="web"))
    daemon.route(routes=two)
    await paged(daemon)
    assert sorted(daemon.sender.told()) == [("ada", "push"), ("sam", "mail")]
    taken = await daemon.core.alerts.acknowledge(1, "ada", "")
    assert taken.state == "acknowledged"
    assert [page.state for page in await daemon.pages()] == ["acknowledged"] * 2


async def test_an_acknowledgement_at_the_source_stops_the_page(daemon):
    await paged(daemon)
    await daemon.acknowledge_at_source(by="grace")
    await daemon.advance(HOUR)
    page = await daemon.page()
    assert (page.state, page.acknowledged_by, page.acknowledged_via) == ("acknowledged", "grace", "source")
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_page_goes_on_until_all_its_alerts_were_taken_on_at_the_source(daemon):
    daemon.route(group_by=())
    await daemon.fire("a")
    await daemon.fire("b")
    await daemon.advance(30)
    await daemon.acknowledge_at_source("a")
    await daemon.settle()
    assert (await daemon.page()).state == "open"
    await daemon.resolve("b")
    await daemon.settle()
    assert (await daemon.page()).state == "acknowledged"


@pytest.mark.parametrize("routed", [False, True])
async def test_what_was_acknowledged_at_the_source_before_group_wait_ends_pages_nobody(daemon, routed):
    await daemon.fire()
    if routed:
        await daemon.route_all()
    await daemon.acknowledge_at_source(by="grace")
    await daemon.advance(HOUR)
    assert daemon.sender.sent == []
    assert (await daemon.alert()).acknowledged_by == "grace"
    assert await daemon.verdict() == "Nobody was paged: acknowledged by grace before the page went out."


async def test_an_acknowledgement_of_an_unknown_alert_is_harmless(daemon):
    await daemon.acknowledge_at_source("never-seen")
    assert await daemon.alert("never-seen") is None


# ------------------------------------------------------------------ the end
async def test_the_end_is_told_to_those_who_were_written_to_and_only_once(daemon):
    await paged(daemon)
    await daemon.advance(3 * MINUTE)
    await daemon.resolve()
    await daemon.settle()
    await daemon.resolve()
    await daemon.advance(HOUR)
    assert daemon.sender.told("resolved") == [("ada", "push")]
    notice = daemon.sender.sent[-1][1]
    assert (notice.urgency, notice.acknowledge_url) == ("low", None)
    assert await daemon.verdict() == "ada was paged; it ended before anybody acknowledged."
    assert await daemon.armed() == []


async def test_a_page_resolved_by_hand_tells_once_and_comes_back_when_it_still_fires(daemon):
    page = await paged(daemon)
    done = await daemon.core.pages.resolve(page.id, "ada", None)
    assert done.state == "resolved"
    assert (await daemon.core.pages.resolve(page.id, "ada", None)).version == done.version
    await daemon.settle()
    assert await daemon.verdict() == "ada was paged; ada resolved the page."
    await daemon.advance(4 * HOUR)
    assert len(await daemon.pages()) == 2
    await daemon.resolve()
    await daemon.settle()
    assert len([e for e in await daemon.events("page.resolved") if e.subject == "page:1"]) == 1


async def test_an_alert_resolved_by_hand_fires_again_when_its_source_still_sends_it(daemon):
    began = daemon.clock.now()
    await daemon.fire(starts_at=began)
    await daemon.advance(30)
    alert = await daemon.alert()
    shown = await daemon.core.alerts.resolve(alert.id, "ada", alert.version)
    assert shown.status == "resolved"
    with pytest.raises(Conflict):
        await daemon.core.alerts.resolve(alert.id, "ada", alert.version)
    await daemon.settle()
    assert (await daemon.page()).state == "resolved"
    texts = [step.text for step in (await daemon.trace()).steps]
    assert "ada ended it by hand; it fires again when its source still sends it" in texts
    await daemon.advance(60)
    await daemon.fire(starts_at=began)
    await daemon.advance(30)
    assert (await daemon.alert()).status == "firing"
    assert len(await daemon.pages()) == 2


# ------------------------------------------------------------------ by hand
async def test_escalating_by_hand(daemon):
    page = await paged(daemon)
    assert (await daemon.core.pages.escalate(page.id, "ada", None)).step == 2
    await daemon.send_due()
    assert daemon.sender.told() == [("ada", "push"), ("lin", "push")]
    for _ in range(3):
        last = await daemon.core.pages.escalate(page.id, "ada", None)
    assert last.state == "exhausted"
    with pytest.raises(Conflict, match="is exhausted"):
        await daemon.core.pages.escalate(page.id, "ada", None)


async def test_a_page_by_hand_to_one_person(daemon):
    body = RaisePage(title="Look\u202e \x1b[31m" + "x" * 240, person="sam", body="please")
    page = await daemon.core.pages.raise_page(body, "ada")
    await daemon.send_due()
    message = daemon.sender.sent[0][1]
    assert (message.recipient, message.reason) == ("sam", "named in the policy; step 1 of policy person sam")
    assert len(message.title) <= 250
    assert "\x1b" not in message.title
    assert "\u202e" not in message.title
    assert message.body == "please\nSent by ada."
    assert page.state == "open"
    with pytest.raises(Invalid):
        await daemon.core.pages.raise_page(RaisePage(title="x", person="nobody"), "ada")
    with pytest.raises(Invalid):
        await daemon.core.pages.raise_page(RaisePage(title="x", person="sam", service="shop"), "ada")
    with pytest.raises(Invalid):
        await daemon.core.pages.raise_page(RaisePage(title="x", person="sam", incident_id=9), "ada")


async def test_a_step_whose_messages_all_fail_is_followed_by_the_next_at_once(daemon):
    daemon.sender.always = {"push": PermanentFailure("revoked"), "phone": PermanentFailure("no such number")}
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", ("phone", 120)), daemon.person("sam", "mail")],
        [daemon.policy("default", (300, "ada"), (300, "sam"))],
    )
    await paged(daemon)
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone"), ("sam", "mail")]
    why = [event.data["why"] for event in await daemon.events("page.step")]
    assert why == ["", "no message of the step before can be delivered"]
    page = await daemon.page()
    assert page.next_step_at == daemon.clock.now() + 5 * MINUTE
    assert page.notified == ("sam",)
