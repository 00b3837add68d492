"""Maintenance windows: planned from a selection with what they would hide, extended, ended, and taken back."""

from __future__ import annotations


async def at(pilot, settled, key):
    await settled(pilot, lambda: pilot.app.model.loaded and key in pilot.app.screen.table.keys)
    pilot.app.screen.table.select(key)
    await pilot.pause()


async def test_a_window_is_planned_from_a_selection_and_undone(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await at(pilot, settled, ("alert", 972))
        await pilot.press("space", "space", "M")
        await settled(pilot, lambda: "hides 2 alerts that fire now; 3 in the last seven days" in text(app))
        assert app.screen.query_one("#services").value == "exports webhooks"
        assert app.screen.focused.id == "text"  # what is left to fill in
        await pilot.press(*"upgrade")
        app.screen.query_one("#ends").value = "soon"
        await pilot.press("enter")
        await settled(pilot, lambda: "For, or until: write 45m" in text(app))
        app.screen.query_one("#ends").value = "2h"
        app.screen.query_one("#starts").value = "20:00"
        app.screen.query_one("#spared").value = 'team="data base" severity=critical'
        await settled(pilot, lambda: "from 20:00 until 22:00, for 2 h" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: 4 in client.windows)
        window = client.windows[4]
        assert (window.status, window.services, window.text) == ("planned", ("exports", "webhooks"), "upgrade")
        assert window.spared == ('team="data base"', "severity=critical")
        await settled(pilot, lambda: "M-4 is planned" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.windows[4].status == "over")


async def test_the_daemons_refusal_stays_in_the_form(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("m", "M")
        await settled(pilot, lambda: "name a service" in text(app))
        app.screen.query_one("#services").value = "nowhere"
        await settled(pilot, lambda: "there is no service 'nowhere'" in text(app))


async def test_ending_a_window_asks_and_u_plans_one_like_it(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot, lambda: "M-1" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "1 alert that it hides now: told at once" in text(app))
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: client.windows[1].status == "over" and app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: 4 in client.windows)
        assert (client.windows[4].text, client.windows[4].ends_at) == (
            client.windows[1].text,
            client.windows[1].ends_at,
        )
        await settled(pilot, lambda: "M-4" in text(app))


async def test_more_time_counts_from_the_end_and_from_now_when_it_is_over(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot, lambda: "M-1" in text(app))
        await pilot.press("E")
        await settled(pilot, lambda: "ends 15:52" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.windows[1].ends_at == fakes.NOW + fakes.minutes(90))
        await pilot.press("left_square_bracket", "left_square_bracket")
        await settled(pilot, lambda: app.screen.table.keys == ["3"])
        await pilot.press("E")
        await settled(pilot, lambda: "another window goes on from now" in text(app) and "ends 14:52" in text(app))
        await pilot.press("escape")
        await pilot.press("X")
        await settled(pilot, lambda: "M-3 is over" in text(app))


async def test_every_way_of_hiding_has_its_word_and_its_end(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press(*["right_square_bracket"] * 4)
        await settled(pilot, lambda: "◌ mainten" in text(app))
        assert "◌ muted" in text(app)
        assert "◌ silence" in text(app)
        assert "M-1 until 15:22" in text(app)
        app.screen.table.select(("alert", 979))
        await settled(pilot, lambda: "nights until Fri 06:00" in text(app))
