"""One act on many alerts: one request, the effect stated first where it matters, and the way back."""

from __future__ import annotations

GROUP = ("group", 9)
MEMBERS = tuple(range(985, 990))


async def at(pilot, settled, key):
    await settled(pilot, lambda: pilot.app.model.loaded and key in pilot.app.screen.table.keys)
    pilot.app.screen.table.select(key)
    await pilot.pause()


def bulk_calls(client):
    return [args[0] for name, args in client.calls if name == "act_on_alerts"]


async def test_linking_a_group_is_one_request_and_one_undo(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        await pilot.press("l", *"okta", "enter")
        await settled(pilot, lambda: client.incidents_by_id[309].alert_ids == MEMBERS)
        assert [(call.act, call.alert_ids) for call in bulk_calls(client)] == [("link", MEMBERS)]
        await settled(pilot, lambda: "5 alerts linked to INC-309" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.incidents_by_id[309].alert_ids == ())
        assert len(bulk_calls(client)) == 2


async def test_acknowledging_other_peoples_pages_is_stated_and_undone_by_handing_back(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, ("alert", 972))
        await pilot.press("ctrl+a", "a")
        await settled(pilot, lambda: "Acknowledge 2 pages" in text(app))
        assert "1 went to others: lin" in text(app)
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: "2 alerts acknowledged" in text(app))
        assert "no page about it is open" in text(app)
        assert {page.state for page in client.pages_by_id.values()} == {"acknowledged"}
        await pilot.press("u")
        await settled(pilot, lambda: client.pages_by_id[42].state == "open")
        assert client.pages_by_id[41].state == "open"
        assert client.pages_by_id[40].state == "acknowledged"  # it was so before
        assert [call.act for call in bulk_calls(client)] == ["acknowledge", "hand_back"]


async def test_one_page_of_mine_is_acknowledged_at_once_and_handed_back_by_u(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, ("alert", 972))
        await pilot.press("a")
        await settled(pilot, lambda: client.pages_by_id[41].state == "acknowledged")
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: ("hand_back_page", (41,)) in client.calls)
        await settled(pilot, lambda: "PAGE P-41" in text(app))


async def test_resolving_by_hand_always_asks_and_says_that_it_is_final(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, ("alert", 973))
        await pilot.press("space", "space", "R")
        await settled(pilot, lambda: "Resolve 2 alerts by hand" in text(app))
        assert "cannot be undone" in text(app)
        assert "P-41" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert not client.calls
        await pilot.press("space", "space", "R", "enter")
        await settled(pilot, lambda: client.alerts_by_id[974].status == "resolved")
        assert app.acts.undoable is None


async def test_more_than_twenty_are_asked_about_first_and_go_in_one_request(fakes, client, make_app, settled, text):
    for number in range(2000, 2200):
        client.alerts_by_id[number] = fakes.make_alert(number, "Burst", "info", 3, group_id=9)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        await pilot.press("space", "l", *"okta", "enter")
        await settled(pilot, lambda: "Link 205 alerts to INC-309" in text(app))
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: len(client.incidents_by_id[309].alert_ids) == 205)
        assert len(bulk_calls(client)) == 1


async def test_a_refused_bulk_leaves_everything_as_it_was(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        client.fail_with = fakes.refusal(404, "there is no incident INC-309")
        await pilot.press("l", *"okta", "enter")
        await settled(pilot, lambda: "there is no incident" in text(app))
        assert not app.model.waiting_alerts
        assert app.acts.undoable is None


async def test_the_palette_lists_every_verb_with_the_reason_when_it_cannot_be_done(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 50)) as pilot:
        await at(pilot, settled, ("alert", 973))
        await pilot.press("ctrl+p")
        await settled(pilot, lambda: "Commands" in text(app))
        items = app.screen._items
        assert {verb.id for verb in app.screen_stack[-2].VERBS} <= set(items)
        assert items["inbox.ack"].why_not == "ack: nobody was paged for this row (t says why)"
        assert items["inbox.fold"].why_not.endswith("in no group of several alerts")
        assert items["inbox.declare"].why_not == ""
