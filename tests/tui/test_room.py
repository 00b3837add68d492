"""The incident room: notes and drafts, forms and their effects, conflicts, the panel, help and the palette."""

from __future__ import annotations

import msgspec
import pytest

from incidentd.client import Unreachable


@pytest.fixture
def in_room(client, make_app, settled, text):
    """Start in the room of INC-311."""

    def start(**options):
        app = make_app(client, incident_id=311, **options)

        async def ready(pilot):
            await settled(pilot, lambda: "rollback checkout" in text(app))

        return app, ready

    return start


async def test_the_head_says_who_where_and_when(in_room, lines):
    app, ready = in_room()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        title, roles, chain, rule = lines(app)[2:6]
        assert "SEV1" in title
        assert "Card payments fail at checkout" in title
        assert "ACTIVE" in title
        assert "20:12 open" in title
        assert "Mitigation ada" in roles
        assert "Comms nobody" in roles
        assert "next update in 6:12" in roles
        assert "● Active" in chain
        assert "▲ SEV1 asks for a communications lead" in rule


async def test_a_late_update_counts_up(fakes, client, in_room, text):
    late = fakes.replace(client.incidents_by_id[311], next_update_at=fakes.NOW - fakes.minutes(2))
    client.incidents_by_id[311] = late
    app, ready = in_room()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert "!2:00 late" in text(app)


