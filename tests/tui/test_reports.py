"""Reports of customers and their triage: what waits first, the card by few keys, what is sent as it was shown."""

from __future__ import annotations

import pytest


@pytest.fixture
def at_triage(settled, text):
    async def go(pilot, row=()):
        await settled(pilot)
        await pilot.press("4", *row, "enter")
        await settled(pilot, lambda: "TRIAGE CARD" in text(pilot.app) and pilot.app.screen.similar is not None)

    return go


def made(client, name):
    return [args for called, args in client.calls if called == name]


async def test_who_waits_longest_comes_first_and_one_is_taken_on(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot, lambda: "4 Reports 3" in text(app))
        await pilot.press("4")
        await settled(pilot, lambda: app.screen.table.keys == ["3", "1", "2"])
        assert "!15:00 late" in text(app)
        assert "! 1 late" in text(app)
        await pilot.press("j", "a")
        await settled(pilot, lambda: client.reports_by_id[1].owner == "ada")
        assert client.reports_by_id[1].state == "acknowledged"
        await pilot.press("left_square_bracket", "left_square_bracket")
        await settled(pilot, lambda: app.screen.view == "open" and "4" in app.screen.table.keys)
        await pilot.press("slash", *"region=eu-1", "enter")
        await settled(pilot, lambda: sorted(app.screen.table.keys) == ["1", "2"])


async def test_from_a_new_report_to_the_page_in_a_dozen_keys_beside_typing(client, make_app, settled, at_triage):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        keys = ["4", "j", "enter"]
        await at_triage(pilot, ("j",))
        keys += ["e", "tab"]
        await pilot.press("e", "tab", *"open it")
        keys += ["enter"]
        await pilot.press("enter")
        await settled(pilot, lambda: client.reports_by_id[1].answers.get("reproduce") == "open it")
        await settled(pilot, lambda: app.screen.card.version == client.reports_by_id[1].version)
        keys += ["P", "enter"]
        await pilot.press("P")
        await settled(pilot, lambda: hasattr(app.screen, "plan"))
        await pilot.press(*"eu only", "enter")
        await settled(pilot, lambda: made(client, "propagate_report"))
        (wanted,) = made(client, "propagate_report")[0]
        assert (wanted.note, wanted.interruption) == ("eu only", "")
        assert len(keys) <= 12


async def test_the_card_sends_what_was_changed_and_no_more(client, make_app, settled, text, at_triage):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await at_triage(pilot, ("j",))
        await pilot.press("e", *["backspace"] * 11, "tab", "question_mark")
        await pilot.press("enter")
        await settled(pilot, lambda: "the card of R-1 is kept" in text(app))
        ((body,),) = made(client, "answer_questions")
        assert [(one.question, one.text) for one in body.answers] == [("reproduce", None)]
        assert body.forget == ("who",)
        assert not made(client, "set_priority")
        await settled(pilot, lambda: app.screen.card.version == 2)
        await pilot.press("e", "shift+tab", "shift+tab", "right", "enter")  # impact or urgency alone
        await settled(pilot, lambda: "priority needs both" in text(app))
        await pilot.press("shift+tab", "right", "enter")
        await settled(pilot, lambda: made(client, "set_priority") or made(client, "edit_report"))


async def test_the_question_that_is_shown_is_sent_with_one_key(client, make_app, settled, text, at_triage):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await at_triage(pilot, ("j",))
        assert "N asks for reproduce:" in text(app)
        assert "please tell reproduce" in text(app)
        await pilot.press("N")
        await settled(pilot, lambda: made(client, "ask_reporter") == [(1, 1)])  # the version that was on the screen
        await settled(pilot, lambda: "Acme is asked for reproduce" in text(app))
        client.reports_by_id[1] = type(client.reports_by_id[1])(
            **{name: getattr(client.reports_by_id[1], name) for name in client.reports_by_id[1].__struct_fields__}
            | {"version": 9}
        )
        await pilot.press("N")
        await settled(pilot, lambda: "it changed in between" in text(app))


