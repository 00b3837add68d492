"""Groups in the Inbox: folded into a row, unfolded by a key, and never moved by what happens meanwhile."""

from __future__ import annotations

GROUP = ("group", 9)
MEMBERS = [("alert", number) for number in range(985, 990)]


def keys(app):
    return list(app.screen.table.keys)


async def at(pilot, settled, key):
    await settled(pilot, lambda: pilot.app.model.loaded and key in pilot.app.screen.table.keys)
    pilot.app.screen.table.select(key)
    await pilot.pause()


async def test_the_alerts_of_a_group_are_one_row_until_it_is_unfolded(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        assert not set(keys(app)) & set(MEMBERS)
        assert "▸ 5 PodCrashLooping · namespace=media" in text(app)
        await pilot.press("enter")
        place = keys(app).index(GROUP)
        assert keys(app)[place + 1 : place + 6] == MEMBERS
        assert app.screen.table.cursor == GROUP
        await pilot.press("j", "left")
        assert not set(keys(app)) & set(MEMBERS)
        assert app.screen.table.cursor == GROUP
        await pilot.press("right")
        assert set(MEMBERS) <= set(keys(app))


async def test_z_turns_every_group_and_the_cursor_stays_with_its_group(client, make_app, settled):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        await pilot.press("z", "j", "j")
        assert app.screen.table.cursor == MEMBERS[1]
        await pilot.press("z")
        assert app.screen.table.cursor == GROUP
        assert not set(keys(app)) & set(MEMBERS)


async def test_an_alert_that_joins_a_folded_group_moves_nothing(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        before = keys(app)
        client.put_alert(fakes.make_alert(990, "PodCrashLooping", "critical", 0.1, group_id=9))
        await settled(pilot, lambda: "▸ 6 PodCrashLooping" in text(app))
        assert keys(app) == before
        assert app.screen.table.cursor == GROUP
        assert " CRIT G-9" in text(app)
        await pilot.press("full_stop")
        assert keys(app)[0] == GROUP


async def test_a_group_that_came_meanwhile_is_asked_for_and_named(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        client.groups_by_id[12] = fakes.replace(client.groups_by_id[9], id=12, labels={"zone": "eu-7"})
        for number in (995, 996):
            client.put_alert(fakes.make_alert(number, f"Net{number}", "warning", 0.1, group_id=12))
        await settled(pilot, lambda: 12 in app.model.groups and {995, 996} <= app.model.alerts.keys())
        await pilot.press("full_stop")
        await settled(pilot, lambda: "▸ 2 Net995, Net996 · zone=eu-7" in text(app))


async def test_a_mark_on_a_folded_group_is_about_its_alerts(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        await pilot.press("space")
        assert app.screen.table.marks == set(MEMBERS)
        assert "5 alerts marked" in text(app)
        app.screen.table.select(GROUP)
        await pilot.press("enter", "j", "space", "left")
        assert app.screen.table.marks == set(MEMBERS[1:])  # folded away, and still marked
        assert "± WARN G-9" in text(app)
        await pilot.press("i")
        await settled(pilot, lambda: "New incident from 4 alerts" in text(app))


async def test_ctrl_a_marks_what_the_filter_holds_folded_or_not(client, make_app, settled):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        await pilot.press("slash", *"service=media", "enter", "ctrl+a")
        assert app.screen.table.marks == {*MEMBERS, ("alert", 980), ("alert", 981)}
        await pilot.press("ctrl+a")
        assert app.screen.table.marks == set()


async def test_why_of_a_group_is_that_of_its_page_or_of_its_worst_alert(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, GROUP)
        await pilot.press("t")
        await settled(pilot, lambda: "A-985" in text(app) and "WHY" in text(app))


async def test_ten_thousand_alerts_in_twenty_groups_stay_fluid(fakes, client, make_app, settled):
    client.alerts_by_id = {
        n: fakes.make_alert(n, f"Alert{n % 50}", "warning", n / 60, group_id=n % 20) for n in range(1, 10_001)
    }
    client.groups_by_id = {n: fakes.replace(client.groups_by_id[9], id=n) for n in range(20)}
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, lambda: len(app.model.alerts) == 10_000 and app.model.complete, 30)
        await settled(pilot, lambda: sum(key[0] == "group" for key in keys(app)) == 20, 30)
        await pilot.press("z", "G")
        await settled(pilot, lambda: len(keys(app)) > 10_000, 30)
        assert app.screen.table.cursor_index == len(keys(app)) - 1
        client.put_alert(fakes.make_alert(10_001, "Late", "critical", 0.1, group_id=3))
        await settled(pilot, lambda: 10_001 in app.model.alerts)
        assert app.screen.table.cursor_index == len(keys(app)) - 1
