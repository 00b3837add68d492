"""The line under a text box: it follows the cursor, takes no focus and holds nothing up."""

from __future__ import annotations

import pytest

from incidentd_tui.widgets import lint_line
from incidentd_tui.widgets.lint_line import LintLine


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(lint_line, "LINT_AFTER", 0.01)


@pytest.fixture
def writing(settled, text):
    """In the words of a handover, which colleagues will read."""

    async def go(pilot):
        await settled(pilot)
        await pilot.press("3", "d")
        await settled(pilot, lambda: "H-2" in text(pilot.app))
        await pilot.press("j", "E")
        await settled(pilot, lambda: pilot.app.screen.query("Composer"))
        return pilot.app.screen.query_one("Composer"), pilot.app.screen.query_one(LintLine)

    return go


async def test_the_nearest_finding_is_shown_while_one_types(client, make_app, settled, text, writing):
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        box, line = await writing(pilot)
        await pilot.press(*"The pod failed to start")
        await settled(pilot, lambda: line._timer is not None)
        assert not line.display
        box.text = "Lin forgot to ask. We were careless.\n\nThe end"
        box.move_cursor(box.document.end)
        await settled(pilot, lambda: "~ “careless”: What did they know" in text(app))
        assert "^l next ^x dismiss" in text(app)
        await pilot.press("ctrl+l")
        await settled(pilot, lambda: "~ “forgot to”: What did they see" in text(app))
        assert (app.focused, box.selection.end) == (box, (0, 4))
        await pilot.press("ctrl+l")
        await settled(pilot, lambda: "~ “careless”" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.kept_handovers[3].surprises == box.text)


async def test_names_of_the_roster_are_people_and_it_goes_when_nothing_is_found(
    client, make_app, settled, text, writing
):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        box, line = await writing(pilot)
        box.text = "Mei failed to answer. See the postmortem."
        await settled(pilot, lambda: [one.text for one in line._found] == ["failed to answer", "postmortem"])
        box.move_cursor(box.document.end)
        await settled(pilot, lambda: "Call it Incident Retro" in text(app) or "Call it Incident Review" in text(app))
        box.text = "[red]\x1b[31m was [/nope] human error"
        await settled(pilot, lambda: "~ “human error”" in text(app))
        box.text = ""
        await settled(pilot, lambda: not line.display)
        await pilot.press("ctrl+l")
        assert app.focused is box


async def test_a_finding_is_dismissed_with_a_reason_and_taken_back(client, make_app, settled, text, writing):
    client.own_words = '[rules.ours]\ncategory = "x"\nmessage = "m."\nsuggestion = "s?"\nfind = ["yak"]\n'
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        box, line = await writing(pilot)
        box.text = "A yak was\ncareless. Careless!"
        await settled(pilot, lambda: [one.text for one in line._found] == ["yak", "careless", "Careless"])
        box.move_cursor(box.document.end)
        await pilot.press("ctrl+x")
        await settled(pilot, lambda: "“Careless” is fine here (judgement)" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "Why: please fill this in" in text(app))
        await pilot.press(*"ours", "enter")
        await settled(pilot, lambda: app.focused is box and [one.text for one in line._found] == ["yak"])
        assert [(one.rule, one.phrase, one.reason) for one in client.judged] == [("judgement", "careless", "ours")]
        assert box.text == "A yak was\ncareless. Careless!"
        await app.acts.undo()
        await settled(pilot, lambda: len(line._found) == 3)
        assert client.judged == []
        box.text = "The pod was slow"
        await settled(pilot, lambda: not line._found)
        await pilot.press("ctrl+x")
        assert box.text == ""  # it cuts, as ever


async def test_without_a_daemon_it_goes_on_by_the_lexicon_for_english(client, make_app, settled, writing):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        box, line = await writing(pilot)
        client.offline = True
        box.text = "It was careless."
        await app.wording.refresh()
        await settled(pilot, lambda: [one.text for one in line._found] == ["careless"])


async def test_of_a_long_text_the_part_around_the_cursor_is_looked_at(client, make_app, settled, writing):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        box, line = await writing(pilot)
        box.text = "It was careless.\n\n" + "The pod was slow.\n\n" * 3000 + "We forgot to ask."
        await settled(pilot, lambda: [one.text for one in line._found] == ["careless"])
        box.move_cursor(box.document.end)
        line.look()
        assert [one.text for one in line._found] == ["forgot to"]
        await pilot.press("ctrl+l")
        assert box.text[box.offset_of_cursor :] == "forgot to ask."
