"""One alert in full: its sections, what each key does there, and that it follows what happens."""

from __future__ import annotations

from incidentd_tui.rows import detail


async def opened(pilot, settled, number):
    await settled(pilot, lambda: number in pilot.app.model.alerts)
    from incidentd_tui.screens.detail import DetailScreen

    await pilot.app.push_screen(DetailScreen("alert", number))
    await settled(pilot, lambda: len(pilot.app.screen.table.keys) > 5)


async def test_everything_known_stands_in_sections(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 70)) as pilot:
        await opened(pilot, settled, 972)
        shown = text(app)
        for word in ("WHY", "WHO HAS IT", "STEPS  5", "MESSAGES  2", "EPISODES  2", "LABELS  6", "LINKS", "TIMES"):
            assert word in shown
        assert "[error] QueueDepthHigh on webhooks" in shown
        assert "cluster=eu-1 team=webhooks" in shown
        assert "because step 1 of policy platform" in shown
        assert "its source said so" in shown
        assert "still fires" in shown


async def test_what_hides_it_is_said_whatever_it_is(fakes, client, make_app, settled, text):
    reason = client.alerts_by_id[983].hidden_by[0]
    more = fakes.replace(reason, kind="maintenance", name="M-4", text="maintenance M-4 of search", until=None)
    client.alerts_by_id[983] = fakes.replace(client.alerts_by_id[983], hidden_by=(reason, more))
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, settled, 983)
        assert "HIDDEN BY  2" in text(app)
        assert "◌ silence  S-5ace0001 until 15:02" in text(app)
        assert "maintenance M-4 of search" in text(app)


async def test_tab_goes_from_section_to_section_and_t_to_the_trace(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, settled, 972)
        starts = sorted(app.screen._starts.values())
        await pilot.press("tab")
        assert app.screen.table.cursor_index == starts[1]
        await pilot.press("shift+tab")
        assert app.screen.table.cursor_index == 0
        await pilot.press("t")
        assert app.screen.table.cursor_index == app.screen._starts["steps"]


async def test_acknowledging_linking_and_the_runbook_from_here(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, settled, 972)
        await pilot.press("a")
        await settled(pilot, lambda: client.pages_by_id[41].state == "acknowledged")
        await settled(pilot, lambda: "✓ ada" in text(app))
        await pilot.press("a")
        await settled(pilot, lambda: "P-41 is acknowledged already" in text(app))
        await pilot.press("l", *"okta", "enter")
        await settled(pilot, lambda: client.alerts_by_id[972].incident_ids == (309,))
        await pilot.press("r")
        await settled(pilot, lambda: app.clipboard.startswith("http"))
        await pilot.press("S")
        await settled(pilot, lambda: "Silence from 1 alert" in text(app))


async def test_copying_takes_the_labels_along(client, make_app, settled):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, settled, 972)
        await pilot.press("y")
        assert app.clipboard.startswith("A-972 QueueDepthHigh: webhooks-egress 48k > 20k\nsince 2026-03-12")
        assert 'team="webhooks"' in app.clipboard


async def test_an_alert_that_is_gone_says_so(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        from incidentd_tui.screens.detail import DetailScreen

        await app.push_screen(DetailScreen("alert", 5))
        await settled(pilot, lambda: "there is no alert 5" in text(app))
        await pilot.press("S")
        await settled(pilot, lambda: "no alert is shown here" in text(app))


def test_links_are_addresses_only_and_the_runbook_comes_first(fakes):
    alert = fakes.make_alert(
        1,
        "A",
        generator_url="javascript:alert(1)",
        annotations={
            "dashboard": "https://d.example/x",
            "runbook_url": "https://r.example/y",
            "bad": "https://d.example/ x",
            "description": "see https://t.example/z or http://d.example",
        },
    )
    assert detail.links(alert) == [
        ("runbook_url", "https://r.example/y"),
        ("dashboard", "https://d.example/x"),
        ("text", "https://t.example/z"),
        ("text", "http://d.example"),
    ]