async def test_a_note_is_kept_as_a_draft_then_sent(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("n", *"error rate falls")
        await settled(pilot, lambda: client.drafts.get("note:311") == "error rate falls")
        await pilot.press("enter")
        await settled(pilot, lambda: any(name == "add_note" for name, _ in client.calls))
        await settled(pilot, lambda: "ada: error rate falls" in text(app))
        await settled(pilot, lambda: "note:311" not in client.drafts)
        assert app.screen.composer.text == ""


async def test_a_draft_comes_back_in_the_next_session(client, in_room, settled):
    client.drafts["note:311"] = "half a thought"
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await settled(pilot, lambda: app.screen.composer.text == "half a thought")
        await pilot.press("escape")
        await settled(pilot, lambda: len(app.screen_stack) == 1)
        assert client.drafts["note:311"] == "half a thought"


async def test_leaving_at_once_still_keeps_the_draft(client, in_room, settled):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("n", *"quick", "escape")
        await settled(pilot, lambda: client.drafts.get("note:311") == "quick")


async def test_a_note_that_was_not_taken_returns_to_the_box(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        client.fail_with = Unreachable("gone")
        await pilot.press("n", *"x")
        await pilot.press("enter")
        await settled(pilot, lambda: app.screen.composer.text == "x")
        assert "not done" in text(app)
        assert "~ note" not in text(app)


async def test_a_note_written_by_somebody_else_appears_and_the_cursor_stays(fakes, client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("k")
        before = app.screen.timeline.cursor
        client.timelines[311].append(fakes.make_entry(50, 0, "note", "it is over", by="lin"))
        client.tell("incident.note", "incident:311", actor="lin")
        await settled(pilot, lambda: "lin: it is over" in text(app))
        assert app.screen.timeline.cursor == before


async def test_an_update_is_a_form_with_its_effect(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("U", *"We know more.")
        await settled(pilot, lambda: client.drafts.get("update:311") == "We know more.")
        assert "published to internal" in text(app)
        await pilot.press("tab", "right", "tab", "right")
        await pilot.pause()
        assert "published to customers" in text(app)
        assert not any(name == "post_update" for name, _ in client.calls)
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: any(name == "post_update" for name, _ in client.calls))
        _, (_, body) = next(call for call in client.calls if call[0] == "post_update")
        assert (body.text, body.phase, body.audience) == ("We know more.", "identified", "customers")
        await settled(pilot, lambda: "update:311" not in client.drafts)


async def test_a_draft_is_for_the_audience_and_never_over_words_that_somebody_typed(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("U", "ctrl+t")
        await settled(pilot, lambda: "Draft to internal, investigating" in text(app))
        await pilot.press("tab", "tab", "right", "ctrl+t")
        await settled(pilot, lambda: "Draft to customers, investigating" in text(app))
        assert "Draft to internal" not in text(app)
        await pilot.press("shift+tab", "shift+tab", *" and nothing")
        await settled(pilot, lambda: "it says nothing new" in text(app))
        await pilot.press("ctrl+t")
        await settled(pilot, lambda: "your words stay" in text(app))
        assert "and nothing" in text(app)


async def test_a_long_incident_is_begun_and_ended_by_the_same_key(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("L", *"vendor", "enter")
        await settled(pilot, lambda: client.incidents_by_id[311].long_since is not None)
        (call,) = [args for name, args in client.calls if name == "run_long"]
        assert (call[1].on, call[1].reason) == (True, "vendor")
        await settled(pilot, lambda: app.screen.incident.long_since is not None)
        await pilot.press("L")
        await settled(pilot, lambda: "no long incident any more" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.incidents_by_id[311].long_since is None)


async def test_an_empty_form_is_not_sent(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("U", "ctrl+s")
        await settled(pilot, lambda: "please fill this in" in text(app))
        assert not any(name == "post_update" for name, _ in client.calls)


async def test_a_role_is_given_and_taken_back(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("R")
        await settled(pilot, lambda: "Roles of INC-311" in text(app))
        assert "Comms: nobody → ada" in text(app)
        assert "as well" in text(app)
        await pilot.press("tab", "m")
        await pilot.pause()
        assert "Comms: nobody → mei" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: "Comms mei" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: "Comms nobody" in text(app))


async def test_lowering_a_severity_needs_a_reason(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("S", "o", "3", "enter")
        await settled(pilot, lambda: "lowering a severity needs one" in text(app))
        assert not client.calls
        await pilot.press(*"few users", "enter")
        await settled(pilot, lambda: client.incidents_by_id[311].severity == "SEV3")


async def test_a_conflict_names_who_was_first_and_keeps_what_was_chosen(fakes, client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("T")
        await settled(pilot, lambda: "State of INC-311" in text(app))
        client.incidents_by_id[311] = fakes.replace(client.incidents_by_id[311], title="Cards fail", version=9)
        app.model.remember_actor(
            msgspec.convert(
                {"seq": 1, "at": fakes.NOW, "actor": "lin", "kind": "x", "subject": "incident:311", "data": {}},
                type=fakes.wire.Event,
            )
        )
        await pilot.press("enter")
        await settled(pilot, lambda: "lin was first" in text(app))
        assert "Sending again puts yours on top" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: client.incidents_by_id[311].status == "mitigated")
        assert client.incidents_by_id[311].title == "Cards fail"


async def test_the_title_is_edited_and_undone(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("E", *" now", "tab", "tab", *"Cards", "tab", "right")
        await settled(pilot, lambda: "no status page shows it" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.incidents_by_id[311].title.endswith("checkout now"))
        edited = client.incidents_by_id[311]
        assert (edited.public_title, edited.off_page) == ("Cards", True)
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("u")
        await settled(pilot, lambda: client.incidents_by_id[311].title.endswith("checkout"))
        edited = client.incidents_by_id[311]
        assert (edited.public_title, edited.off_page) == ("", False)


async def test_a_role_goes_back_to_who_had_it(client, in_room, settled, text):
    app, ready = in_room()

    def holders():
        return {(held.role, held.person) for held in client.incidents_by_id[311].roles}

    before = holders()
    role, person = next(iter(sorted(before)))
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("R")
        await settled(pilot, lambda: app.screen.query("#role"))
        while app.screen.query_one("#role").value != role:
            await pilot.press("right")
        await pilot.press("tab")
        while app.screen.query_one("#person").value in (person, ""):
            await pilot.press("right")
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: holders() != before and len(app.screen_stack) == 2)
        await pilot.press("u")
        await settled(pilot, lambda: holders() == before)


async def test_a_decision_is_recorded(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("D", *"wait", "ctrl+s")
        await settled(pilot, lambda: any(name == "add_note" for name, _ in client.calls))
        assert next(args for name, args in client.calls if name == "add_note")[1].kind == "decision"


async def test_alerts_are_linked_and_unlinked_in_the_room(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(140, 110)) as pilot:
        await ready(pilot)
        await pilot.press("l", *"LoginErr", "enter")
        await settled(pilot, lambda: 975 in client.incidents_by_id[311].alert_ids)
        await settled(pilot, lambda: "A-975" in text(app))
        await pilot.press("tab")
        app.screen.panel.select(("alert", 975))
        await pilot.press("x")
        await settled(pilot, lambda: 975 not in client.incidents_by_id[311].alert_ids)


async def test_the_panel_has_the_room_to_itself_in_a_narrow_window(in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "ROLES" not in text(app)
        await pilot.press("tab")
        await settled(pilot, lambda: "ROLES" in text(app))
        assert "rollback checkout" not in text(app)
        await pilot.press("tab")
        await settled(pilot, lambda: "rollback checkout" in text(app))


async def test_an_incident_that_is_not_there_is_said(client, make_app, settled, text):
    app = make_app(client, incident_id=99)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, lambda: "there is no incident 99" in text(app))


async def test_the_palette_finds_a_verb_and_does_it(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p", *"severity")
        await settled(pilot, lambda: "Classify by the questions" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "Severity of INC-311" in text(app))


async def test_the_palette_says_why_a_verb_cannot_be_done(client, in_room, settled, text):
    client.role = "viewer"
    app, ready = in_room()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("colon", *"severity", "enter")
        await pilot.pause()
        assert "role viewer" in text(app)
        assert "Severity of INC-311" not in text(app)


async def test_help_lists_every_verb_of_the_screen(in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 80)) as pilot:
        await ready(pilot)
        verbs = app.screen.VERBS
        await pilot.press("question_mark")
        await settled(pilot, lambda: "MOVING" in text(app))
        shown = " ".join(text(app).replace("│", " ").split())
        assert [verb.about for verb in verbs if " ".join(verb.about.split()[:4]) not in shown] == []


async def test_every_verb_has_its_method_and_no_two_share_a_key(make_app, client):
    from incidentd_tui import verbs
    from incidentd_tui.app import IncidentdApp
    from incidentd_tui.screens import detail, health, inbox, incidents, oncall, room

    for screen in (
        inbox.InboxScreen,
        incidents.IncidentsScreen,
        room.RoomScreen,
        oncall.OnCallScreen,
        health.HealthScreen,
        detail.DetailScreen,
    ):
        assert [verb.id for verb in screen.VERBS if not hasattr(screen, verb.handler)] == []
        keys = [key for verb in (*screen.VERBS, *verbs.MODES, *verbs.GLOBAL) for key in verb.keys.split(",")]
        assert sorted(key for key in keys if keys.count(key) > 1) == []
    assert [verb.id for verb in verbs.GLOBAL if not hasattr(IncidentdApp, verb.handler)] == []


async def test_health_and_on_call_show_their_facts(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await pilot.press("3")
        await settled(pilot, lambda: "ROSTER PROBLEMS" in text(app))
        assert "ada (you)" in text(app)
        assert "▲ nobody" in text(app)
        await pilot.press("8")
        await settled(pilot, lambda: "login refused (535)" in text(app))
        app.screen.table.select(("adapter", 2))
        await pilot.press("t")
        await settled(pilot, lambda: ("test_notifier", ("ntfy",)) in client.calls)
