"""Rest that is offered after a heavy shift: in sight of whom it is for, taken piece by piece, or declined."""

from __future__ import annotations


async def test_rest_is_in_sight_with_its_reason_and_taken_piece_by_piece(fakes, client, make_app, settled, text):
    client.rests_by_id[1] = fakes.make_rest(1)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot, lambda: "3 Call 1" in text(app))
        await pilot.press("3")
        await settled(pilot, lambda: "REST  is offered after a heavy shift" in text(app))
        assert "▲ You were paged in your sleep hours, for 3 incidents, between 02:02 and 04:22." in text(app)
        assert "You may start late, at 15:22, or be relieved of payments until Fri 13 Mar 09:00" in text(app)
        app.screen.table.select(("rest", 1))
        await pilot.press("Y")
        await settled(pilot, lambda: "it cannot be taken back" in text(app))
        await pilot.press("right")
        await settled(pilot, lambda: "everybody else of payments is asked" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.rests_by_id[1].relief == "Q-3")
        await settled(pilot, lambda: "✓ Q-3 asks for relief." in text(app))
        assert "3 Call 1" not in text(app)
        await pilot.press("u")
        await settled(pilot, lambda: client.requests_by_id[3].state == "cancelled")
        await pilot.press("N")
        await settled(pilot, lambda: "decline: you have taken of it" in text(app))
        await pilot.press("Y", "enter")
        await settled(pilot, lambda: client.rests_by_id[1].late)
        await settled(pilot, lambda: "You start late, at 15:22; Q-3 asked for relief." in text(app))


async def test_rest_is_declined_and_that_of_others_is_not_shown(fakes, client, make_app, settled, text):
    client.rests_by_id[1] = fakes.make_rest(1, why="many", count=4, block_ends_at=None, next_starts_at=None)
    client.rests_by_id[2] = fakes.make_rest(2, person="lin")
    told = "was paged in their sleep hours at 02:00 UTC: starts late, at 13:00 UTC"
    client.shifts = [fakes.replace(one, warnings=(told,) if one.person == "lin" else ()) for one in client.shifts]
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3")
        await settled(pilot, lambda: "You were called for 4 incidents between 02:02 and 04:22." in text(app))
        assert "You may start late, at 15:22." in text(app)
        assert "▲ lin was paged in their sleep hours at 02:00 UTC: starts late" in text(app)
        app.screen.table.select(("rest", 1))
        client.fail_with = fakes.refusal(409, "this offer is over already")
        await pilot.press("N", "enter")
        await settled(pilot, lambda: "this offer is over already" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.rests_by_id[1].state == "declined")
        await settled(pilot, lambda: "heavy shift" not in text(app))