async def test_answers_written_by_hand_and_ahead(client, make_app, settled, text, at_triage):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await at_triage(pilot, ("j",))
        await pilot.press("R", *"we know")
        await settled(pilot, lambda: client.drafts.get("reply:1") == "we know")
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: made(client, "reply_to_report"))
        assert made(client, "reply_to_report")[0][0].text == "we know"
        await settled(pilot, lambda: "on its way" in text(app) and "reply:1" not in client.drafts)
        await pilot.press("C")
        await settled(pilot, lambda: "lacks version" in text(app))
        await pilot.press(*"known", "enter")
        await settled(pilot, lambda: "Hello Acme," in text(app))
        assert not made(client, "send_canned_reply")
        await pilot.press("enter")
        await settled(pilot, lambda: made(client, "send_canned_reply")[0][0].name == "known")
        await pilot.press("n", *"for us", "ctrl+s")
        await settled(pilot, lambda: made(client, "note_on_report")[0][0].text == "for us")


async def test_outcomes_are_taken_back_refused_and_declared(client, make_app, settled, text, at_triage):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await at_triage(pilot, ("j",))
        await pilot.press("d")
        await settled(pilot, lambda: "cluster 67" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.reports_by_id[1].duplicate_of == 2 and app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: client.reports_by_id[1].state == "triaging")
        await settled(pilot, lambda: app.screen.card.version == client.reports_by_id[1].version)
        await pilot.press("T")
        await settled(pilot, lambda: hasattr(app.screen, "plan"))
        await pilot.press("enter")
        await settled(pilot, lambda: "ticket: ticketed needs the ticket — give its number or address" in text(app))
        await pilot.press("escape", "i")
        await settled(pilot, lambda: "New incident from R-1, R-2" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.reports_by_id[2].state == "linked")
        await settled(pilot, lambda: getattr(app.screen, "incident_id", 0) == client.reports_by_id[1].incident_id)


async def test_to_reach_project_work_asks_for_a_reason(fakes, client, make_app, settled, text, at_triage):
    client.whither = fakes.replace(client.whither, on_project_work=("lin",))
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_triage(pilot, ("j",))
        await pilot.press("P")
        await settled(pilot, lambda: "Why somebody on project work (lin)" in text(app))
        await pilot.press("tab", "right", "enter")
        await settled(pilot, lambda: made(client, "propagate_report"))
        assert made(client, "propagate_report")[0][0].interruption == "hands"


async def test_a_report_that_somebody_told(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("4", "W", *"Export is slow", "tab", *"it takes minutes", "ctrl+s")
        await settled(pilot, lambda: made(client, "create_report"))
        body = made(client, "create_report")[0][0]
        assert (body.subject, body.text, body.sender, body.kind) == ("Export is slow", "it takes minutes", "", None)
        await settled(pilot, lambda: "R-5 is open" in text(app))


async def test_the_room_names_the_reports_and_whom_an_update_tells(client, make_app, settled, text):
    app = make_app(client, incident_id=309)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot, lambda: "REPORTED  1 report" in text(app))
        await pilot.press("U", *"it is mitigated")
        await settled(pilot, lambda: hasattr(app.screen, "plan") and "looking" not in text(app))
        assert "reporter told" not in text(app)
        await pilot.press("tab", "tab", "right")
        await settled(pilot, lambda: "1 reporter told on the channel they used, once" in text(app))
        assert "R-4  c4@example.org by support-mail" in text(app)
        await pilot.press("escape")
        await settled(pilot, lambda: getattr(app.screen, "incident_id", 0) == 309)
        app.screen.panel.focus()
        app.screen.panel.select(("report", 4))
        await pilot.press("enter")
        await settled(pilot, lambda: getattr(app.screen, "report_id", 0) == 4)
