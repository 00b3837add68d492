"""On-call: now and next in one key, the calendar by day, week and month, a schedule in full."""

from __future__ import annotations

from datetime import date


async def test_one_key_says_who_is_on_who_is_next_and_when_i_am(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("3")
        await settled(pilot, lambda: "YOU" in text(app))
        shown = text(app)
        assert "● on call  payments  until Fri 09:00" in shown
        assert "○ next  comms  from Mon 09:00, in 3d, for 7 d" in shown
        assert "until Fri 09:00  then raj" in shown
        assert "▲ nobody" in shown


async def test_the_calendar_moves_by_day_week_and_month_and_asks_for_what_it_lacks(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "l")
        await settled(pilot, lambda: "in the calendar only" in text(app))  # there is none in this view
        await pilot.press("right_square_bracket")
        await settled(pilot, lambda: "TEAM payments" in text(app) and "payments  Thu 12 Mar 2026  ● today" in text(app))
        await pilot.press("l", "l")
        await settled(pilot, lambda: "override 1: mei instead of lin" in text(app))
        await pilot.press("w", "h")
        await settled(pilot, lambda: "payments  Fri 20 Mar 2026" in text(app) and "week 12" in text(app))
        before = client.requests
        await pilot.press("right_curly_bracket", "b")
        await settled(pilot, lambda: app.screen.day == date(2026, 4, 13) and "week 16" in text(app))
        assert client.requests == before  # it is loaded already
        for _ in range(6):
            await pilot.press("left_curly_bracket")
        await settled(pilot, lambda: "payments  Mon 13 Oct 2025" in text(app) and "▲ nobody" in text(app))
        await pilot.press("t")
        await settled(pilot, lambda: "● today" in text(app))


async def test_what_changes_elsewhere_appears_and_the_chosen_day_stays(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "right_square_bracket")
        await settled(pilot, lambda: "TEAM payments" in text(app))
        await pilot.press("l", "l")
        (wedding,) = client.duty.overrides
        client.duty = fakes.replace(client.duty, overrides=(fakes.replace(wedding, person="raj"),))
        client.tell("override.changed", "override:1", actor="lin")
        await settled(pilot, lambda: "override 1: raj instead of" in text(app))
        assert app.screen.day == date(2026, 3, 14)


async def test_the_filter_takes_teams_and_people(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "right_square_bracket", "slash", *"team=platform", "enter")
        await settled(pilot, lambda: "TEAM payments" not in text(app) and "TEAM platform" in text(app))
        await pilot.press("slash", *["backspace"] * 13, *"ada", "enter")
        await settled(pilot, lambda: app.screen.table.keys == [
            ("team", "payments"), ("plan", "payments"), ("team", ""), ("plan", "comms"),
        ])  # fmt: skip


async def test_a_schedule_opens_in_full_and_goes_on(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "right_square_bracket")
        await settled(pilot, lambda: "TEAM payments" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "↷ override 1 inst" in text(app))
        shown = text(app)
        assert "Sat 14 Mar 09:00 – 21:00" in shown
        assert "lin gives payments Sun 15 Mar 09:00 – Mon 16 Mar 09:00 to ada" in shown
        assert "(Founders' Day): Mon 16 Mar 23:00 – Tue 17 Mar 23:00" in shown
        await pilot.press("w")
        await settled(pilot, lambda: "8 weeks from Thu 09 Apr" in text(app))
        await pilot.press("escape")
        await settled(pilot, lambda: "TEAM payments" in text(app))


async def test_a_daemon_that_refuses_is_told_in_place_of_the_calendar(fakes, client, make_app, settled, text):
    app = make_app(client)

    async def broken(*_, **__):
        raise fakes.refusal(503, "the roster is being read")

    client.schedules = broken
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "right_square_bracket")
        await settled(pilot, lambda: "the roster is being read" in text(app))
