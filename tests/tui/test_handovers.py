"""Handovers: words kept and taken back, finished by who leaves, accepted by who comes."""

from __future__ import annotations

import pytest


@pytest.fixture
def at_handovers(settled, text):
    async def go(pilot):
        await settled(pilot)
        await pilot.press("3", "d")
        await settled(pilot, lambda: "FROM › TO" in text(pilot.app) and "H-2" in text(pilot.app))

    return go


async def test_what_waits_for_the_viewer_comes_first_and_is_accepted(client, make_app, settled, text, at_handovers):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await at_handovers(pilot)
        assert app.screen.table.keys == ["2", "3"]  # one's own that are not over
        shown = text(app)
        assert "▲ accept it" in shown
        assert "INC-309 Okta sign-in loop" in shown
        assert "The status page takes minutes" in shown
        await pilot.press("Y")
        await settled(pilot, lambda: "you take over comms from mei" in text(app))
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: client.kept_handovers[2].accepted_by == "ada")
        await settled(pilot, lambda: app.screen.table.keys == ["3"])
        await pilot.press("Y")
        await settled(pilot, lambda: "accept: H-3 is running; it was not sent yet" in text(app))


async def test_words_are_kept_undone_and_sent_when_it_is_finished(client, make_app, settled, text, at_handovers):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at_handovers(pilot)
        await pilot.press("j", "E", *"cold", "ctrl+s")
        await settled(pilot, lambda: client.kept_handovers[3].surprises == "cold" and app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: client.kept_handovers[3].surprises == "")
        await settled(pilot, lambda: app.screen.known["3"].version == 3)
        await pilot.press("F")
        await settled(pilot, lambda: "2 open things and your words go to lin at Fri 09:00" in text(app))
        await pilot.press(*"warm", "ctrl+s")
        await settled(pilot, lambda: client.kept_handovers[3].finished_by == "ada")
        assert client.kept_handovers[3].surprises == "warm"
        await settled(pilot, lambda: "H-3 goes to lin at Fri 09:00" in text(app))


async def test_one_in_full_and_a_conflict_that_loses_nothing(fakes, client, make_app, settled, text, at_handovers):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_handovers(pilot)
        await pilot.press("j", "enter")
        await settled(
            pilot, lambda: "nobody has said yet that it is complete" in text(app) and "and 1 more" in text(app)
        )
        await pilot.press("F", *"mine")
        one = client.kept_handovers[3]
        client.kept_handovers[3] = fakes.replace(one, surprises="theirs", version=9)  # somebody was faster
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "it changed in between" in text(app))
        assert app.screen.values["surprises"] == "mine"
