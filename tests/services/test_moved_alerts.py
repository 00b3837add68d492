"""Alerts that are routed again while they fire: other labels under the same key, or another tree."""

from datetime import timedelta

import pytest

from incidentd.domain.matchers import parse_matcher
from incidentd.domain.process import Process
from incidentd.domain.routing import Route, keyed

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SHOP = {"alertname": "disk", "service": "shop"}
WEB = {"alertname": "disk", "service": "web"}


def tree(daemon, *routes, **root):
    """Replace the routing tree as a reload does: keys filled in."""
    numbered = tuple(Route(**({"id": f"root/{index}"} | values)) for index, values in enumerate(routes))
    daemon.process = Process(version=str(len(routes)), route=keyed(Route(id="root", routes=numbered, **root)))


def on(text, **values):
    return {"matchers": (parse_matcher(text),), **values}


async def test_other_labels_move_it_to_its_new_group_and_page_the_right_person(daemon):
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    assert daemon.sender.told() == [("ada", "push")]
    daemon.sender.clear()
    await daemon.fire(labels=WEB)
    await daemon.advance(31)
    assert daemon.sender.told() == [("sam", "mail")]
    await daemon.advance(29)  # the limit of ada's contact method
    assert daemon.sender.told("resolved") == [("ada", "push")], "who was paged for the old one is told"
    assert [page.state for page in await daemon.pages()] == ["resolved", "open"]
    alert = await daemon.alert()
    assert (alert.service, alert.group_id, alert.page_id) == ("web", 2, 2)
    texts = [step.text for step in (await daemon.trace()).steps]
    (moved,) = [text for text in texts if text.startswith("Routed again")]
    assert moved.startswith('Routed again (service was "shop" and is "web"); route root')
    assert "it left group G-1" in moved
    assert "The page is over: its alerts are in another group now" in texts
    assert await daemon.verdict() == "ada, sam were paged; nobody has acknowledged yet."
    await daemon.resolve(labels=WEB)
    await daemon.settle()
    assert [page.state for page in await daemon.pages()] == ["resolved", "resolved"]
    assert await daemon.armed() == []


@pytest.mark.both_engines
async def test_before_anybody_was_told_the_old_group_ends_quietly(daemon):
    await daemon.fire(labels=SHOP)
    await daemon.advance(10)
    await daemon.fire(labels=WEB)
    await daemon.advance(HOUR)
    assert ("ada", "push") not in daemon.sender.told()
    assert daemon.sender.told()[0] == ("sam", "mail")
    assert "Nobody was paged: every alert moved to another group before anybody was to be told" in [
        step.text for step in (await daemon.trace()).steps
    ]


async def test_the_old_group_goes_on_for_what_stays_in_it(daemon):
    daemon.route(group_by=("service",))
    await daemon.fire("cpu", labels=SHOP)
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    await daemon.fire(labels=WEB)
    await daemon.advance(31)
    assert [page.state for page in await daemon.pages()] == ["open", "open"]
    await daemon.resolve("cpu", labels=SHOP)
    await daemon.settle()
    assert [page.state for page in await daemon.pages()] == ["resolved", "open"]


async def test_labels_that_change_nothing_for_routing_move_nothing(daemon):
    await daemon.fire(labels=SHOP | {"value": "1"})
    await daemon.advance(31)
    for value in range(5):
        await daemon.fire(labels=SHOP | {"value": str(value)})
        await daemon.advance(10)
    assert len(await daemon.pages()) == 1
    assert await daemon.events("alert.moved") == []
    assert (await daemon.alert()).labels["value"] == "4"


async def test_an_acknowledgement_does_not_hold_for_other_people(daemon):
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    await daemon.core.pages.acknowledge(1, "ada")
    daemon.sender.clear()
    await daemon.fire(labels=WEB)
    await daemon.advance(31)
    assert daemon.sender.told() == [("sam", "mail")]
    assert any("the acknowledgement of ada does not hold for others" in s.text for s in (await daemon.trace()).steps)


