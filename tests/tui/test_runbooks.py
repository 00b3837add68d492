"""Problems of the daemon in the mode Health: their code, and the runbook by Enter."""

from incidentd.wire.health import OwnAlarm

TEXT = "notifier push is quarantined: HTTP 500"


def alarm(code):
    return OwnAlarm(
        code=code, title="A way is down", severity="critical", text=TEXT, runbook=f"incidentctl runbook {code}"
    )


async def test_a_problem_shows_its_code_and_enter_its_runbook(fakes, client, make_app, settled, text):
    both = (alarm("notifier-down"), alarm("not-yet-known"))
    client.health_now = fakes.replace(client.health_now, problems=(TEXT, TEXT), alarms=both)
    app = make_app(client)
    async with app.run_test(size=(140, 45)) as pilot:
        await settled(pilot)
        await pilot.press("8")
        await settled(pilot)
        app.screen.table.select(("problem", 0))
        await settled(pilot, lambda: "says what to do about it" in text(app))
        assert f"{TEXT} [notifier-down]" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: "What it means" in text(app))
        await pilot.press("escape")
        await settled(pilot)
        app.screen.table.select(("problem", 1))
        await pilot.press("enter")
        await settled(pilot, lambda: "has no runbook for it" in text(app))
