"""What recurs: listed with its next times, ended, and set again by a rule like it."""

from __future__ import annotations

from datetime import UTC, datetime


async def test_a_rule_is_ended_and_comes_again_from_its_next_time_on(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("m", "r")
        await settled(pilot, lambda: "Thu 12 Mar 21:00 – Fri 13 Mar 00:00" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "R-1 does not come again" in text(app))
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: client.rules[1].status == "ended" and app.acts.undoable is not None)
        await settled(pilot, lambda: app.screen.table.keys == [])
        await pilot.press("u")
        await settled(pilot, lambda: 2 in client.rules)
        (body,) = client.calls[-1][1]
        assert (body.when.rrule, body.when.zone, body.when.at) == ("FREQ=WEEKLY;BYDAY=TH", "Europe/Berlin", "22:00")
        assert body.when.lasts == 3 * 3600
        assert body.when.starts_at == datetime(2026, 3, 12, 21, tzinfo=UTC)
        assert body.maintenance.services == ("checkout",)
        await pilot.press("left_square_bracket")
        await settled(pilot, lambda: sorted(app.screen.table.keys) == ["1", "2"])
        app.screen.table.select("1")
        await pilot.press("X")
        await settled(pilot, lambda: "end: R-1 is ended" in text(app))
