"""What is part of a drill says so: in the rows, beside them, in full, and in the room."""

from __future__ import annotations

import pytest


@pytest.fixture
def drilled(fakes, client):
    """An alert, its page and an incident of drill D-7, as the daemon tells them."""
    changes = {"drill": "D-7", "name": "DRILL QueueDepthHigh", "summary": "DRILL 48k > 20k"}
    client.alerts_by_id[972] = fakes.replace(client.alerts_by_id[972], **changes)
    client.pages_by_id[41] = fakes.replace(client.pages_by_id[41], drill="D-7", title="DRILL QueueDepthHigh")
    client.incidents_by_id[309] = fakes.replace(client.incidents_by_id[309], drill="D-7", title="DRILL Okta loop")
    return client


async def test_a_drill_is_labelled_wherever_it_is_seen(drilled, make_app, settled, text):
    app = make_app(drilled)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot, lambda: ("alert", 972) in app.screen.table.keys)
        app.screen.table.select(("alert", 972))
        await settled(pilot, lambda: "DRILL D-7  A-972" in text(app))
        assert "DRILL QueueDepthHigh: DRILL 48k" in text(app)
        assert "PAGE P-41  DRILL QueueDepthHigh" in text(app)  # the banner
        await pilot.press("enter")
        await settled(pilot, lambda: "WHO HAS IT" in text(app) and "DRILL D-7  DRILL QueueDepthHigh" in text(app))


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_room_of_a_drill_says_so_in_its_head(drilled, make_app, settled, text, size):
    app = make_app(drilled, incident_id=309)
    async with app.run_test(size=size) as pilot:
        await settled(pilot, lambda: "DRILL D-7  DRILL Okta loop" in text(app))


async def test_what_is_real_has_no_label(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot, lambda: "WHO HAS IT" in text(app))
        assert "DRILL" not in text(app)
