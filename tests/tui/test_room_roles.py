"""Who does what in the room: joining, handing over with a note, paging for a role, and the checklist."""

from __future__ import annotations

import pytest

from incidentd import wire


@pytest.fixture
def in_room(client, make_app, settled, text):
    """Start in the room of INC-311, where ada leads the mitigation and nobody the communications."""

    def start(**options):
        app = make_app(client, incident_id=311, **options)

        async def ready(pilot):
            await settled(pilot, lambda: "rollback checkout" in text(app))

        return app, ready

    return start


def holders(client, role):
    return [one.person for one in client.incidents_by_id[311].roles if one.role == role]


async def choose(pilot, app, field, value):
    while app.screen.query_one(field).value != value:
        await pilot.press("right")


def called(client, name):
    return [args for one, args in client.calls if one == name]


async def test_an_empty_lead_is_taken_by_one_key_and_left_by_the_same(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 36)) as pilot:
        await ready(pilot)
        await pilot.press("J")
        await settled(pilot, lambda: "Join INC-311" in text(app))
        assert "take Comms" in text(app)
        assert "ada is Mitigation as well: a rule that this breaks will be shown" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: holders(client, "communications_lead") == ["ada"])
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("J")
        await settled(pilot, lambda: "respond" in text(app))
        await choose(pilot, app, "#as", "-communications_lead")
        await settled(pilot, lambda: "Comms: ada leaves; nobody holds it" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: holders(client, "communications_lead") == [])
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("u")
        await settled(pilot, lambda: holders(client, "communications_lead") == ["ada"])


async def test_one_of_several_responders_leaves_alone(fakes, client, in_room, settled, text):
    one = client.incidents_by_id[311]
    extra = tuple(
        wire.RoleHolder(id=90 + number, role="responder", person=name, starts_at=one.declared_at, ends_at=None)
        for number, name in enumerate(("lin", "mei"))
    )
    client.incidents_by_id[311] = fakes.replace(one, roles=(*one.roles, *extra))
    before = holders(client, "responder")
    app, ready = in_room()
    async with app.run_test(size=(100, 36)) as pilot:
        await ready(pilot)
        await pilot.press("R")
        await settled(pilot, lambda: app.screen.query("#person"))
        await choose(pilot, app, "#role", "responder")
        await pilot.press("tab")
        await choose(pilot, app, "#person", "-lin")
        await settled(pilot, lambda: "Responder: lin leaves" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: holders(client, "responder") == [who for who in before if who != "lin"])
        await pilot.press("u")
        await settled(pilot, lambda: sorted(holders(client, "responder")) == sorted(before))


async def test_a_lead_is_handed_over_with_the_note_of_the_room(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(100, 40)) as pilot:
        await ready(pilot)
        await pilot.press("greater_than_sign")
        await settled(pilot, lambda: "Hand Mitigation of INC-311 over" in text(app))
        assert "SEV1 active: Card payments fail" in text(app)
        assert "Mitigation: ada → " in text(app)
        await choose(pilot, app, "#person", "lin")
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: holders(client, "mitigation_lead") == ["lin"])
        body = called(client, "assign_role")[-1][1]
        assert (body.person, body.note.tried, body.note.promised) == ("lin", "rollback checkout", "an update at 18:20")


async def test_the_fallback_list_is_shown_and_paged_by_one_key(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(140, 60)) as pilot:
        await ready(pilot)
        assert "ask: mei, lin  P pages" in text(app)
        await pilot.press("P")
        await settled(pilot, lambda: "Comms: mei, then lin" in text(app))
        assert "to acknowledge is to be Comms of the incident" in text(app)
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: called(client, "page_role"))
        assert called(client, "page_role")[0][:2] == (311, "communications_lead")


async def test_an_item_is_ticked_off_and_the_same_key_takes_it_back(client, in_room, settled, text):
    app, ready = in_room()
    async with app.run_test(size=(140, 60)) as pilot:
        await ready(pilot)
        assert "✓ 1 of 3" in text(app)
        await pilot.press("c")
        assert app.screen.row_under_cursor() == ("check", 1)  # the first that is open, mine first
        await pilot.press("c")
        await settled(pilot, lambda: "✓ 2 of 3" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "✓ 1 of 3" in text(app))
        assert [args[1:] for args in called(client, "tick")] == [("other-lead", True), ("other-lead", False)]
