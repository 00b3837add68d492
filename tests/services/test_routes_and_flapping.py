"""Routes beside each other, routes that page nobody, and alerts that flap."""

from datetime import timedelta

import pytest

from incidentd.domain.alerts import FLAP_WINDOW
from incidentd.domain.matchers import parse_matcher
from incidentd.domain.routing import Route

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def test_continue_gives_one_alert_to_two_routes(daemon):
    daemon.route(
        routes=(
            Route(id="root/0", name="audit", matchers=(parse_matcher("service=shop"),), continue_=True, policy="web"),
            Route(id="root/1", name="shop", group_wait=MINUTE),
        )
    )
    await daemon.fire()
    await daemon.advance(30)
    assert daemon.sender.told() == [("sam", "mail")]
    await daemon.advance(30)
    assert daemon.sender.told() == [("sam", "mail"), ("ada", "push")]
    first = (await daemon.trace()).steps[0].text
    assert first.startswith('Began to fire; route audit (service="shop") took it: service shop, policy web, group G-1')
    assert "route shop (no condition) took it: service shop, policy default, group G-2, group_wait 1 min" in first
    await daemon.resolve()
    await daemon.advance(MINUTE)  # the limit of each contact method
    assert [page.state for page in await daemon.pages()] == ["resolved", "resolved"]
    assert sorted(daemon.sender.told("resolved")) == [("ada", "push"), ("sam", "mail")]


async def test_taken_on_by_one_team_before_the_other_was_told(daemon):
    daemon.route(routes=(Route(id="root/0", continue_=True, policy="web"), Route(id="root/1", group_wait=5 * MINUTE)))
    await daemon.fire()
    await daemon.advance(31)
    await daemon.core.pages.acknowledge(1, "sam")
    await daemon.advance(HOUR)
    assert daemon.sender.told() == [("sam", "mail")]
    assert "Nobody was paged: acknowledged by sam before the page went out" in [
        step.text for step in (await daemon.trace()).steps
    ]


async def test_a_route_that_pages_nobody_records_and_says_so(daemon):
    daemon.route(page=False)
    await daemon.fire()
    await daemon.advance(HOUR)
    assert daemon.sender.sent == []
    assert await daemon.armed() == []
    alert = await daemon.alert()
    assert (alert.service, alert.group_id) == ("shop", None)
    assert await daemon.verdict() == "Nobody was paged: its route pages nobody."


async def test_a_quiet_route_beside_one_that_pages(daemon):
    daemon.route(routes=(Route(id="root/0", page=False, continue_=True), Route(id="root/1")))
    await daemon.fire()
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push")]
    assert (await daemon.alert()).group_id == 1


async def test_an_alert_that_comes_back_leaves_its_old_group(daemon):
    await daemon.fire()
    await daemon.advance(31)
    await daemon.resolve()
    await daemon.settle()
    daemon.route(page=False)
    await daemon.advance(HOUR)
    await daemon.fire()
    await daemon.settle()
    assert (await daemon.alert()).group_id is None
    assert await daemon.verdict() == "Nobody was paged: its route pages nobody."


async def test_a_group_whose_route_was_taken_away_by_a_reload_is_still_told(daemon):
    daemon.route(routes=(Route(id="root/0", group_wait=MINUTE),))
    await daemon.fire()
    await daemon.settle()
    daemon.route()
    await daemon.advance(MINUTE)
    assert daemon.sender.told() == [("ada", "push")]


async def flap(daemon, times, every=40):
    for _ in range(times):
        await daemon.fire()
        await daemon.advance(every)
        await daemon.resolve()
        await daemon.advance(every)


async def test_a_flapping_alert_is_said_and_its_group_held_open(daemon):
    await flap(daemon, 6)
    assert (await daemon.alert()).flapping
    pages = await daemon.pages()
    assert len(pages) < 6
    assert pages[-1].state == "open"  # though the alert is resolved at this moment
    texts = [step.text for step in (await daemon.trace()).steps]
    assert "It is flapping: 5 changes within 15 min; its group is held open until it settles" in texts
    assert len([text for text in texts if "is flapping" in text]) == 1


