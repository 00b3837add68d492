"""Checks in health: what ails first, pausing with and without a note, resuming, the address of a heartbeat."""

from __future__ import annotations

import pytest

from incidentd_tui.rows import checks

BACKUP = "heartbeat/nightly-backup"


async def on(pilot, settled, name):
    await settled(pilot, lambda: pilot.app.model.loaded)
    await pilot.press("8")
    await settled(pilot, lambda: pilot.app.screen.heading == "Health" and ("check", 0) in pilot.app.screen.table.keys)
    known = [one.name for one in checks.ordered(pilot.app.model)]
    pilot.app.screen.table.select(("check", known.index(name)))
    await pilot.pause()


@pytest.mark.parametrize(("seconds", "shown"), [(0.048, "48 ms"), (3.24, "3.2 s"), (251, "4:11")])
def test_how_long_it_took(seconds, shown):
    assert checks.took_text(seconds) == shown


async def test_what_ails_stands_first_with_what_its_source_sends(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 45)) as pilot:
        await on(pilot, settled, "nightly-backup")
        assert [one.name for one in checks.ordered(app.model)] == ["invoice-run", "nightly-backup", "www", "staging"]
        await settled(pilot, lambda: "LATEST" in text(app))  # fetched for the check under the cursor
        assert "pg_dump to the vault" in text(app)
        assert "▲ silent" in text(app)
        app.screen.table.select(("adapter", 1))
        await settled(pilot, lambda: "signature" in text(app) and "every 5 min, silent" in text(app))


async def test_a_check_is_paused_and_resumed_and_u_takes_either_back(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await on(pilot, settled, "nightly-backup")
        await pilot.press("p")
        await settled(pilot, lambda: client.check_list[BACKUP].status == "paused")
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: client.check_list[BACKUP].status == "up")
        await on(pilot, settled, "staging")
        await pilot.press("p")
        await settled(pilot, lambda: client.check_list["prober/staging"].paused is None)
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: client.calls[-1] == ("pause_check", ("prober/staging", "it is rebuilt")))


async def test_a_note_says_why_and_a_probe_has_no_address(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await on(pilot, settled, "www")
        await pilot.press("c")
        await settled(pilot, lambda: "www waits for no pings" in text(app))
        await pilot.press("P")
        await settled(pilot, lambda: "Pause www" in text(app))
        await pilot.press(*"moves", "enter")
        await settled(pilot, lambda: ("pause_check", ("prober/www", "moves")) in client.calls)
        await on(pilot, settled, "nightly-backup")
        await pilot.press("c")
        await settled(pilot, lambda: app.clipboard == f"https://pings.example.net/{BACKUP}")
        assert "pings.example.net" not in text(app)  # a secret


async def test_enter_opens_the_alert_of_a_check(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await on(pilot, settled, "invoice-run")
        await pilot.press("enter")
        await settled(pilot, lambda: "InvoiceJobFailing" in text(app) and "WHO HAS IT" in text(app))
        await pilot.press("escape")
        await on(pilot, settled, "nightly-backup")
        await pilot.press("enter")
        await settled(pilot, lambda: "no alert of it fires" in text(app))
