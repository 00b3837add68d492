"""The room of an incident in the chat: seen only where there is one, opened, copied and archived by a key."""

from __future__ import annotations


async def test_a_room_in_the_chat_is_opened_shown_and_archived(fakes, client, make_app, settled, text, lines):
    app = make_app(client, incident_id=311)
    async with app.run_test(size=(140, 130)) as pilot:
        await settled(pilot, lambda: "rollback checkout" in text(app))
        assert "CHAT" not in text(app)
        client.fail_with = fakes.refusal(422, "no chat is configured")
        await pilot.press("b")
        await settled(pilot, lambda: "no chat is configured" in text(app))
        await pilot.press("b")
        await settled(pilot, lambda: "inc-311-cards  opening" in text(app))
        assert "CHAT  slack" in text(app)
        hostile = "https://x\x1b[2J\u202e/archives"
        client._chat_becomes(311, "open", "incident.chat_opened", url=hostile, error="Slack: is_archived\x07")
        await settled(pilot, lambda: "inc-311-cards  open" in text(app) and "! Slack: is_archived" in text(app))
        assert "\x1b" not in text(app)
        assert "\u202e" not in text(app)
        await pilot.press("b")
        await settled(pilot, lambda: "Copy its address" in text(app))
        await pilot.press(*"archive", "enter")
        await settled(pilot, lambda: "inc-311-cards  archiving" in text(app))
        await pilot.press("b")
        await settled(pilot, lambda: "is archiving" in lines(app)[-2] or "is archiving" in text(app))
