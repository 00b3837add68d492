"""What is known in the room: claims, theories and attempts in the panel, their forms, and what came of a row."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from incidentd_tui.forms import times


@pytest.fixture
def in_room(client, make_app, settled, text):
    """The room of INC-311, in a wide window."""
    app = make_app(client, incident_id=311)

    async def ready(pilot):
        await settled(pilot, lambda: "rollback to v511" in text(app))

    return app, ready


def bodies(client, name):
    return [args[-1] for called, args in client.calls if called == name]


def go_to(app, section, number):
    """Let the cursor of the panel stand on a row."""
    app.screen.panel.focus()
    app.screen.panel.select((section, number))


async def test_the_panel_tells_what_is_known_thought_and_tried(in_room, text):
    app, ready = in_room
    async with app.run_test(size=(140, 60)) as pilot:
        await ready(pilot)
        shown = text(app)
        for said in (
            "KNOWN  impact, claimed since 14:",
            "▣ card payments, 90 to 100 %",
            "± disputed: card payments in EU only,",
            "lin: US customers call too",
            "? the new tokeniser path of v512  +1 −0",
            "○ more tokeniser pods, had no effect",
            "… rollback to v511, outcome unknown",
            "TRIED  1 without outcome: o",
        ):
            assert said in shown, said


async def test_a_claim_takes_two_keys_and_what_is_affected(client, in_room, settled, text):
    app, ready = in_room
    async with app.run_test(size=(140, 60)) as pilot:
        await ready(pilot)
        await pilot.press("I")
        await settled(pilot, lambda: "Impact of INC-311" in text(app))
        await pilot.press(*"wallets", "enter")
        await settled(pilot, lambda: "▣ wallets, unknown" in text(app))
        [body] = bodies(client, "claim_impact")
        assert (body.affected, body.starts_at, body.ends_at, body.source) == ("wallets", None, None, None)
        await pilot.press("u")
        await settled(pilot, lambda: "wallets, unknown" not in text(app))
        assert [one.verdict for one in bodies(client, "judge_claims")] == ["withdrawn"]


async def test_a_claim_is_corrected_and_disputed_where_it_stands(client, in_room, settled, text):
    app, ready = in_room
    async with app.run_test(size=(140, 60)) as pilot:
        await ready(pilot)
        go_to(app, "claim", 2)
        await pilot.press("I")
        await settled(pilot, lambda: "Correct claim 2" in text(app))
        await pilot.press("tab", *" lots", "enter")
        await settled(pilot, lambda: "is no figure" in text(app))
        await pilot.press(*["backspace"] * 5, "tab", *"12m", "enter")
        await settled(pilot, lambda: bodies(client, "claim_impact"))
        [body] = bodies(client, "claim_impact")
        assert (body.replaces, body.affected, body.figure) == (2, None, None)
        assert (app.model.now() - body.starts_at).total_seconds() == 720
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        go_to(app, "claim", 1)
        await pilot.press("enter")
        await settled(pilot, lambda: "Claim 1" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "a dispute says why" in text(app))
        await pilot.press(*"no", "enter")
        await settled(pilot, lambda: "disputed: card payments, 90" in text(app))


async def test_what_is_tried_and_what_came_of_it(client, in_room, settled, text):
    app, ready = in_room
    async with app.run_test(size=(140, 70)) as pilot:
        await ready(pilot)
        assert "↺ resembles INC-309: sign-in nodes" in text(app)
        await pilot.press("o")  # not on the panel: the last attempt without outcome
        await settled(pilot, lambda: "Attempt 2" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "✓ rollback to v511, worked after 6 min" in text(app))
        go_to(app, "theory", 1)
        await pilot.press("A")
        await settled(pilot, lambda: "Tried in INC-311" in text(app))
        await pilot.press(*"flag off", "enter")
        await settled(pilot, lambda: "… flag off, outcome unknown" in text(app))
        assert bodies(client, "attempt")[0].theory_id == 1
        go_to(app, "theory", 1)
        await pilot.press("o")
        await settled(pilot, lambda: "Theory 1" in text(app))
        await pilot.press("r", "tab", *"began before", "enter")
        await settled(pilot, lambda: "✗ ruled out: the new tokeniser path" in text(app))
        go_to(app, "past", 309)
        await pilot.press("enter")
        await settled(pilot, lambda: getattr(app.screen, "incident_id", 0) == 309)


async def test_a_file_is_attached_by_its_path(fakes, client, in_room, settled, text, tmp_path):
    client.facts[311]["attachments"] = (fakes.make_attachment(1, "5xx-by-region.png", size=48_213),)
    (tmp_path / "a.log").write_bytes(b"boom")
    app, ready = in_room
    async with app.run_test(size=(140, 80)) as pilot:
        await ready(pilot)
        assert "▤ 5xx-by-region.png  48,213 bytes" in text(app)
        await pilot.press("plus")
        await settled(pilot, lambda: "Attach to INC-311" in text(app))
        app.screen.query_one("#path").value = str(tmp_path / "b.log")
        await pilot.press("enter")
        await settled(pilot, lambda: "there is no such file" in text(app))
        app.screen.query_one("#path").value = str(tmp_path / "a.log")
        await pilot.press("enter")
        await settled(pilot, lambda: "▤ a.log  4 bytes" in text(app))
        assert bodies(client, "attach")[0].data == b"boom"


@pytest.mark.parametrize(
    ("typed", "minutes"), [("12m", 12), ("-2h", 120), ("5 min ago", 5), ("14:05", 17), ("23:00", 922), ("now", None)]
)
def test_a_time_in_the_past_as_it_is_typed(fakes, typed, minutes):
    tui: Any = SimpleNamespace(model=SimpleNamespace(now=lambda: fakes.NOW, zone=fakes.NOW.tzinfo))
    at = times.was_at(tui, "Since", typed)
    assert at == (None if minutes is None else (fakes.NOW - fakes.minutes(minutes)).replace(second=at.second))


@pytest.mark.parametrize("typed", ["soon", "25:00", "2199-01-01 09:00", "12"])
def test_what_is_no_time_in_the_past_names_the_field(fakes, typed):
    tui: Any = SimpleNamespace(model=SimpleNamespace(now=lambda: fakes.NOW, zone=fakes.NOW.tzinfo))
    with pytest.raises(ValueError, match="Since: "):
        times.was_at(tui, "Since", typed)
