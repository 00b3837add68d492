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
        await settled(pilot, lambda: "less than a week: say why" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "! reason: ada would be in support mode for 3 d only" in text(app))
        assert app.focused.id == "reason"  # what is asked for has the cursor
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
    told = client.modes

    async def with_warning(*args, **given):
        ends = fakes.NOW.replace(day=13, hour=9, minute=0)
        words = "ada is on call for payments in project mode from 2026-03-12 14:22 until 2026-03-13 09:00 UTC"
        one = fakes.wire_duty.DutyWarning(
            kind="project", schedule="payments", person="ada", starts_at=fakes.NOW, ends_at=ends, text=words
        )
        return fakes.replace(await told(*args, **given), warnings=(one,))

    client.modes = with_warning
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "m")
        await settled(pilot, lambda: "◇ project" in text(app) and "by lin: the migration" in text(app))
        assert "Wed 11 Mar 14:22 – Sat 21 Mar 14:22" in text(app)
        assert "▲ ada is on call for payments in project mode: Thu 12 Mar 14:22" in text(app)
        assert "UTC" not in text(app)  # those of the viewer's zone


async def test_a_block_is_changed_split_and_stands_again_as_it_was(fakes, client, make_app, settled, text):
    day = timedelta(days=1)
    for mode, first, days in (("support", 0, 14), ("project", 14, 14)):
        starts = fakes.NOW + first * day if first else None
        await client.set_mode(fakes.wire_modes.SetMode(person="ada", mode=mode, starts_at=starts, days=days))
    app = make_app(client)

    def standing():
        found = sorted((one for one in client.blocks.values() if not one.cancelled), key=lambda one: one.starts_at)
        return [(one.mode, (one.starts_at - fakes.NOW).days, (one.ends_at - fakes.NOW).days) for one in found]

    before = [("support", 0, 14), ("project", 14, 28)]
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "m")
        await settled(pilot, lambda: "● support" in text(app))
        await pilot.press("C")  # has begun: its end is what can become another
        await settled(pilot, lambda: "Change support of ada" in text(app) and "For, or until" in text(app))
        assert "mode" not in app.screen.values
        app.screen.query_one("#ends").value = "21d"
        await settled(pilot, lambda: "Thu 02 Apr 14:22, instead of" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: standing() == [("support", 0, 21), ("project", 21, 28)])
        await settled(pilot, lambda: app.acts.undoable is not None and app.screen.heading == "Modes")
        await pilot.press("u")
        await settled(pilot, lambda: standing() == before)
        await pilot.press("S")
        await settled(pilot, lambda: "Split support of ada" in text(app))
        app.screen.query_one("#at").value = "3d"
        await settled(pilot, lambda: "less than a week: say why" in text(app) and "then in project" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: getattr(app.focused, "id", "") == "reason" and "for 3 d only" in text(app))
        await pilot.press(*"ill", "enter")
        await settled(pilot, lambda: standing() == [("support", 0, 3), ("project", 3, 14), ("project", 14, 28)])
        await settled(pilot, lambda: app.acts.undoable is not None and app.screen.heading == "Modes")
        await pilot.press("u")
        await settled(pilot, lambda: standing() == before)
        await pilot.press("enter")  # every block, the one ahead too
        await settled(pilot, lambda: "◇ project  Thu 26 Mar 14:22 – Thu 09 Apr 14:22     14 d" in text(app))
        await pilot.press("j", "C")
        await settled(pilot, lambda: "Change project of ada" in text(app))
        app.screen.query_one("#mode").focus()
        await pilot.press("left")  # support
        app.screen.query_one("#starts").value = "2026-03-20 09:00"
        await pilot.press("enter")
        await settled(pilot, lambda: standing() == [("support", 0, 7), ("support", 7, 28)])
        await settled(pilot, lambda: app.acts.undoable is not None and app.screen.heading == "Mode blocks")
        await pilot.press("u")
        await settled(pilot, lambda: standing() == before)


async def test_a_length_counts_from_now_in_a_block_that_began_before(fakes, client, make_app, settled, text):
    day = timedelta(days=1)
    client.blocks[1] = fakes.wire_modes.ModeBlock(
        id=1, person="ada", mode="support", starts_at=fakes.NOW - 20 * day, ends_at=fakes.NOW + 30 * day, reason="",
        by="lin", at=fakes.NOW, cancelled=False, version=1,
    )  # fmt: skip
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "m")
        await settled(pilot, lambda: "● support" in text(app))
        await pilot.press("S")
        await settled(pilot, lambda: "Split support of ada" in text(app))
        app.screen.query_one("#at").value = "10d"
        await settled(pilot, lambda: "then in project Sun 22 Mar 14:22 – Sat 11 Apr 14:22" in text(app))
        app.screen.query_one("#at").value = "40d"
        await settled(pilot, lambda: "At: it lies outside of the block" in text(app))


async def test_a_plan_is_looked_at_set_as_it_was_shown_and_taken_back(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "m")
        await settled(pilot, lambda: "1 of" in text(app) or "0 of 2" in text(app))
        await pilot.press("p")
        await settled(pilot, lambda: "Mon 16 Mar 09:00  ●           ○           ◇           ◇" in text(app))
        assert "– not mei: mei is absent in that week" in text(app)
        assert "○ lin was to be in support before" in text(app)
        assert "2 blocks of support and 3 blocks of project; nothing is set yet" in text(app)
        assert not client.calls
        client.plans["payments"] = fakes.replace(client.plans["payments"], plan="another")
        await pilot.press("A")  # somebody was faster: what was not looked at is not set
        await settled(pilot, lambda: "the plan has changed: it was 3f6a0c1d2e4b" in text(app))
        assert not client.blocks
        await settled(pilot, lambda: app.screen.found is not None and app.screen.found.plan == "another")
        await pilot.press("A")
        await settled(pilot, lambda: len(client.blocks) == 5 and app.acts.undoable is not None)
        await settled(pilot, lambda: app.screen.found is not None and not app.screen.found.blocks)
        await pilot.press("u")
        await settled(pilot, lambda: all(one.cancelled for one in client.blocks.values()))
        await pilot.press("G")
        await settled(pilot, lambda: "raj         ████" in text(app) and "14 days" in text(app))
        client.plans.clear()
        await pilot.press("r")
        await settled(pilot, lambda: "! team: team payments does not say" in text(app))
        assert "support_percent in [teams.payments] of roster.toml" in text(app)  # the remedy is wrapped, not cut
        await pilot.press("A")
        await settled(pilot, lambda: "set it: there is no plan yet" in text(app))
