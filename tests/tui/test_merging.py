"""Two people edit at once: what both changed is shown side by side, and nothing that was typed is lost."""

from __future__ import annotations

import msgspec
import pytest

from incidentd import wire

SUMMARY = "Cards fail at checkout since 14:05"


@pytest.fixture
def in_room(fakes, client, make_app, settled, text):
    """Start in the room of INC-311, which has a summary."""
    client.incidents_by_id[311] = fakes.replace(client.incidents_by_id[311], summary=SUMMARY)

    def start(**options):
        app = make_app(client, incident_id=311, **options)

        async def ready(pilot):
            await settled(pilot, lambda: "rollback checkout" in text(app))

        return app, ready

    return start


def somebody_edits(fakes, client, **changes):
    """lin saves before this terminal hears of it."""
    one = client.incidents_by_id[311]
    client.incidents_by_id[311] = fakes.replace(one, version=one.version + 1, **changes)


async def test_changes_of_different_fields_need_no_question(fakes, client, in_room, settled):
    app, ready = in_room()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("E", *" now")
        somebody_edits(fakes, client, summary="All payments fail")
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.incidents_by_id[311].title.endswith("checkout now"))
        assert client.incidents_by_id[311].summary == "All payments fail"
        assert len(app.screen_stack) == 2


async def test_what_both_changed_is_compared_and_saved_as_chosen(fakes, client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 45)) as pilot:
        await ready(pilot)
        await pilot.press("E")
        await settled(pilot, lambda: app.screen.query("#summary"))
        app.screen.query_one("#summary").text = "Cards fail at checkout in Europe since 14:05"
        somebody_edits(fakes, client, summary="Payments fail at checkout since 14:05")
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "changed INC-311 too" in text(app))
        assert "[-Cards-] {+Payments+} fail at checkout" in text(app)
        assert "{+in Europe+}" in text(app)
        merged = "Payments fail at checkout in Europe since 14:05"
        assert app.screen.query_one("#summary").text == merged
        await pilot.press("right")  # mine
        assert app.screen.query_one("#summary").text == "Cards fail at checkout in Europe since 14:05"
        await pilot.press("escape")
        await settled(pilot, lambda: "Edit INC-311" in text(app))
        assert "in Europe" in app.screen.query_one("#summary").text
        assert client.incidents_by_id[311].summary == "Payments fail at checkout since 14:05"
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "changed INC-311 too" in text(app))
        somebody_edits(fakes, client, title="Payments fail")  # and again, elsewhere
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.incidents_by_id[311].summary == merged)
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        assert client.incidents_by_id[311].title == "Payments fail"
        assert "edit:311" not in client.drafts
        await pilot.press("u")
        await settled(pilot, lambda: client.incidents_by_id[311].summary == "Payments fail at checkout since 14:05")


async def test_what_was_typed_outlives_the_terminal_and_meets_what_happened_since(
    fakes, client, in_room, settled, text
):
    app, ready = in_room()
    async with app.run_test(size=(100, 45)) as pilot:
        await ready(pilot)
        await pilot.press("E")
        await settled(pilot, lambda: app.screen.query("#summary"))
        app.screen.query_one("#summary").text = "Cards fail in Europe"
        await settled(pilot, lambda: "edit:311" in client.drafts)
    somebody_edits(fakes, client, summary="Payments fail")
    app, ready = in_room()
    async with app.run_test(size=(100, 45)) as pilot:
        await ready(pilot)
        await pilot.press("E")
        await settled(pilot, lambda: app.screen.query("#summary"))
        await settled(pilot, lambda: app.screen.query_one("#summary").text == "Cards fail in Europe")
        await settled(pilot, lambda: "changed summary meanwhile" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "changed INC-311 too" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.incidents_by_id[311].summary == "Cards fail in Europe")


async def test_an_update_sent_meanwhile_is_read_first(fakes, client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 45)) as pilot:
        await ready(pilot)
        await pilot.press("U", *"we roll back")
        await settled(pilot, lambda: "the reporters" in text(app) or "internal" in text(app))
        newest = client.updates[311][-1]
        client.updates[311].append(msgspec.structs.replace(newest, id=newest.id + 1, by="lin", text="A fix is out"))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "lin sent an update to" in text(app))
        assert "A fix is out" in text(app)
        assert len(client.updates[311]) == 2
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: len(client.updates[311]) == 3)
        assert isinstance(client.updates[311][-1], wire.Update)
        assert client.updates[311][-1].text == "we roll back"
        await settled(pilot, lambda: len(app.screen_stack) == 2)
