"""Keys that arrive all at once, as over a slow link: each goes where it would have gone had it been typed slowly."""

import asyncio

import pytest
from textual import events

from incidentd_tui.widgets.composer import Composer

FIELDS = [*"why", "shift+tab", *"30m"]


def type_at_once(app, keys):
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize("opened", [False, True])
async def test_a_burst_of_keys_moves_between_the_fields_of_a_dialog(client, make_app, settled, opened):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        type_at_once(app, ["S"] if opened else ["S", *FIELDS])
        await settled(pilot, lambda: app.screen.query("#comment"))
        if opened:
            type_at_once(app, FIELDS)
        await settled(pilot, lambda: app.screen.values["comment"] == "why" and app.screen.values["ends"] == "2h30m")
        assert "why" not in app.screen.values["matchers"]


async def test_keys_that_trickle_in_keep_their_order(client, make_app, settled):
    app = make_app(client, incident_id=311)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot, lambda: app.screen.query("#composer"))
        for turns in range(1, 9):
            for key in ("n", *"status", "left", *"23"):
                type_at_once(app, [key])
                for _ in range(turns):
                    await asyncio.sleep(0)
            composer = app.screen.query_one(Composer)
            await settled(pilot, lambda box=composer: len(box.text) >= 8)
            assert composer.text == "statu23s", turns
            composer.text = ""
            await pilot.press("escape")