async def test_an_acknowledgement_holds_in_another_group_of_the_same_people(daemon):
    daemon.route(group_by=("alertname", "zone"))
    await daemon.fire(labels=SHOP | {"zone": "a"})
    await daemon.advance(31)
    await daemon.core.pages.acknowledge(1, "ada")
    daemon.sender.clear()
    await daemon.fire(labels=SHOP | {"zone": "b"})
    await daemon.advance(HOUR)
    assert daemon.sender.told() == []
    assert (await daemon.alert()).acknowledged_by == "ada"


async def test_labels_that_change_between_two_episodes_leave_the_old_group(daemon):
    daemon.route(group_by=("service",))
    await daemon.fire("cpu", labels=SHOP)
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    await daemon.resolve(labels=SHOP)
    await daemon.fire(labels=WEB)
    await daemon.advance(31)
    await daemon.resolve("cpu", labels=SHOP)
    await daemon.settle()
    assert [page.state for page in await daemon.pages()] == ["resolved", "open"]


async def test_moved_to_a_route_that_pages_nobody(daemon):
    tree(daemon, on("service=web", page=False))
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    await daemon.fire(labels=WEB)
    await daemon.settle()
    assert (await daemon.page()).state == "resolved"
    assert (await daemon.alert()).group_id is None
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    assert [page.state for page in await daemon.pages()] == ["resolved", "open"]


# ------------------------------------------------------------------ the tree is edited
async def test_routes_in_another_order_keep_their_groups_and_pages(daemon):
    tree(daemon, on("service=other"), on("service=shop", policy="web"))
    await daemon.reload()
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    assert daemon.sender.told() == [("sam", "mail")]
    await daemon.core.pages.acknowledge(1, "sam")
    tree(daemon, on("service=shop", policy="web"), on("service=other"), on("team=new"))
    await daemon.reload()
    await daemon.advance(HOUR)
    assert len(await daemon.pages()) == 1
    assert (await daemon.page()).state == "acknowledged"
    assert await daemon.events("alert.moved") == []
    await daemon.fire("cpu", labels=SHOP)
    await daemon.settle()
    await daemon.advance(5 * HOUR)
    assert {name for _, name in daemon.sender.told("update")} == {"mail"}, "still by the policy of its own route"


async def test_a_route_that_is_removed_hands_its_alerts_on(daemon):
    tree(daemon, on("service=shop", policy="web"))
    await daemon.reload()
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    tree(daemon)
    await daemon.reload()
    await daemon.advance(31)
    assert [page.state for page in await daemon.pages()] == ["resolved", "open"]
    assert ("ada", "push") in daemon.sender.told()
    (moved,) = [step.text for step in (await daemon.trace()).steps if step.text.startswith("Routed again")]
    assert "(a label or the routing tree has changed)" in moved


async def test_a_route_that_takes_precedence_now_takes_what_fires(daemon):
    tree(daemon)
    await daemon.reload()
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    tree(daemon, on("alertname=disk", policy="web"))
    await daemon.reload()
    await daemon.advance(31)
    assert daemon.sender.told() == [("ada", "push"), ("sam", "mail")]


async def test_a_tree_that_is_edited_while_the_daemon_is_off_counts_from_the_start(daemon):
    tree(daemon)
    await daemon.reload()
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    tree(daemon, on("alertname=disk", policy="web"))
    await daemon.restart()
    await daemon.advance(31)
    assert daemon.sender.told() == [("ada", "push"), ("sam", "mail")]


async def test_a_reload_that_changes_no_route_routes_nothing_again(daemon):
    tree(daemon, on("service=shop"))
    await daemon.reload()
    await daemon.fire(labels=SHOP)
    await daemon.advance(31)
    before = await daemon.alert()
    await daemon.reload()
    await daemon.settle()
    assert await daemon.alert() == before
