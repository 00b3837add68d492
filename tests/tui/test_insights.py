"""The mode of insights: figures and what they count over, cases as dots, the rhythm of pages, the load of weeks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.pictures import spans
from incidentd.domain.pictures.tables import Table
from incidentd_tui import paint, theme
from incidentd_tui.rows import pictures
from incidentd_tui.screens.base import _TABS
from incidentd_tui.screens.insights.dots import DotsScreen
from incidentd_tui.screens.insights.figures import FiguresScreen
from incidentd_tui.screens.insights.letters import LettersScreen
from incidentd_tui.screens.insights.load import LoadScreen
from incidentd_tui.screens.insights.rhythm import RhythmScreen
from incidentd_tui.screens.letter import LetterScreen
from incidentd_tui.screens.room import RoomScreen
from incidentd_tui.verbs import GLOBAL, MODES

VIEWS = (FiguresScreen, DotsScreen, RhythmScreen, LoadScreen, LettersScreen, LetterScreen)


def asked(client, name):
    return [args for called, args in client.calls if called == name]


def test_every_key_does_one_thing():
    for screen in VIEWS:
        keys = [key for verb in (*screen.VERBS, *GLOBAL, *MODES) for key in verb.keys.split(",")]
        assert sorted(keys) == sorted(set(keys))
        assert [verb.id for verb in screen.VERBS if not hasattr(screen, verb.handler)] == []


def test_every_style_of_a_picture_has_a_look():
    named = [(spans.Span(name, name),) for name in spans.STYLES if name]
    assert [line for line in pictures.lines(named) if line[0][1] == theme.plain] == [
        [("step2", theme.plain)],
        [("total", theme.plain)],
    ]


@pytest.mark.parametrize(("width", "shown"), [(78, 5), (46, 5), (38, 5), (30, 4)])
def test_a_table_gives_way_where_a_window_is_narrow(width, shown):
    head = ("week from", "pages", "outside working hours", "in sleep hours", "incidents")
    rows = pictures.Rows(Table("", head, (("2026-08-31", 7, 2, 0, 2), ("2026-09-07", 4, 1, 1, 1))))
    rows.fit(width)
    lines = [paint.width_of(rows.header()) - 1, *(paint.width_of(rows.row(number)) for number in range(2))]
    assert max(lines) <= width
    assert "".join(text for text, _ in rows.row(0)).split() == ["2026-08-31", "7", "2", "0", "2"][:shown]  # none is cut
    assert "OUTSIDE WORKING HOURS" in rows.header()[0][0] or width < 78


async def test_figures_are_read_narrowed_and_explained(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: "Customers noticed first" in text(app))
        shown = text(app)
        assert "all teams · all services · any severity · every version · last 90 days" in shown
        assert "15 incidents · reckoned at 14:22" in shown
        assert "33 of 38      ████" in shown  # a share has a bar in the place of a median
        assert "38 1 a week 2 a week 9 a week" in " ".join(shown.split())
        assert asked(client, "figures")[-1] == {"since": "2025-12-12T14:22:06Z"}
        await settled(pilot, lambda: "2026-01  ●" in text(app))  # the picture of the one under the cursor
        await pilot.press("f", *"SEV2", "enter")
        await settled(pilot, lambda: asked(client, "figures")[-1].get("severity") == "SEV2")
        await pilot.press("f", *"V-2", "enter")
        await settled(pilot, lambda: asked(client, "figures")[-1].get("process") == "b" * 64)
        assert "all teams · all services · SEV2 · V-2 · last 90 days" in text(app)
        await pilot.press("p")
        await settled(pilot, lambda: asked(client, "figures")[-1]["since"] == "2026-02-10T14:22:06Z")
        await pilot.press("f", *"from a day", "enter")
        await settled(pilot, lambda: "Count over a period" in text(app))
        await pilot.press(*"2026-02-30", "enter")
        await settled(pilot, lambda: "From: 2026-02-30 is no day" in text(app))
        app.screen.query_one("#since").value = "2026-02-01"
        app.screen.query_one("#until").value = "2026-01-01"
        await pilot.press("enter")
        await settled(pilot, lambda: "Until: it lies before the first day" in text(app))
        app.screen.query_one("#until").value = "2026-02-28"
        await pilot.press("enter")
        await settled(pilot, lambda: "V-2 · 1 Feb 2026 – 28 Feb 2026" in text(app))
        # The last day is counted too: it ends where the next begins.
        assert asked(client, "figures")[-1]["until"] == "2026-03-01T00:00:00Z"
        await pilot.press("x")
        await settled(pilot, lambda: asked(client, "figures")[-1] == {})
        await pilot.press("slash", *"promise", "enter", "i")
        await settled(pilot, lambda: "its name: update-promises-kept" in text(app))
        assert "A promise that was moved in time counts as kept." in text(app)
        await pilot.press("escape", "escape")
        await settled(pilot, lambda: "Learnings used again" in text(app))
        assert "– none yet" in text(app)


async def test_a_comparison_says_how_often_chance_does_it_and_never_more(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: "From page to acknowl" in text(app))
        app.looking.boundaries = (app.looking.boundaries[0], *app.looking.boundaries)  # V-1 came again
        await pilot.press("j", "c")
        await settled(pilot, lambda: "Compare: From page to acknowledgement" in text(app))
        assert "V-1  V-1" not in text(app)
        app.screen.query_one("#at").value = ""
        await pilot.press("enter")
        await settled(pilot, lambda: "write one, or choose two versions" in text(app))
        app.screen.query_one("#before")._choose(1)
        await pilot.press("enter")
        await settled(pilot, lambda: "choose two of them" in text(app))
        app.screen.query_one("#after")._choose(2)
        app.screen.query_one("#statistic")._choose(1)
        await pilot.press("enter")
        await settled(pilot, lambda: "this large appears by chance in 38 of 100" in text(app))
        name, query = asked(client, "compare_figure")[-1]
        assert name == "page-to-acknowledgement"
        assert (query["before"], query["after"], query["statistic"]) == ("a" * 64, "b" * 64, "mean")
        shown = " ".join(text(app).split())
        assert "V-1 20 cases mean 2 min 30 s" in shown
        assert "V-2 18 cases mean 2 min" in shown
        assert "10 000 draws · 20 % lower than before" in shown
        assert "· the time before is 55 days long, the time after 35" in shown
        assert [word for word in ("help", "improve", "better", "worse") if word in shown] == []
        await pilot.press("escape", "k", "c")
        await settled(pilot, lambda: "Compare: Update promises kept" in text(app))
        assert not app.screen.query("#statistic")  # a share has neither median nor mean
        await pilot.press("enter")
        await settled(pilot, lambda: "15 of 20" in text(app) and "18 of 18" in text(app))
        assert asked(client, "compare_figure")[-1][1]["at"] == "2026-02-05"


async def test_cases_are_walked_in_the_picture_read_in_the_table_and_opened(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: "From start to detection" in text(app))
        await pilot.press("j", "j", "enter")
        await settled(pilot, lambda: "1 min ┤" in text(app) and "12 of 12: INC-311" in text(app))
        first = app.cursor_position
        await pilot.press("h", "left", "k", "k", "k")
        await settled(pilot, lambda: "7 of 12: INC-306" in text(app))
        await settled(pilot, lambda: app.cursor_position != first)  # a screen reader follows
        assert "21 min (disputed: 10 min to 50 min)" in text(app)
        assert "Wed 4 Feb 2026 14:22 · checkout · payments · V-2 · monitoring" in text(app)
        await pilot.press("t")
        await settled(pilot, lambda: "▌INC-306 2026-02-04 14:22" in " ".join(text(app).split()))
        assert "▌INC-306 2026-02-04 14:22 21 min 10 min 50 min SEV2" in " ".join(text(app).split())
        await pilot.press("G", "l", "h", "t")
        await settled(pilot, lambda: "11 of 12: INC-310" in text(app) and "1 min ┤" in text(app))
        await pilot.press("g")
        cases = fakes.fake_insights.make_cases()
        client.figure_cases = (*cases, cases[3])  # the same once more
        await pilot.press("full_stop")
        await settled(pilot, lambda: "1 of 13: INC-300" in text(app))
        client.figure_cases = cases[1:]  # what the cursor stood on is gone
        await pilot.press("full_stop")
        await settled(pilot, lambda: "1 of 11: INC-301" in text(app))
        incident = next(iter(client.incidents_by_id))
        client.figure_cases = (
            msgspec.structs.replace(cases[0], subject="team:payments", name="a day"),
            msgspec.structs.replace(cases[0], subject=f"incident:{incident}", name=f"INC-{incident}"),
        )
        await pilot.press("full_stop")
        await settled(pilot, lambda: "of 2" in text(app))
        await pilot.press("g", "enter")
        await settled(pilot, lambda: "open: a day has no screen of its own" in text(app))
        await pilot.press("G", "enter")
        await settled(pilot, lambda: isinstance(app.screen, RoomScreen))
        await pilot.press("7")
        await settled(pilot, lambda: isinstance(app.screen, DotsScreen))
        client.figure_cases = ()
        await pilot.press("p")
        await settled(pilot, lambda: "No case of it in what is counted" in text(app))
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(app.screen, FiguresScreen) and "last 30 days" in text(app))


async def test_rhythm_and_load_are_pictures_and_tables(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: "From start to detection" in text(app))
        await pilot.press("right_square_bracket")
        await settled(pilot, lambda: "Mon " in text(app) and "pages · reckoned at 14:22" in text(app))
        assert "Pages to anybody by the hour" in text(app)
        await pilot.press("i")
        await settled(pilot, lambda: "The rhythm of pages" in text(app))
        await pilot.press("i", "t")
        await settled(pilot, lambda: "HOUR (EUROPE/ZURICH)  MON" in text(app))
        await pilot.press("right_square_bracket")
        await settled(pilot, lambda: "WEEK FROM" in text(app) and "payments, 13 weeks" in text(app))
        assert "IN SLEEP HOURS" in text(app)  # a table still
        await pilot.press("t", "w", "l")
        await settled(pilot, lambda: "platform, 26 weeks" in text(app) and "page in sleep hours" in text(app))
        assert asked(client, "load")[-1] == ("platform", 26)
        await pilot.press("p")
        await settled(pilot, lambda: "w is for the weeks" in text(app))
        await pilot.press("f", *"team: pay", "enter")
        await settled(pilot, lambda: asked(client, "load")[-1] == ("payments", 26))
        await pilot.press("h")
        await settled(pilot, lambda: "only payments is counted" in text(app))
        await pilot.press("left_square_bracket")
        await settled(pilot, lambda: asked(client, "rhythm")[-1].get("team") == "payments")
        await pilot.press("escape")
        await settled(pilot, lambda: asked(client, "figures")[-1].get("team") == "payments")
        assert isinstance(app.screen, FiguresScreen)


async def test_letters_are_read_by_month(client, make_app, settled, text):
    app = make_app(client)
    copied = []
    app.copy_to_clipboard = copied.append
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("7", "left_square_bracket")  # the last view
        await settled(pilot, lambda: "2026-02  Letter of February 2026" in text(app))
        shown = text(app)
        assert "draft: as it would be by now" in shown
        assert "sent 01 Mar 14:22 to 12 readers" in shown
        assert "The next one is sent 01 Apr 14:22 to team:payments." in shown
        assert "f scope" not in shown  # nothing narrows it
        await pilot.press("j", "enter")
        await settled(pilot, lambda: "WHAT WAS LEARNED" in text(app))
        assert "· One bad shard hides in a mean (L-4)" in text(app)
        await pilot.press("tab", "tab", "m")
        await settled(pilot, lambda: copied == ["# the same"])
        await pilot.press("escape", "escape")
        await settled(pilot, lambda: isinstance(app.screen, FiguresScreen))
        client.letter_title = client.letter_text = HOSTILE
        await pilot.press("left_square_bracket")
        await settled(pilot, lambda: "12 readers" in text(app))
        await pilot.press("j", "enter")
        await settled(pilot, lambda: isinstance(app.screen, LetterScreen) and "[/nope]" in text(app))
        assert [character for character in RAW if character in text(app).replace("\n", "")] == []


async def test_figures_are_reckoned_again_now_and_then_and_the_cursor_stays(fakes, client, make_app, settled, text):
    clock = fakes.FixedClock()
    app = make_app(client, clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: "From start to detection" in text(app))
        await pilot.press("j", "j")
        before = len(asked(client, "figures"))
        client.figure_list.insert(0, fakes.fake_insights.make_figure("another", "share", 1, 2))
        client.tell("learning.used", "learning:4")
        await settled(pilot, lambda: app.screen._stale)
        app.screen.on_tick()
        assert len(asked(client, "figures")) == before  # not at each event
        clock.at += timedelta(seconds=31)
        app.screen.on_tick()
        await settled(pilot, lambda: "Another" in text(app))
        assert len(asked(client, "figures")) == before + 1
        assert app.screen.table.cursor == "start-to-detection"
        client.delay = 0.2
        await pilot.press("full_stop")
        await settled(pilot, lambda: "counting again …" in text(app))
        await pilot.press("j")  # the list is used meanwhile
        assert app.screen.table.cursor == "customers-noticed-first"
        await pilot.press("p")
        await settled(pilot, lambda: "what is shown is still of the scope before" in text(app))
        client.delay = 0.0
        await settled(pilot, lambda: "15 incidents · reckoned at" in text(app))
        client.set_connected(False)
        await pilot.press("p")
        await settled(pilot, lambda: "the daemon does not answer: what is shown is older" in text(app))


async def test_what_is_being_counted_says_so(client, make_app, settled, text, monkeypatch):
    counted, figures = asyncio.Event(), client.figures

    async def slow(**scope):
        await counted.wait()
        return await figures(**scope)

    monkeypatch.setattr(client, "figures", slow)
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: "counting …" in text(app))
        counted.set()
        await settled(pilot, lambda: "counting …" not in text(app))


async def test_a_daemon_that_does_not_answer_is_said(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        client.set_connected(False)
        await pilot.press("7")
        await settled(pilot, lambda: "! not done: the daemon does not answer" in text(app))
        client.set_connected(True)
        await settled(pilot, lambda: "● live" in text(app))
        await pilot.press("full_stop")
        await settled(pilot, lambda: "From start to detection" in text(app))


HOSTILE = "\x1b]52;c;aGk=\x07\x9b31m\u202e\u200b[/nope][red]\r\n\tend\x7f"
RAW = ("\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\x7f", "\r", "\t")


def poisoned(value):
    """The same with the hostile text wherever a text may come from outside."""
    match value:
        case msgspec.Struct():
            kept = {"subject", "name", "kind", "unit", "severity", "at"} if hasattr(value, "kind") else {"subject"}
            names = [name for name in value.__struct_fields__ if name not in kept]
            return msgspec.structs.replace(value, **{name: poisoned(getattr(value, name)) for name in names})
        case tuple():
            return tuple(map(poisoned, value))
        case dict():
            return {f"{HOSTILE}{name}": count for name, count in value.items()}
        case str():
            return HOSTILE if value and not value.startswith("SEV") else value
        case _:
            return value


async def test_hostile_text_of_figures_is_inert(fakes, client, make_app, settled, text):
    client.figure_list = [poisoned(one) for one in client.figure_list]
    client.figure_cases = tuple(map(poisoned, fakes.fake_insights.make_cases()))
    client.boundaries = tuple(poisoned(one) for one in client.boundaries)
    client.sentence = HOSTILE
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: "15 incidents" in text(app))
        seen = [text(app)]
        for keys, words in (
            (("j", "i"), "its name"),
            (("escape", "f"), "Count over"),
            (("escape", "c", "enter"), "WHAT IS COUNTED"),
            (("escape", "enter"), "12 of 12"),
            (("t",), "AT (UTC)"),
        ):
            await pilot.press(*keys)
            await settled(pilot, lambda words=words: words in text(app))
            seen.append(text(app))
        await pilot.resize_terminal(60, 15)
        await pilot.press("t")
        seen.append(text(app))
    assert [character for shown in seen for character in RAW if character in shown.replace("\n", "")] == []


async def test_the_tabs_fit_and_say_where_one_is(client, make_app, settled, lines):
    app = make_app(client)
    async with app.run_test(size=(140, 24)) as pilot:
        await settled(pilot)
        await pilot.press("7")
        for width, names in ((140, "6 Learn  7 Insights"), (80, "6 Lrn 7 Ins"), (60, "5 6 7 Insights")):
            await pilot.resize_terminal(width, 24)
            await settled(pilot, lambda names=names: names in lines(app)[0])
            assert "…" not in lines(app)[0]
        sizes = [paint.width_of(app.screen._tab_line(app.tab_counts(), form)) for form in _TABS]
        assert sizes == sorted(sizes, reverse=True)
