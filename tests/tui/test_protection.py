"""How a team's project work is protected: pictures that do not flatter, and weeks without data that say so."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd_tui.gauges import EMPTY, FULL, dots, gauge
from incidentd_tui.rows.protection import percent


@settings(max_examples=25)
@given(st.integers(0, 500), st.integers(1, 500), st.integers(1, 30))
def test_only_nothing_looks_like_nothing_and_only_the_whole_like_the_whole(part, whole, width):
    drawn = gauge(part, whole, width)
    assert len(drawn) == width
    assert (drawn == EMPTY * width) == (part == 0)
    assert (drawn == FULL * width) == (part >= whole)
    if part <= whole:
        assert (percent(part, whole) == "0 %") == (part == 0)
        assert (percent(part, whole) == "100 %") == (part == whole)


def test_pictures_of_little():
    assert gauge(1, 2, 4) == "██░░"
    assert gauge(3, 8, 4) == "█▌░░"
    assert gauge(0, 0, 3) == "░░░"
    assert dots(2, 5) == "●●○○○"


async def test_the_weeks_of_a_team_with_what_each_figure_is_of(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "i")
        await settled(pilot, lambda: "88 % of 113" in text(app) and "left alone: 100 of 113 project days" in text(app))
        assert "09 Mar…" in text(app)  # the week that runs is marked
        await pilot.press("j", "j")
        await settled(pilot, lambda: "●●●●●●●●●●●○○○○" in text(app))
        assert "73 % of 15" in text(app)
        assert "interrupted hours: 19, off 6, sleep 3" in text(app)
        assert "5 INTERRUPTIONS, WHY" in text(app)
        assert "knowledge 3 · no support 1 · escalated 1" in text(app)
        await pilot.press("G")
        await settled(pilot, lambda: "islands: Services for which" in text(app))
        app.screen.table.select("12")  # when nobody had a mode
        await settled(pilot, lambda: "– no project day" in text(app) and "0 % of 3" in text(app))
        assert "nobody was on project work on a working day" in text(app)
        app.screen.table.select(("island", 0))
        await settled(pilot, lambda: "▲ billing: one person was pulled in 5 times" in text(app))
        await pilot.press("w", "w", "w")  # four weeks
        await settled(pilot, lambda: "payments as a whole, 4 weeks, at 14:22" in text(app))
        people = {one.handle for one in client.person_list} - {"ada"}  # the viewer's own name is at the top
        assert not people & set(re.findall(r"\w+", text(app)))


async def test_without_teams_the_screen_says_what_is_missing(client, make_app, settled, text, fakes):
    told = client.modes

    async def without_teams(*args, **given):
        return fakes.replace(await told(*args, **given), teams=())

    client.modes = without_teams
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("3", "i")
        await settled(pilot, lambda: "No team is in the roster" in text(app))
        await pilot.press("right_square_bracket", "w")
        await settled(pilot, lambda: "No team is in the roster" in text(app))
        client.protected.clear()
        client.modes = told
        await pilot.press("escape", "i")
        await settled(pilot, lambda: "there is no team 'payments'" in text(app))
