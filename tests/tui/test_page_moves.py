"""Pages in other hands: taken over, given away, put off; and pages that several people have to acknowledge."""

from __future__ import annotations

from incidentd_tui.rows import inbox, pages


async def at(pilot, settled, key):
    await settled(pilot, lambda: pilot.app.model.complete)
    await pilot.press(*["left_square_bracket"] * 3)
    await settled(pilot, lambda: key in pilot.app.screen.table.keys)
    pilot.app.screen.table.select(key)
    await pilot.pause()


def held_by_lin(fakes, client, **more):
    taken = {"state": "acknowledged", "acknowledged_by": "lin", "acknowledged_at": fakes.NOW, "acks": ("lin",)}
    client.pages_by_id[42] = fakes.replace(client.pages_by_id[42], **{**taken, **more})
    client.alerts_by_id[977] = fakes.replace(client.alerts_by_id[977], page_state="acknowledged", acknowledged_by="lin")


async def test_what_somebody_has_is_taken_over_and_given_back(fakes, client, make_app, settled, text):
    held_by_lin(fakes, client)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(pilot, settled, ("alert", 977))
        await pilot.press("a")
        await settled(pilot, lambda: "ack: lin has P-42; O takes it over" in text(app))
        await pilot.press("O")
        await settled(pilot, lambda: "P-42 is yours until it ends" in text(app))
        assert "lin had it, and is told" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: client.pages_by_id[42].acknowledged_by == "ada")
        await settled(pilot, lambda: "✓ ada" in text(app))
        await pilot.press("O")
        await settled(pilot, lambda: "take over: P-42 is yours already" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.pages_by_id[42].person == "lin")
        assert client.pages_by_id[42].state == "open"
        assert client.pages_by_id[41].mine
        client.put_page(fakes.replace(client.pages_by_id[41], person="lin", version=7), "page.reassigned")
        await settled(pilot, lambda: "▲ PAGE P-41" not in text(app))
        client.put_page(fakes.replace(client.pages_by_id[41], step=2, version=8), "page.escalated")
        await settled(pilot, lambda: "▲ PAGE P-41" in text(app))  # lin did not answer: the policy goes on


async def test_a_page_goes_to_whom_i_pick_and_u_makes_it_mine_again(fakes, client, make_app, settled, text):
    until = fakes.NOW + fakes.minutes(30)
    client.pages_by_id[40] = fakes.replace(client.pages_by_id[40], acknowledged_until=until)
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await at(pilot, settled, ("alert", 970))
        await pilot.press("H")
        await settled(pilot, lambda: "Give P-40 to" in text(app))
        assert "has it already" in text(app)
        assert "payments — from its first step" in text(app)
        await pilot.press(*"lin", "enter")
        await settled(pilot, lambda: "it begins again with lin" in text(app))
        assert "ada had it, and lets it go" in text(app)
        refused = fakes.refusal(422, "lin is on project work", field="interruption", remedy="give a reason")
        client.fail_with = refused
        await pilot.press("enter")
        await settled(pilot, lambda: "interruption: lin is on project work — give a reason" in text(app))
        await pilot.press("right", "enter")  # the field that was refused has the focus
        await settled(pilot, lambda: client.pages_by_id[40].person == "lin")
        body = client.calls[-1][1][1]
        assert (body.interruption, client.pages_by_id[40].state) == ("knowledge", "open")
        await pilot.press("u")
        await settled(pilot, lambda: client.pages_by_id[40].acknowledged_by == "ada")
        assert client.pages_by_id[40].acknowledged_until == until


