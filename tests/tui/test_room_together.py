"""The room with others in it: who is here, pinned moments, filters, and quick commands of the note box."""

from __future__ import annotations

import pytest

from incidentd.domain.severity import Severity
from incidentd.wire.presence import Present
from incidentd_tui import quick
from incidentd_tui.rows import panel
from incidentd_tui.screens.room import RoomScreen
from incidentd_tui.verbs import GLOBAL, MODES


@pytest.fixture
def in_room(client, make_app, settled, text):
    """Start in the room of INC-311."""

    def start(**options):
        app = make_app(client, incident_id=311, **options)

        async def ready(pilot):
            await settled(pilot, lambda: "rollback checkout" in text(app) and "is writing" in text(app))

        return app, ready

    return start


async def test_who_is_here_is_shown_and_heard_at_once(fakes, client, in_room, settled, text, lines):
    app, ready = in_room()
    async with app.run_test(size=(140, 90)) as pilot:
        await ready(pilot)
        assert "· 3 here" in text(app)
        assert "● ada (you) timeline" in text(app)
        assert "● lin writes update #2" in text(app)
        assert "○ raj away 4m" in text(app)
        assert "lin is writing update #2" in lines(app)[-2]
        await pilot.press("i")
        assert app.screen.row_under_cursor() == ("here", 0)
        await pilot.press("tab")
        cursor = app.screen.timeline.cursor
        client.be_here(Present(person="mei", state="writing", what="a note", since=fakes.NOW))
        await settled(pilot, lambda: "mei is writing a note" in text(app))
        assert "raj" not in text(app)
        assert app.screen.timeline.cursor == cursor


async def test_others_are_told_what_this_terminal_does(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await settled(pilot, lambda: client.beats == [("viewing", "timeline")])
        await pilot.press("U")
        await settled(pilot, lambda: client.beats[-1] == ("writing", "update #2"))
        await pilot.press("escape")
        await settled(pilot, lambda: client.beats[-1] == ("viewing", "timeline"))
        app.keyboard.last -= 600
        app.screen.tell_presence()
        await settled(pilot, lambda: client.beats[-1][0] == "away")
        await pilot.press("escape")
        await settled(pilot, lambda: client.beats[-1][0] == "left")


async def test_words_and_kinds_leave_what_fits_and_the_cursor(fakes, client, in_room, settled, text, lines):
    app, ready = in_room()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"ROLL back", "enter")
        await settled(pilot, lambda: "“roll back” 3 of 12" in lines(app)[-2])
        assert "Checkout5xxHigh" not in text(app)
        await pilot.press("g")
        before = app.screen.timeline.cursor
        client.timelines[311].append(fakes.make_entry(60, 0, "note", "no roll back of the database", by="lin"))
        client.timelines[311].append(fakes.make_entry(61, 0, "note", "nothing of the kind", by="lin"))
        client.tell("incident.note", "incident:311", actor="lin")
        await settled(pilot, lambda: "4 of 14" in lines(app)[-2])
        assert app.screen.timeline.cursor == before
        await pilot.press("f", *"decis", "enter")
        await settled(pilot, lambda: "decisions · “roll back” 1 of 14" in lines(app)[-2])
        await pilot.press("escape")
        await settled(pilot, lambda: "14 entries" in lines(app)[-2])
        await pilot.press("slash", *"zebra", "enter")
        assert "no entry fits" in text(app)


async def test_a_moment_is_pinned_found_in_the_panel_and_unpinned(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(140, 90)) as pilot:
        await ready(pilot)
        await pilot.press("p")
        await settled(pilot, lambda: ("pin", (311, 12, True)) in client.calls)
        await settled(pilot, lambda: "PINNED  2" in text(app))
        await pilot.press("g", "slash", *"paged", "enter", "tab", "j", "enter")  # the second; the filter hides it
        await settled(pilot, lambda: app.screen.timeline.cursor == 12)
        assert app.screen.timeline.has_focus
        assert not app.screen.filtered
        await pilot.press("u")
        await settled(pilot, lambda: ("pin", (311, 12, False)) in client.calls)
        await pilot.press("tab", "g")
        await settled(pilot, lambda: "PINNED  1" in text(app))
        await pilot.press("v")
        await settled(pilot, lambda: app.clipboard == "https://graphs.example.net/d/checkout")
        await pilot.press("tab", "v")
        assert "this entry has none" in text(app)


