"""An incident under a legal hold says so, beside its row and in its room."""

import pytest


@pytest.fixture
def held(fakes, client):
    client.incidents_by_id[309] = fakes.replace(client.incidents_by_id[309], held=True)
    return client


async def test_a_held_incident_is_labelled(held, make_app, settled, text):
    app = make_app(held)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("2")
        await settled(pilot, lambda: 309 in app.screen.table.keys)
        app.screen.table.select(311)
        await settled(pilot, lambda: "INC-311" in text(app) and " HELD " not in text(app))
        app.screen.table.select(309)
        await settled(pilot, lambda: " HELD " in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: hasattr(app.screen, "incident") and " HELD " in text(app))
