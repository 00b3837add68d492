"""A process retro held at the terminal: what is hidden, votes, topics, and who drives."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from incidentd.wire.figures import Figures, FigureScope
from incidentd.wire.presence import Present


@pytest.fixture
def retro(client, fakes, monkeypatch):
    """PR-2 of shop, held by ada, with lin and sam."""

    async def figures(**_):
        return Figures(at=fakes.NOW, scope=FigureScope(), figures=(), boundaries=(), incidents=0)

    monkeypatch.setattr(client, "figures", figures, raising=False)
    return client


async def open_retro(app, pilot, settled, text):
    await settled(pilot)
    await app.open_retro(2)
    await settled(pilot, lambda: "Process retro of shop" in text(app))


async def test_ideas_are_written_in_silence_shown_and_made_topics(retro, make_app, settled, text):
    app = make_app(retro)
    async with app.run_test(size=(110, 40)) as pilot:
        await open_retro(app, pilot, settled, text)
        assert "2 ideas, hidden until everybody is done" in text(app)
        assert "PI-8  without a name  oncall" in text(app)
        assert "1 of 3 done" in text(app)
        await pilot.press("w")
        await settled(pilot, lambda: "hidden until everybody is done" in text(app) and app.screen.query("Writing"))
        await pilot.press(*"Too many chats", "enter")
        await settled(pilot, lambda: len(retro.retro_now.ideas) == 3)
        await pilot.press("escape", "M")
        await settled(pilot, lambda: "make topic: once the ideas are shown" in text(app))
        await pilot.press("d")
        await settled(pilot, lambda: "2 of 3 done" in text(app))
        await pilot.press("R")
        await settled(pilot, lambda: "not done yet: lin" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: retro.driven[-1].act == "show" and "hidden until" not in text(app))
        await pilot.press("g", "space", "space", "M")
        await settled(pilot, lambda: [one.ideas for one in retro.retro_now.topics] == [(7, 8)])
        await settled(pilot, lambda: "2 ideas" in text(app))


async def test_votes_topics_and_the_end(retro, make_app, settled, text, fakes):
    topics = tuple(
        fakes.fake_experiments.make_topic(number, name) for number, name in ((7, "Fewer pages"), (8, "Chat"))
    )
    retro.put_retro({"step": "vote"}, topics=topics, ideas_shown=True, ideas_hidden=0)
    app = make_app(retro)
    async with app.run_test(size=(110, 40)) as pilot:
        await open_retro(app, pilot, settled, text)
        assert "YOUR VOTES  3 of 3 left" in text(app)
        await pilot.press("g", "plus", "plus")
        await settled(pilot, lambda: retro.retro_now.topics[0].mine == 2 and "●●" in text(app))
        await pilot.press("minus")
        await settled(pilot, lambda: retro.retro_now.topics[0].mine == 1)
        await pilot.press("N")
        await settled(pilot, lambda: "everybody is at: Topics" in text(app))
        await pilot.press("g", "C")
        await settled(pilot, lambda: retro.retro_now.topics[0].chosen)
        await pilot.press("w")
        await settled(pilot, lambda: "Notes: Fewer pages" in text(app))
        await pilot.press(*"quiet nights", "ctrl+s")
        await settled(pilot, lambda: retro.retro_now.topics[0].notes == "quiet nights")
        await pilot.press("P")
        await settled(pilot, lambda: "PAUSED" in text(app) and "4:00 kept" in text(app))
        await pilot.press("left_square_bracket")
        await settled(pilot, lambda: "You look at Vote; the others are at Topics" in text(app))
        await pilot.press("escape", "F")
        await settled(pilot, lambda: "What was agreed" in text(app))
        await pilot.press(*"page less", "ctrl+s")
        await settled(pilot, lambda: retro.retro_now.retro.outcome == "page less")


async def test_who_is_there_and_who_writes_is_seen_by_all(retro, fakes, make_app, settled, text):
    app = make_app(retro)
    async with app.run_test(size=(110, 40)) as pilot:
        await open_retro(app, pilot, settled, text)
        await settled(pilot, lambda: ("viewing", "the retro: Ideas") in retro.beats)
        seen = (("lin", "writing", "an idea"), ("zoe", "viewing", ""), ("sam", "away", ""))
        retro.be_here(*(Present(person=name, state=state, what=what, since=fakes.NOW) for name, state, what in seen))
        await settled(pilot, lambda: "lin ✎" in text(app) and "zoe looks on" in text(app))
        assert "lin is writing an idea" in text(app)
        await pilot.press("w")
        await settled(pilot, lambda: app.screen.query("Writing"))
        await pilot.press(*"Hm")
        await settled(pilot, lambda: ("writing", "an idea") in retro.beats)
        await pilot.press("escape", "v")
        await settled(pilot, lambda: app.screen.heading == "Versions")
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen.heading == "Process retro")
        await pilot.press("escape")
        await settled(pilot, lambda: retro.beats[-1][0] == "left")


async def test_who_only_looks_on_is_told_so_and_hostile_text_stays_text(retro, make_app, settled, text):
    bad = "\x1b]52;c;aGk=\x07[/nope]\u202eevil"
    retro.put_retro(
        {"facilitator": "lin"}, drives=False, joined=False, participants=retro.retro_now.participants[1:],
        ideas=(replace(retro.retro_now.ideas[0], text=bad),),
    )  # fmt: skip
    app = make_app(retro)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_retro(app, pilot, settled, text)
        assert "You look on." in text(app)
        assert "[/nope]" in text(app)
        assert not {"\x1b", "\x07", "\u202e"} & set(text(app))
        await pilot.press("N")
        await settled(pilot, lambda: "next step: lin drives; O takes over" in text(app))
        await pilot.press("d")
        await settled(pilot, lambda: "done: you only look on; J joins" in text(app))
        assert retro.driven == []