async def test_a_page_is_put_off_and_goes_on_at_once_when_that_is_undone(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await at(pilot, settled, ("alert", 972))
        assert "▲ PAGE P-41" in text(app)
        await pilot.press("Z")
        await settled(pilot, lambda: "nobody is written to until 14:52, for 30 min" in text(app))
        assert "then step 1 of platform is taken again" in text(app)
        app.screen.query_one("#ends").value = "9d"
        await pilot.press("enter")
        await settled(pilot, lambda: "until: a page is put off until a time ahead, at most 7 days" in text(app))
        app.screen.query_one("#ends").value = "1h"
        await pilot.press("enter")
        await settled(pilot, lambda: "snoozed until 15:22 by ada" in text(app))
        assert "zzz 15:22" in text(app)
        assert "▲ PAGE P-41" not in text(app)
        assert "waiting" not in inbox.views_of(app.model, ("alert", 972))
        await pilot.press("u")
        await settled(pilot, lambda: client.pages_by_id[41].snoozed_until == fakes.NOW + fakes.minutes(5 / 60))
        client.put_page(fakes.replace(client.pages_by_id[41], snoozed_until=None, version=9), "page.snooze_over")
        await settled(pilot, lambda: "▲ PAGE P-41" in text(app))


async def test_one_of_two_acknowledgements_stops_nothing_and_says_who_is_missing(
    fakes, client, make_app, settled, text
):
    several = {"acks_needed": 2, "notified": ("ada", "lin"), "ack_missing": ("ada", "lin")}
    client.pages_by_id[41] = fakes.replace(client.pages_by_id[41], **several)
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await at(pilot, settled, ("alert", 972))
        await settled(pilot, lambda: "☎ 0 of 2" in text(app))
        await pilot.press("a")
        await settled(pilot, lambda: "P-41 is acknowledged by 1 of 2, missing: lin: it goes on" in text(app))
        await settled(pilot, lambda: "1 of 2 acknowledged by ada, missing: lin" in text(app))
        assert "▲ PAGE P-41" not in text(app)
        await pilot.press("a")
        await settled(pilot, lambda: "ack: you have acknowledged P-41: 1 of 2, missing: lin" in text(app))


async def test_the_room_and_the_detail_have_the_same_keys(fakes, client, make_app, settled, text):
    held_by_lin(fakes, client)
    client.pages_by_id[40] = fakes.replace(client.pages_by_id[40], acks_needed=2, acks=("ada", "lin"))
    incident = client.incidents_by_id[311]
    client.incidents_by_id[311] = fakes.replace(incident, page_ids=(40, 42))
    app = make_app(client, incident_id=311)
    async with app.run_test(size=(140, 120)) as pilot:
        await settled(pilot, lambda: "acknowledged by ada, lin" in text(app))
        await pilot.press("Z")
        await settled(pilot, lambda: "snooze: go to a page of the panel first" in text(app))
        app.screen.panel.focus()
        app.screen.panel.select(("page", 42))
        await pilot.press("O", "enter")
        await settled(pilot, lambda: client.pages_by_id[42].acknowledged_by == "ada")
        await pilot.press("enter")
        await settled(pilot, lambda: "WHO HAS IT" in text(app))
        await pilot.press("Z", "enter")
        await settled(pilot, lambda: "snoozed until 14:52 by ada, then it goes on" in text(app))


def test_a_word_for_each_state_fits_its_column(fakes, client):
    from incidentd_tui.model import Model

    model = Model(fakes.FixedClock())
    page = fakes.make_page(1, "t", acks_needed=3, acks=("ada",), ack_missing=())
    told = {
        "☎ 1 of 3": page,
        "! 1 of 3": fakes.replace(page, state="exhausted"),
        "zzz 15:22": fakes.replace(page, snoozed_until=fakes.NOW + fakes.minutes(60)),
        "zzz 2d": fakes.replace(page, snoozed_until=fakes.NOW + fakes.minutes(2880)),
        "✓ lin": fakes.replace(page, state="acknowledged", acknowledged_by="lin"),
    }
    assert [pages.state(model, one)[0] for one in told.values()] == list(told)
    assert all(len(word) <= 9 for word in told)
    assert pages.signs(model, page, 80)[0][0][0] == "1 of 3 acknowledged by ada, nobody else was asked yet"
