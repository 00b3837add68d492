"""What got in the way, kept for the process retro with one key from wherever one is."""

from __future__ import annotations


async def test_an_idea_is_kept_with_the_place_where_it_came_up_and_taken_back(client, make_app, settled, text):
    app = make_app(client, incident_id=311)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot, lambda: "INC-311" in text(app))
        await pilot.press("number_sign")
        await settled(pilot, lambda: "This got in our way" in text(app))
        assert "with where you are: INC-311" in text(app)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert client.process_ideas_by_id == {}
        await pilot.press(*"Nobody knew # who owns it")  # the sign is text while one types
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "PI-1 is kept for the process retro · u undoes" in text(app))
        kept = client.process_ideas_by_id[1]
        assert (kept.text, kept.about, kept.by) == ("Nobody knew # who owns it", "incident:311", "lin")
        await pilot.press("u")
        await settled(pilot, lambda: client.process_ideas_by_id[1].state == "dropped")


async def test_without_a_name_nothing_tells_who_it_was_not_even_the_way_back(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("number_sign")
        await settled(pilot, lambda: "This got in our way" in text(app))
        await pilot.press(*"Too many pages", "tab", "right")
        await settled(pilot, lambda: "no author is stored anywhere" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "PI-1 is kept" in text(app))
        assert "u undoes" not in text(app)
        await pilot.press("u")
        await settled(pilot, lambda: "nothing to undo" in text(app))
        kept = client.process_ideas_by_id[1]
        assert (kept.by, kept.about, kept.state) == ("", "screen:inbox", "open")
