"""Escalation policies: what they say, and who would be called if something fired."""

from __future__ import annotations

import pytest


@pytest.fixture
def at_policies(settled, text):
    async def go(pilot):
        await settled(pilot)
        await pilot.press("3", "p")
        await settled(pilot, lambda: "default" in text(pilot.app) and "ROUNDS" in text(pilot.app))

    return go


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_a_policy_says_whom_its_steps_stand_for_at_any_width(client, make_app, settled, text, at_policies, size):
    app = make_app(client)
    async with app.run_test(size=size) as pilot:
        await at_policies(pilot)
        await settled(pilot, lambda: "STEP 2" in text(app))
        shown = text(app)
        assert "schedule platform  lin" in shown
        assert "schedule night  ▲ nobody" in shown
        assert "default  2 rounds, 20 min" in shown


async def test_the_dry_run_tells_every_call_and_where_nobody_is_reached(client, make_app, settled, text, at_policies):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at_policies(pilot)
        await pilot.press("enter")
        await settled(pilot, lambda: "if it fired now: high urgency" in text(app) and "step 1 of 2" in text(app))
        shown = text(app)
        assert "+0:00     14:22  step 1 of 2, round 1  waits 5 min for an acknowledgement" in shown
        assert "☎ lin by ntfy  on call for platform" in shown
        assert "+2 min  ☎ lin by ntfy  their next method" in shown
        assert "· mei by ntfy  a copy  learns beside lin" in shown
        assert "▲ night has nobody on call at that time" in shown
        assert "▲ reaches nobody: the next step follows at once" in shown
        assert "no last resort is told: no last resort is set" in shown
        assert not client.calls  # it asks, and sends nothing


async def test_another_severity_urgency_and_time(client, make_app, settled, text, at_policies):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at_policies(pilot)
        await pilot.press("enter", "w")
        await settled(pilot, lambda: "low urgency" in text(app) and "◌ held since 14:22: the hours of lin" in text(app))
        await pilot.press("w", "s")
        await settled(pilot, lambda: "severity critical, high urgency, by policy payments" in text(app))
        assert "severity critical goes by policy payments" in text(app)
        await pilot.press("s", "a")
        await settled(pilot, lambda: "If it fired then" in text(app))
        app.screen.query_one("#at").value = "never"
        await pilot.press("enter")
        await settled(pilot, lambda: "When: write 45m" in text(app))
        app.screen.query_one("#at").value = "2026-03-14 03:00"
        await pilot.press("enter")
        await settled(pilot, lambda: "if it fired at Sat 03:00: severity error" in text(app))
        await settled(pilot, lambda: "+0:00     Sat 03:00  step 1 of 2" in text(app))
        await pilot.press("s")  # a refusal stands where the answer would
        await settled(pilot, lambda: "goes by policy nowhere" in text(app))
