"""Keys that arrive all at once, as over a slow link: each goes where it would have gone had it been typed slowly."""

import pytest
from textual import events

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
