"""Requests: what is asked of the viewer is in sight, answered with a preview, asked of others, withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


async def test_what_is_asked_of_me_is_in_sight_everywhere_and_accepted_with_a_preview(
    fakes, client, make_app, settled, text
):
    given = {"wants": "take", "reason": "a wedding"}
    client.requests_by_id[3] = fakes.make_request(3, "platform", "lin", ("ada", "raj"), at(12, 18), at(12, 22), **given)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot, lambda: "3 Call 1" in text(app))
        await pilot.press("3")
        await settled(pilot, lambda: "1 waiting for your answer" in text(app))
        assert "▲ Q-3  lin asks you to take platform Thu 12 Mar 18:00 – 22:00 — a wedding" in text(app)
        app.screen.table.select(("asked", 3))
        await pilot.press("Y")
        await settled(pilot, lambda: "Thu 12 Mar 18:00 – 22:00  you instead of lin" in text(app))
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: client.requests_by_id[3].state == "accepted")
        assert client.duty.overrides[-1].person == "ada"
        await settled(pilot, lambda: "3 Call 1" not in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.duty.overrides[-1].cancelled)


async def test_a_swap_gives_what_was_found_or_what_i_name(fakes, client, make_app, settled, text):
    back = {"returns_from": at(20, 9), "returns_until": at(21, 9)}
    client.requests_by_id[3] = fakes.make_request(
        3, "payments", "lin", ("ada",), at(17, 9), at(18, 9), wants="swap", returns=back
    )
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "r")
        await settled(pilot, lambda: "▲ answer" in text(app))
        assert "for Fri 20 Mar 09:00 – Sat 21 Mar 09:00" in text(app)
        await pilot.press("Y")
        await settled(pilot, lambda: "Tue 17 Mar 09:00 – Wed 18 Mar 09:00  you instead of lin" in text(app))
        app.screen.query_one("#give").value = "soon"
        await settled(pilot, lambda: "Give in return, from: write 45m" in text(app))
        app.screen.query_one("#give").value = "2026-03-21 09:00"
        await pilot.press("enter")
        await settled(pilot, lambda: client.requests_by_id[3].result.startswith("swap:"))
        assert (client.duty.swaps[-1].other_starts_at, client.duty.swaps[-1].other_ends_at) == (at(21, 9), at(22, 9))
        await settled(pilot, lambda: "accepted" in text(app) or "Nothing here" in text(app))


async def test_declining_says_who_is_left_and_what_is_not_mine_is_refused(fakes, client, make_app, settled, text):
    client.requests_by_id[3] = fakes.make_request(3, "platform", "lin", ("ada", "raj"), at(12, 18), at(12, 22))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("3", "r")
        await settled(pilot, lambda: "▲ answer" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "withdraw: Q-3 is lin's" in text(app))
        await pilot.press("N")
        await settled(pilot, lambda: "raj can still accept" in text(app))
        client.requests_by_id[3] = fakes.replace(client.requests_by_id[3], version=2)
        await pilot.press("enter")
        await settled(pilot, lambda: "it changed in between" in text(app))
        await pilot.press("escape")
        client.put_request(client.requests_by_id[3])
        await settled(pilot, lambda: app.screen.here is not None and app.screen.here.version == 2)
        await pilot.press("N", "enter")
        await settled(pilot, lambda: client.requests_by_id[3].asked[0].declined)
        await pilot.press("right_square_bracket", "right_square_bracket")
        await settled(pilot, lambda: "night" in text(app))
        app.screen.table.select("2")
        await pilot.press("Y")
        await settled(pilot, lambda: "accept: Q-2 was not asked of you" in text(app))


async def test_others_are_asked_from_the_calendar_for_a_part_and_it_is_withdrawn(
    fakes, client, make_app, settled, text
):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "right_square_bracket")
        await settled(pilot, lambda: "TEAM payments" in text(app))
        await pilot.press("Q")
        await settled(pilot, lambda: "whoever accepts first has payments Thu 12 Mar 14:22" in text(app))
        app.screen.query_one("#ends").value = "18:00"
        await settled(pilot, lambda: "Thu 12 Mar 14:22 – 18:00" in text(app))
        app.screen.query_one("#whom").focus()
        await pilot.press("l")
        await settled(pilot, lambda: "lin: whoever accepts first" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: 3 in client.requests_by_id)
        made = client.requests_by_id[3]
        assert (made.ends_at, [one.person for one in made.asked]) == (at(12, 18), ["lin"])
        assert (client.calls[-1][1][0].people, client.calls[-1][1][0].team) == (("lin",), "")
        await pilot.press("left_square_bracket")
        await settled(pilot, lambda: "you ask lin to take payments" in text(app))
        assert "none waits for your answer" in text(app)
        app.screen.table.select(("asked", 3))
        await pilot.press("X")
        await settled(pilot, lambda: "you keep payments" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.requests_by_id[3].state == "cancelled")
        await settled(pilot, lambda: "you ask lin" not in text(app))