async def test_a_quick_command_opens_its_form_and_loses_nothing(client, in_room, settled, text):
    app, ready = in_room()
    client.drafts["update:311"] = "half a thought"
    async with app.run_test(size=(140, 50)) as pilot:
        await ready(pilot)
        await pilot.press("n", *"/updte we roll back", "enter")
        assert "/updte is no command" in text(app)
        assert app.screen.composer.text == "/updte we roll back"
        app.screen.composer.text = "/update we roll back"
        await pilot.press("enter")
        await settled(pilot, lambda: "Update on INC-311" in text(app) and "half a thought" in text(app))
        assert "we roll back" in text(app)
        await pilot.press("escape")
        await settled(pilot, lambda: client.drafts["update:311"] == "half a thought\nwe roll back")
        await pilot.press("n", *"/role comms lin", "enter")
        await settled(pilot, lambda: "Comms: nobody → lin" in text(app))
        await pilot.press("escape")
        await pilot.press("n", *"//etc is full", "enter")
        await settled(pilot, lambda: "ada: /etc is full" in text(app))


async def test_a_rule_that_is_kept_again_while_the_room_loads(fakes, client, in_room, settled, text):
    """What is drawn between the answers of the daemon finds what its rows are about."""
    app, ready = in_room()
    async with app.run_test(size=(140, 50)) as pilot:
        await ready(pilot)
        client.delay = 0.05
        client.incidents_by_id[311] = fakes.replace(client.incidents_by_id[311], violations=())
        client.tell("incident.role", "incident:311", actor="lin")
        await settled(pilot, lambda: app.screen.panel.repaint_all() or "RULES" not in text(app))


@pytest.mark.parametrize(
    ("typed", "form", "values"),
    [
        ("/update", "update", {"text": ""}),
        ("/action restart the pool", "action", {"text": "restart the pool"}),
        ("/decide roll back", "decision", {"text": "roll back"}),
        ("/sev 2 all of us", "severity", {"severity": Severity.SEV2, "reason": "all of us"}),
        ("/sev SEV1", "severity", {"severity": Severity.SEV1, "reason": ""}),
        ("/sev", "severity", {}),
        ("/role lin mitigation lead", "role", {"person": "lin", "role": "mitigation_lead"}),
        ("/role scribe", "role", {"role": "scribe"}),
        ("/role communications lin", "role", {"person": "lin", "role": "communications_lead"}),
    ],
)
def test_what_is_typed_after_a_slash(typed, form, values):
    found = quick.parse(typed, ["ada", "lin"])
    assert found is not None
    assert (found.form, dict(found.values)) == (form, values)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("/upd x", "/upd is no command"),
        ("/sev high", "write /sev 2"),
        ("/role zed", "zed is neither"),
        ("/", "/ is no"),
    ],
)
def test_what_is_not_understood_says_what_to_write(typed, says):
    with pytest.raises(quick.NotUnderstood, match=says):
        quick.parse(typed, ["ada", "lin"])


def test_every_key_of_the_room_does_one_thing():
    keys = [key for verb in (*RoomScreen.VERBS, *GLOBAL, *MODES) for key in verb.keys.split(",")]
    assert sorted(keys) == sorted(set(keys))
    ids = [verb.id for verb in RoomScreen.VERBS]
    assert all(section.enter in ("", *ids) for section in panel.SECTIONS)


def test_a_note_is_a_note():
    assert quick.parse("the /var partition is full", []) is None
    assert quick.parse("//var is full", []) is None
