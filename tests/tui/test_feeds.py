"""Feeds of calendars: an address is shown when it is asked for, copied, and made void."""

from __future__ import annotations


async def test_an_address_is_asked_for_copied_and_renewed(fakes, client, make_app, settled, text):
    app = make_app(client)
    base = "https://incidents.example.org/calendar"
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("3", "f")
        await settled(pilot, lambda: "ada (you)" in text(app) and "team      payments" in text(app))
        assert base not in text(app)
        assert not client.calls
        await pilot.press("enter")
        await settled(pilot, lambda: f"{base}/0.person.ada" in text(app))
        assert "treat it as a secret" in text(app)
        await pilot.press("j", "y")
        await settled(pilot, lambda: app.clipboard == f"{base}/0.team.payments")
        await pilot.press("R")
        await settled(pilot, lambda: "that was given before is void" in text(app))
        assert client.calls[-1] == ("calendar_feed", ("team", "payments"))
        await pilot.press("enter")
        await settled(pilot, lambda: f"{base}/1.team.payments" in text(app))
        assert app.acts.undoable is None
        client.feeds["person", "ada"] = 7  # somebody else made it void
        client.tell("calendar.revoked", "person:ada", actor="lin")
        await settled(pilot, lambda: app.screen.addresses["person:ada"] == f"{base}/7.person.ada")
        client.fail_with = fakes.refusal(422, "no address from outside", remedy="set public_url")
        await pilot.press("j", "enter")
        await settled(pilot, lambda: "no address from outside — set public_url" in text(app))