@pytest.mark.both_engines
async def test_a_flapping_alert_that_stays_quiet_settles_and_its_page_ends(daemon):
    await flap(daemon, 6)
    await daemon.advance(FLAP_WINDOW)
    assert not (await daemon.alert()).flapping
    assert (await daemon.page()).state == "resolved"
    assert await daemon.armed() == []
    assert "It no longer flaps" in [step.text for step in (await daemon.trace()).steps]


async def test_a_flapping_alert_that_stays_firing_settles_and_its_page_goes_on(daemon):
    await flap(daemon, 4)
    await daemon.fire()
    await daemon.advance(FLAP_WINDOW)
    assert not (await daemon.alert()).flapping
    assert (await daemon.page()).state in ("open", "exhausted")
    await daemon.resolve()
    await daemon.settle()
    assert (await daemon.page()).state == "resolved"


async def test_flapping_survives_a_restart(daemon):
    await flap(daemon, 6)
    daemon.clock.advance(HOUR)
    await daemon.restart()
    await daemon.settle()
    assert not (await daemon.alert()).flapping
    assert (await daemon.page()).state == "resolved"


async def test_spikes_shorter_than_group_wait_page_nobody_until_they_count_as_flapping(daemon):
    await flap(daemon, 2, every=10)
    assert await daemon.pages() == ()
    await flap(daemon, 20, every=10)
    assert len(await daemon.pages()) == 1
    assert ("ada", "push") in daemon.sender.told()


@pytest.mark.both_engines
@pytest.mark.parametrize("long", ["x" * 5000, "ä" * 3000, "\x00nul", "a\ud800b", "\u202ertl", "[/nope]", "名" * 100])
async def test_hostile_text_is_stored_routed_and_sent_inert(daemon, long):
    """In the key, every label and every annotation; PostgreSQL refuses NUL, surrogates and long index entries."""
    labels = {"alertname": long, "service": long, "severity": long, "x": long}
    daemon.route(group_by=("alertname", "service", "x"))
    daemon.sender.able["push"] = {"silent"}  # no limit: each message by itself
    await daemon.fire("good")
    await daemon.fire(long, labels=labels, annotations={"summary": long}, generator_url=long)
    await daemon.advance(30)
    assert len(daemon.sender.told()) == 2
    for _, message in daemon.sender.sent:
        assert len(message.title) <= 250
        assert not {"\x00", "\x1b", "\u202e", "\ud800"} & set(message.title + message.body)
    await daemon.resolve(long, labels=labels)
    await daemon.settle()
    shown = await daemon.core.alerts.get(2)
    assert shown.status == "resolved"
    assert (await daemon.core.alerts.trace(2)).verdict == "ada was paged; it ended before anybody acknowledged."


@pytest.mark.both_engines
async def test_hostile_names_in_acknowledgements_at_the_source(daemon):
    await daemon.fire()
    await daemon.advance(30)
    await daemon.acknowledge_at_source(by="e\x00v\ud800il\x1b[31m" + "x" * 5000)
    await daemon.settle()
    page = await daemon.page()
    assert page.state == "acknowledged"
    assert "\x00" not in page.acknowledged_by
    assert len(page.acknowledged_by) <= 200


@pytest.mark.both_engines
async def test_one_alert_that_cannot_be_routed_does_not_hold_up_the_others(daemon, monkeypatch):
    grouping = daemon.core.grouping
    real = grouping._join

    def join(tx, alert, *more):
        if alert.name == "poison":
            raise RuntimeError("cannot be routed")
        real(tx, alert, *more)

    monkeypatch.setattr(grouping, "_join", join)
    for key in ("a", "poison", "b"):
        await daemon.fire(key)
    await daemon.route_all()
    assert [event.data["name"] for event in await daemon.events("alert.fired")] == ["a", "b"]
    monkeypatch.undo()
    await daemon.route_all()
    assert [event.data["name"] for event in await daemon.events("alert.fired")] == ["a", "b", "poison"]
