"""Silences: a form from a selection, with what it would hide while it is typed; the list, its verbs, and undo."""

from __future__ import annotations

import pytest

from incidentd_tui import phrases
from incidentd_tui.forms.silencing import common_matchers

MINE = "5ace0001-0000-4000-8000-000000000000"


async def ready(pilot, settled, *keys):
    await settled(pilot)
    await pilot.press(*keys)
    await pilot.pause()


@pytest.mark.parametrize(
    ("labels", "matchers"),
    [
        ([], []),
        ([{"alertname": "A", "x": 'q"\\', "empty": ""}], ['alertname="A"', 'x="q\\"\\\\"']),
        ([{"alertname": "A", "x": "1"}, {"alertname": "A", "x": "2"}], ['alertname="A"']),
        ([{"alertname": "A.b", "x": "1"}, {"alertname": "C", "x": "1"}], ['alertname=~"A\\\\.b|C"', 'x="1"']),
        ([{"alertname": "A"}, {"x": "1"}], []),
    ],
)
def test_what_alerts_have_in_common(labels, matchers):
    assert common_matchers(labels) == matchers


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("45m", 45), ("2h", 120), (" 3D ", 4320), ("18:00", 218), ("14:00", 1418), ("2026-03-12 15:22", 60)],
)
def test_ends_are_read_in_the_viewers_zone(fakes, text, minutes):
    now = fakes.NOW.replace(second=0)
    assert phrases.end_of(text, now, now.tzinfo) == now + fakes.minutes(minutes)


@pytest.mark.parametrize("text", ["", "soon", "0m", "25:00", "2026-02-31 09:00", "2020-01-01", "1h30", "99999d"])
def test_what_is_no_end_says_so(fakes, text):
    with pytest.raises(ValueError, match=r"\w"):
        phrases.end_of(text, fakes.NOW, fakes.NOW.tzinfo)


async def test_the_form_shows_what_would_be_hidden_and_follows_the_typing(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot, settled, *"jjjj", "space", "S")
        await settled(pilot, lambda: "hides 1 firing alert now" in text(app))
        assert 'alertname="DiskWillFillIn4h"' in text(app)
        assert "P-42 runs on" in text(app)
        before = client.requests
        box = app.screen.query_one("#matchers")
        box.text = 'cluster="eu-1"'
        await settled(pilot, lambda: "hides 20 firing alerts now; you chose 1" in text(app))
        assert client.requests - before == 1
        assert "more" in text(app)
        box.text = "nonsense"
        await settled(pilot, lambda: "is no matcher" in text(app) and "hides" not in text(app))


async def test_a_silence_is_set_and_undone(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot, settled, "j", "S")
        await settled(pilot, lambda: "hides 1" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "Why: please fill this in" in text(app))
        await pilot.press(*"planned", "ctrl+s")
        await settled(pilot, lambda: any(name == "set_silence" for name, _ in client.calls))
        body = next(args[0] for name, args in client.calls if name == "set_silence")
        assert body.comment == "planned"
        assert 'alertname="QueueDepthHigh"' in body.matchers
        assert phrases.span(body.ends_at - app.model.now()) == "2 h"
        await settled(pilot, lambda: "u undoes" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: any(name == "expire_silence" for name, _ in client.calls))


async def test_a_refusal_stays_in_the_form_with_what_was_typed(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot, settled, "j", "S")
        await settled(pilot, lambda: "hides 1" in text(app))
        app.screen.query_one("#comment").value = "planned work"
        app.screen.query_one("#ends").value = "yesterday"
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "For, or until: write 45m" in text(app))
        app.screen.query_one("#ends").value = "1h"
        client.fail_with = fakes.refusal(400, "too wide", field="matchers", remedy="name an alert")
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "matchers: too wide — name an alert" in text(app))
        assert "planned work" in text(app)


async def test_the_list_has_its_views_and_what_each_hides(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, settled, "s")
        await settled(pilot, lambda: "S-5ace0001" in text(app))
        assert [str(key)[:8] for key in app.screen.table.keys] == ["5ace0001", "5ace0002"]
        assert "HIDES NOW  1" in text(app)
        await pilot.press("left_square_bracket")
        assert len(app.screen.table.keys) == 3
        await pilot.press("slash", *"edge", "enter")
        assert [str(key)[:8] for key in app.screen.table.keys] == ["5ace0003"]
        await pilot.press("X")
        await settled(pilot, lambda: "has ended; C sets it anew" in text(app))
        await pilot.press("escape", "escape")
        await settled(pilot, lambda: "1 Inbox" in text(app) and app.screen.heading == "Inbox")


async def test_ending_a_silence_asks_and_u_sets_it_again(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, settled, "s")
        await settled(pilot, lambda: "S-5ace0001" in text(app))
        await pilot.press("X")
        await settled(pilot, lambda: "1 alert that it hides now" in text(app))
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: client.kept_silences[MINE].status == "expired")
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: sum(one.status == "active" for one in client.kept_silences.values()) == 1)
        assert client.calls[-1][1][0].matchers == client.kept_silences[MINE].matchers


async def test_another_end_is_set_on_the_same_silence(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, settled, "s")
        await settled(pilot, lambda: "S-5ace0001" in text(app))
        await pilot.press("E")
        await settled(pilot, lambda: "it would end in 40 min otherwise" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: phrases.span(client.kept_silences[MINE].ends_at - app.model.now()) == "2 h")
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: phrases.span(client.kept_silences[MINE].ends_at - app.model.now()) == "40 min")


async def test_a_change_goes_to_the_same_silence_and_is_taken_back(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, settled, "s")
        await settled(pilot, lambda: "S-5ace0001" in text(app))
        await pilot.press("C")
        await settled(pilot, lambda: "Change S-5ace0001" in text(app))
        app.screen.query_one("#comment").value = "it takes longer"
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.kept_silences[MINE].comment == "it takes longer")
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: client.kept_silences[MINE].comment == "the index is being rebuilt")
        assert len(client.kept_silences) == 3
