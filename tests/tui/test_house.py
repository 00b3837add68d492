"""The daemon's house in the mode Health: facts that are always told, and the tables behind them by Enter."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from incidentd_tui.rows import house


def facts(model, **changes):
    return {one.label: one for one in house.facts(model, replace(model.health, **changes))}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_house_is_told_at_any_width_and_enter_tells_more(client, make_app, settled, text, monkeypatch, size):
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(client)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("8")
        await settled(
            pilot, lambda: "▲ degraded  backup 02:22  store 412 MiB  disk for more than 10 years" in text(app)
        )
        app.screen.table.select(("house", 6))
        await settled(pilot, lambda: "log level      info" in text(app) and "last backup    made 02:22" in text(app))
        for number, said in enumerate(("81204", "", "▲ events: 1 page is damaged", "", "400 days", "a court asked")):
            if said:
                app.screen.table.select(("house", number))
                await pilot.press("enter")
                await settled(pilot, lambda said=said: said in text(app))
                assert not {"\x1b", "\x07"} & set(text(app))
                await pilot.press("escape")
        app.screen.table.select(("adapter", 3))
        await pilot.press("enter")
        await settled(pilot, lambda: "renew the app password" in text(app) and "12 faults in a row" in text(app))


async def test_what_a_reason_to_look_is_and_what_is_not_known_yet(client, make_app, settled):
    app = make_app(client)
    async with app.run_test() as pilot:
        await settled(pilot, lambda: app.model.health)
        model, known = app.model, app.model.health
        assert not any(one.bad for one in facts(model).values())
        assert facts(model)["last backup"].value == "made 02:22, verified 02:22, 41 MiB; 14 are kept"
        young = facts(model, store=replace(known.store, growth_a_day=None, disk_free=None))
        assert young["store"].value.endswith("its growth is known after a day")
        assert young["disk"].value == "on another host: not known"
        short = facts(model, store=replace(known.store, disk_free=2**28))["disk"]
        assert (short.value, short.bad) == ("256 MiB of 40 GiB free: enough for 83 days", True)
        failed = facts(model, backup=replace(known.backup, failed="no room", next_at=None))
        assert failed["last backup"].value.startswith("the last one failed: no room; made 02:22")
        assert (failed["last backup"].bad, failed["next backup"].value) == (True, "by hand only")
        assert facts(model, backup=replace(known.backup, last_at=None))["last backup"].value == "none was made yet"
        again = facts(model, retention=replace(known.retention, state="failed", holds=0))
        assert (again["retention"].bad, again["legal holds"].value) == (True, "none in force")
        assert facts(model, log=replace(known.log, level="debug"))["log level"].bad
        assert facts(model, store=None, backup=None, retention=None, log=None) == {}
