"""Acknowledging for a while: the form, one page and many, another end, and the way back."""

from __future__ import annotations

import pytest

from incidentd_tui import phrases


async def at(pilot, settled, key):
    await settled(pilot, lambda: pilot.app.model.loaded and key in pilot.app.screen.table.keys)
    pilot.app.screen.table.select(key)
    await pilot.pause()


@pytest.mark.parametrize(("minutes", "shown"), [(30, "30m"), (29.2, "30m"), (0.5, "1m"), (-3, "now"), (120, "2h")])
def test_what_is_left_is_never_longer_than_four_characters(fakes, minutes, shown):
    assert phrases.rest(fakes.NOW + fakes.minutes(minutes), fakes.NOW) == shown


async def test_a_page_is_mine_for_half_an_hour_and_u_hands_it_back(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, ("alert", 972))
        await pilot.press("A")
        await settled(pilot, lambda: "P-41 is yours until 14:52, for 30 min" in text(app))
        assert "what still fires then is escalated on" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: client.pages_by_id[41].acknowledged_until is not None)
        assert client.pages_by_id[41].acknowledged_until == fakes.NOW + fakes.minutes(30)
        await settled(pilot, lambda: "◔ 30m ada" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.pages_by_id[41].state == "open")


async def test_another_end_of_my_own_is_undone_to_the_end_it_had(fakes, client, make_app, settled, text):
    page = client.pages_by_id[40]
    client.pages_by_id[40] = fakes.replace(page, acknowledged_until=fakes.NOW + fakes.minutes(10))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press(*["left_square_bracket"] * 3)
        await at(pilot, settled, ("alert", 970))
        await pilot.press("a")
        await settled(pilot, lambda: "ack: P-40 is acknowledged already" in text(app))
        await pilot.press("A")
        await settled(pilot, lambda: "for 30 min" in text(app))
        app.screen.query_one("#ends").value = ""
        await settled(pilot, lambda: "P-40 is yours until it ends" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.pages_by_id[40].acknowledged_until is None)
        await pilot.press("u")
        await settled(pilot, lambda: client.pages_by_id[40].acknowledged_until == fakes.NOW + fakes.minutes(10))
        assert client.pages_by_id[40].state == "acknowledged"


async def test_many_are_held_by_one_request_and_what_was_mine_stays_mine(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press(*["left_square_bracket"] * 3)
        await at(pilot, settled, ("alert", 972))
        await pilot.press("ctrl+a", "A")
        await settled(pilot, lambda: "Acknowledge 3 pages for a while" in text(app))
        assert "1 of them yours already: another end" in text(app)
        assert "1 went to others: lin" in text(app)
        app.screen.query_one("#ends").value = "soon"
        await pilot.press("enter")
        await settled(pilot, lambda: "For, or until: write 45m" in text(app))
        app.screen.query_one("#ends").value = "2h"
        app.screen.query_one("#note").value = "looking"
        await pilot.press("enter")
        await settled(pilot, lambda: client.pages_by_id[42].acknowledged_until is not None)
        ((_, (body,)),) = [call for call in client.calls if call[0] == "act_on_alerts"]
        assert (body.until, body.note) == (fakes.NOW + fakes.minutes(120), "looking")
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: client.pages_by_id[42].state == "open")
        assert client.pages_by_id[40].state == "acknowledged"


async def test_the_detail_says_when_an_acknowledgement_ends(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await at(pilot, settled, ("alert", 972))
        await pilot.press("enter")
        await settled(pilot, lambda: "WHO HAS IT" in text(app))
        await pilot.press("A", "enter")
        await settled(pilot, lambda: "until 14:52, then it escalates on" in text(app))


async def test_a_page_that_reaches_nobody_says_so(fakes, client, make_app, settled, text):
    lost = {"last_resort_at": fakes.NOW, "last_resort_why": "every message to ada failed"}
    client.pages_by_id[41] = fakes.replace(client.pages_by_id[41], **lost)
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await at(pilot, settled, ("alert", 972))
        await settled(pilot, lambda: "! nobody" in text(app))
        assert "reaches nobody: every message to ada" in text(app)
