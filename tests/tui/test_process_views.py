"""Mode 7 about the process: experiments with their question, retros, ideas, versions."""

from __future__ import annotations

from msgspec.structs import replace


async def test_what_is_tried_is_read_decided_and_begun(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: app.current_mode == "insights" and "Experiments" in text(app))
        await app.show_insights("experiments")
        await settled(pilot, lambda: "X-2" in text(app) and "cannot tell" in text(app))
        shown = " ".join(text(app).replace("│", " ").split())
        assert "Keep it, adapt it, drop it, or cannot tell?" in shown
        assert "with 12 and 15 incidents" in shown
        assert "before: 9 of 12" in shown
        await pilot.press("S")
        await settled(pilot, lambda: "stop: it is over" in text(app))
        await pilot.press("D")
        await settled(pilot, lambda: "What becomes of it" in text(app))
        await pilot.press(*"too few", "ctrl+s")
        await settled(pilot, lambda: client.ended == [(2, "cannot_tell", "too few")])
        await settled(pilot, lambda: "X-3" in text(app))
        client.experiments_now[1] = replace(client.experiments_now[1], state="decided", verdict="adapt")
        client.tell("experiment.decided", "experiment:2")
        app.screen.table.select("2")
        await settled(pilot, lambda: app.screen.here.verdict == "adapt")
        await pilot.press("A")
        await settled(pilot, lambda: "goes on from X-2" in text(app) and "Updates every 20 minutes" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.begun and client.begun[0].adapts == 2)
        client.begun.clear()
        await settled(pilot, lambda: "X-3" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "What is tried" in text(app))
        await pilot.press(*"One chat", "tab", *"fewer gaps", *["tab"] * 6, *"harm", "ctrl+s")
        await settled(pilot, lambda: client.begun and client.begun[0].title == "One chat")
        assert (client.begun[0].hypothesis, client.begun[0].stop_rule) == ("fewer gaps", "harm")


async def test_ideas_retros_and_versions_are_lists_of_the_same_mode(client, fakes, make_app, settled, text):
    bad = "\x1b]0;x\x07[/nope]"
    client.process_ideas_by_id[4] = fakes.fake_experiments.make_idea(4, bad)
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: app.current_mode == "insights")
        await app.show_insights("ideas")
        await settled(pilot, lambda: "PI-4" in text(app) and "[/nope]" in text(app))
        assert not {"\x1b", "\x07"} & set(text(app))
        await pilot.press("D")
        await settled(pilot, lambda: "Why nothing comes of it" in text(app))
        await pilot.press(*"known", "ctrl+s")
        await settled(pilot, lambda: client.process_ideas_by_id[4].why == "known")
        await app.show_insights("retros")
        await settled(pilot, lambda: "PR-2" in text(app) and "90 days since PR-1" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "Hold a process retro" in text(app))
        await pilot.press(*"web", "ctrl+s")
        await settled(pilot, lambda: client.retro_now.retro.team == "web" and "of web" in text(app))
        await app.show_insights("versions")
        await settled(pilot, lambda: "cadence SEV2 identified: 30m → 20m" in text(app))
        await app.show_insights("retros")
        await settled(pilot, lambda: "PR-2" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "Process retro of web" in text(app))
