"""Views that are saved: picked, saved, begun with, deleted and brought back."""

from __future__ import annotations

from incidentd.client import Unreachable


async def ready(pilot, settled, *keys):
    await settled(pilot)
    await pilot.press(*keys)
    await pilot.pause()


def shown(app):
    return {number for _, number in app.screen.table.keys}


async def test_v_picks_a_view_and_it_is_begun_with_the_next_time(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 30)) as pilot:
        await ready(pilot, settled, "v", *"databases", "enter")
        assert shown(app) == {977, 982, 984}
        assert "▌databases" in text(app)
        await settled(pilot, lambda: client.opens == ("view:1", False))
    again = make_app(client)
    async with again.run_test(size=(140, 30)) as pilot:
        await settled(pilot, lambda: shown(again) == {977, 982, 984})
        assert again.screen.filter.text == "service=postgres"


async def test_a_chosen_beginning_is_not_moved_by_looking_elsewhere(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 30)) as pilot:
        await ready(pilot, settled, "right_square_bracket", "ctrl+o")
        await settled(pilot, lambda: client.opens == ("mine", True))
        await pilot.press("right_square_bracket")
        await pilot.pause(0.1)
        assert client.opens == ("mine", True)
        await pilot.press("u")
        await settled(pilot, lambda: client.opens[1] is False)


async def test_a_filter_is_saved_under_a_name_for_everybody(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot, settled, "slash", *"service=media", "enter", "ctrl+s")
        await settled(pilot, lambda: "Save this view" in text(app))
        await pilot.press(*"pictures", "tab", "tab", "tab", "right", "ctrl+s")
        await settled(pilot, lambda: any(one.name == "pictures" for one in client.kept_views))
        saved = client.kept_views[-1]
        assert (saved.base, saved.query, saved.shared) == ("waiting", "service=media", True)
        await settled(pilot, lambda: app.screen.heading == "Inbox" and app.screen.saved_here() is not None)


async def test_a_filter_that_cannot_be_read_is_refused_in_the_form(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot, settled, "ctrl+s", *"bad")
        client.fail_with = fakes.refusal(400, "no pattern", field="query")
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "query: no pattern" in text(app))


async def test_ones_own_view_is_deleted_at_once_a_shared_one_asks_and_both_come_back(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 30)) as pilot:
        await ready(pilot, settled, "v", *"payments", "enter", "ctrl+x")
        await settled(pilot, lambda: [one.name for one in client.kept_views] == ["databases"])
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")
        await settled(pilot, lambda: {one.name for one in client.kept_views} == {"databases", "payments"})
        await pilot.press("v", *"databases", "enter", "ctrl+x")
        await settled(pilot, lambda: "Delete the shared view databases" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: [one.name for one in client.kept_views] == ["payments"])


async def test_a_view_that_another_one_saved_appears(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 30)) as pilot:
        await settled(pilot, lambda: "databases" in text(app))
        client.kept_views[0] = type(client.kept_views[0])(
            **{name: getattr(client.kept_views[0], name) for name in client.kept_views[0].__struct_fields__}
            | {"name": "renamed"}
        )
        client.tell("view.saved", "view:1", actor="lin")
        await settled(pilot, lambda: "renamed" in text(app))


async def test_what_cannot_be_remembered_is_no_trouble(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        client.fail_with = Unreachable("gone")
        await pilot.press("right_square_bracket")
        await pilot.pause(0.1)
        assert app.screen.view == "mine"
        assert "not done" not in text(app)
