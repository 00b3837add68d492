"""The Inbox: rows, views, marks, filter, live events that never move the cursor, acknowledging, linking, undo."""

from __future__ import annotations

import pytest

from incidentd.client import Unreachable

KEY = ("alert", 972)


def cursor(app):
    return app.screen.table.cursor


async def at(pilot, settled, key):
    """Put the cursor on `key` and wait until it is there."""
    await settled(pilot)
    pilot.app.screen.table.select(key)
    await pilot.pause()
    assert cursor(pilot.app) == key


async def test_the_most_urgent_comes_first_and_taken_ones_are_elsewhere(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        keys = list(app.screen.table.keys)
        assert keys[0] == ("alert", 973)
        assert ("alert", 970) not in keys
        await pilot.press(*["right_square_bracket"] * 3)
        assert ("alert", 970) in app.screen.table.keys
        assert "INC-311" in text(app)


async def test_a_live_event_never_moves_the_cursor_and_a_dot_shows_what_came(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        before, row = list(app.screen.table.keys), app.screen.table.cursor_index
        client.put_alert(fakes.make_alert(990, "TooBad", "critical", 0.1))
        await settled(pilot, lambda: "1 new" in text(app))
        assert list(app.screen.table.keys) == before
        assert (cursor(app), app.screen.table.cursor_index) == (KEY, row)
        await pilot.press("full_stop")
        assert app.screen.table.keys[0] == ("alert", 990)
        assert cursor(app) == KEY


async def test_a_row_that_ended_stays_where_it_is(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        client.put_alert(fakes.replace(client.alerts_by_id[973], status="resolved", resolved_at=fakes.NOW, version=2))
        await settled(pilot, lambda: "ended" in text(app))
        assert app.screen.table.keys[0] == ("alert", 973)
        assert cursor(app) == KEY


async def test_acknowledging_shows_at_once_and_then_says_who(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        client.delay = 1.0
        await pilot.press("a")
        await settled(pilot, lambda: "~ sending" in text(app))
        await settled(pilot, lambda: "✓ ada" in text(app))
        assert ("acknowledge_page", (41,)) in client.calls
        assert app.model.my_open_pages() == []


async def test_a_lost_race_reverts_and_names_who_was_first(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 24)) as pilot:
        await at(pilot, settled, KEY)
        page = client.pages_by_id[41]
        client.pages_by_id[41] = fakes.replace(page, state="acknowledged", acknowledged_by="lin", version=2)
        await pilot.press("a")
        await settled(pilot, lambda: "lin was first" in text(app))
        assert "Your change was not made" in text(app)
        assert not app.model.waiting_pages


async def test_taking_somebody_elses_page_asks_first(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, ("alert", 977))
        await pilot.press("a")
        await settled(pilot, lambda: "for somebody else" in text(app))
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: ("acknowledge_page", (42,)) in client.calls)


async def test_my_own_page_rings_once_and_is_acknowledged_from_anywhere(client, make_app, settled, text):
    app = make_app(client)
    rung = []
    app.bell = lambda: rung.append(1)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "PAGE P-41" in text(app)
        await pilot.press("8")
        await settled(pilot, lambda: type(app.screen).__name__ == "HealthScreen")
        client.tell("page.step", "page:41")
        await pilot.pause(0.4)
        assert rung == [1]
        await pilot.press("exclamation_mark")
        await settled(pilot, lambda: "PAGE P-41" not in text(app))


async def test_resolving_is_no_single_key(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        await pilot.press("X")
        await settled(pilot, lambda: "Resolve P-41" in text(app))
        assert not client.calls
        await pilot.press("escape")
        await settled(pilot, lambda: "Resolve P-41" not in text(app))
        assert not client.calls
        await pilot.press("X", "enter")
        await settled(pilot, lambda: ("resolve_page", (41,)) in client.calls)


async def test_the_filter_takes_words_and_labels_and_letters_do_not_act_in_it(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"team=media")
        await pilot.pause()
        assert {number for _, number in app.screen.table.keys} == {980, 981}
        assert not client.calls
        await pilot.press("enter", "j")
        assert cursor(app) == ("alert", 981)
        await pilot.press("escape")
        assert len(app.screen.table.keys) == 11


async def test_a_filter_without_a_match_says_so(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"zzz", "enter")
        assert "no match for zzz" in text(app)


async def test_marks_ranges_and_declaring_from_them(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("V", "j", "j", "V", "j", "space")
        assert len(app.screen.table.marks) == 4
        assert "4 alerts marked" in text(app)
        await pilot.press("i")
        await settled(pilot, lambda: "New incident from 4 alerts" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "INC-312" in text(app) and "Timeline" in text(app))
        _name, (body,) = next(call for call in client.calls if call[0] == "declare")
        assert body.alert_ids == (973, 972, 974, 975)
        assert body.severity == "SEV2"


async def test_declaring_can_be_undone_for_ten_seconds(fakes, client, make_app, settled, text):
    clock = fakes.FixedClock()
    app = make_app(client, clock=clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("i", "enter")
        await settled(pilot, lambda: "Timeline" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.incidents_by_id[312].status == "false_alarm")
        await pilot.press("u")
        await settled(pilot, lambda: "nothing to undo" in text(app))


async def test_undo_ends_after_ten_seconds(fakes, client, make_app, settled):
    clock = fakes.FixedClock()
    app = make_app(client, clock=clock)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("i", "enter")
        await settled(pilot, lambda: app.acts.undoable is not None)
        clock.at += fakes.minutes(0.2)
        assert app.acts.undoable is None


async def test_linking_asks_which_incident_and_undo_unlinks(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, ("alert", 975))
        await pilot.press("l")
        await settled(pilot, lambda: "Link 1 alert to" in text(app))
        await pilot.press(*"okta", "enter")
        await settled(pilot, lambda: client.alerts_by_id[975].incident_ids == (309,))
        await settled(pilot, lambda: "INC-309" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.alerts_by_id[975].incident_ids == ())


@pytest.mark.parametrize("key", ["a", "i", "l", "X", "P"])
async def test_a_viewer_is_told_why_a_verb_does_nothing(client, make_app, settled, text, key):
    client.role = "viewer"
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        await pilot.press(key)
        await pilot.pause()
        assert "role viewer" in text(app)
        assert not client.calls


async def test_the_trace_answers_why(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        await pilot.press("t")
        await settled(pilot, lambda: "ada was paged at step 1" in text(app))
        assert "Route root/2 matched" in text(app)
        await pilot.press("tab", "tab", "tab", "tab")
        await settled(pilot, lambda: "454 4.7.0 try again later" in text(app))
        await pilot.press("escape")
        await settled(pilot, lambda: cursor(app) == KEY)


async def test_copy_writes_the_row_without_control_bytes(client, make_app, settled):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        await pilot.press("y")
        assert "A-972 QueueDepthHigh: webhooks-egress 48k > 20k" in app.clipboard


async def test_ten_thousand_alerts_come_in_pages_and_stay_fluid(fakes, client, make_app, settled):
    client.alerts_by_id = {n: fakes.make_alert(n, f"Alert{n}", "warning", n / 60) for n in range(1, 10_001)}
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, lambda: len(app.model.alerts) == 10_000, 20)
        await settled(pilot, lambda: len(app.screen.table.keys) > 9_000, 20)
        await pilot.press("G")
        assert app.screen.table.cursor_index == len(app.screen.table.keys) - 1
        await pilot.press("ctrl+u", "g")
        assert app.screen.table.cursor_index == 0


async def test_a_burst_of_events_costs_few_requests_and_no_row_is_missed(fakes, client, make_app, settled):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.pause(0.3)
        before = client.requests
        for number in range(2000, 2300):
            client.put_alert(fakes.make_alert(number, "Burst", "info", 0.1))
        await settled(pilot, lambda: all(number in app.model.alerts for number in range(2000, 2300)))
        assert client.requests - before < 60


async def test_the_users_own_keys_replace_ours(client, make_app, settled, tmp_path, text):
    (tmp_path / "incidentd").mkdir()
    (tmp_path / "incidentd" / "tui.toml").write_text('[keys]\n"inbox.ack" = "f5"\n')
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        await pilot.press("a")
        await pilot.pause(0.1)
        assert not client.calls
        assert "f5 ack" in text(app)
        await pilot.press("f5")
        await settled(pilot, lambda: ("acknowledge_page", (41,)) in client.calls)


async def test_an_unreachable_daemon_is_shown_and_followed_again(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        client.set_connected(False)
        await settled(pilot, lambda: "○ offline" in text(app))
        assert cursor(app) == KEY
        await pilot.press("a")
        await pilot.pause()
        assert "not while the daemon does not answer" in text(app)
        client.set_connected(True)
        await settled(pilot, lambda: "● live" in text(app))


async def test_no_daemon_at_the_start_is_said_and_waited_for(client, make_app, settled, text):
    client.offline = True
    app = make_app(client)
    async with app.run_test(size=(100, 24)) as pilot:
        await settled(pilot, lambda: "incidentd serve" in text(app))
        client.offline = False
        await settled(pilot, lambda: "● live" in text(app))


async def test_a_call_that_gets_no_answer_is_not_shown_as_done(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, KEY)
        client.fail_with = Unreachable("gone")
        await pilot.press("a")
        await settled(pilot, lambda: "not done" in text(app))
        assert "☎ paging" in text(app)
