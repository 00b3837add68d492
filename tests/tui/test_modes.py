"""Modes: who is in support and who on project work, set and ended with a way back."""

from __future__ import annotations

from datetime import timedelta


async def test_a_block_is_set_undone_and_ended(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "m")
        await settled(pilot, lambda: "▲ payments: 0 of 2 wanted in support (50 %)" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "no block of this person that runs or comes" in text(app))
        await pilot.press("M")
        await settled(pilot, lambda: "ada is in support Thu 12 Mar 14:22 – Thu 19 Mar 14:22" in text(app))
        app.screen.query_one("#ends").value = "3d"
        await pilot.press("enter")
        await settled(pilot, lambda: "! reason: less than a week needs a reason" in text(app))
        app.screen.query_one("#ends").value = "7d"
        await pilot.press("enter")
        await settled(pilot, lambda: "you           ● support" in text(app))
        assert client.blocks[1].ends_at == fakes.NOW + timedelta(days=7)
        assert "1 of 2 wanted in support" in text(app)
        await pilot.press("u")
        await settled(pilot, lambda: client.blocks[1].cancelled and "you           – neither" in text(app))
        await pilot.press("M", "enter")
        await settled(pilot, lambda: "you           ● support" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "ada is not in support" in text(app) or "ada leaves support now" in text(app))
        await pilot.press(*"ill", "enter")
        await settled(pilot, lambda: client.blocks[2].cancelled)
        assert client.calls[-1] == ("end_mode", (2, "ill"))
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: 3 in client.blocks)


async def test_blocks_and_shares_are_seen_in_a_narrow_window(fakes, client, make_app, settled, text):
    client.blocks[1] = fakes.wire_modes.ModeBlock(
        id=1, person="ada", mode="project", starts_at=fakes.NOW - timedelta(days=1), reason="the migration", by="lin",
        ends_at=fakes.NOW + timedelta(days=9), at=fakes.NOW, cancelled=False, version=1,
    )  # fmt: skip
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "m")
        await settled(pilot, lambda: "◇ project" in text(app) and "by lin: the migration" in text(app))
        assert "Wed 11 Mar 14:22 – Sat 21 Mar 14:22" in text(app)
