"""Overrides, swaps and absences by a few keys: the final schedule before it is saved, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from incidentd.domain.duty_changes import SwapState


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def in_calendar(client, make_app, settled, text):
    """Go to the week of the calendar, on the schedule of payments."""

    async def go(pilot):
        await settled(pilot)
        await pilot.press("3", "right_square_bracket")
        await settled(pilot, lambda: "TEAM payments" in text(pilot.app))

    return go


async def test_an_override_is_shown_before_it_is_set_and_taken_back(client, make_app, settled, text, in_calendar):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await in_calendar(pilot)
        await pilot.press("l", "O")  # all of Friday the 13th, when the pager goes from ada to lin
        await settled(
            pilot, lambda: "Fri 13 Mar 09:00 – Sat 14 Mar 00:00" not in text(app) and "looking" not in text(app)
        )
        assert app.screen.values["person"] == "lin"  # it is ada's turn, and she is the viewer
        app.screen.query_one("#starts").value = "2026-03-13 09:00"
        await pilot.press("m")
        await settled(pilot, lambda: "Fri 13 Mar 09:00 – Sat 14 Mar 00:00  mei instead of lin" in text(app))
        assert not client.calls
        app.screen.query_one("#ends").value = "soon"
        await settled(pilot, lambda: "For, or until: write 45m" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "! For, or until" in text(app))
        app.screen.query_one("#ends").value = "6h"  # from the start on
        await pilot.press("enter")
        await settled(pilot, lambda: len(client.duty.overrides) == 2)
        made = client.duty.overrides[-1]
        assert (made.person, made.starts_at, made.ends_at) == ("mei", at(13, 9), at(13, 15))
        await settled(pilot, lambda: "lin›mei" in text(app) or "mei›…" in text(app) or "you›mei" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: client.duty.overrides[-1].cancelled)


async def test_what_the_daemon_refuses_is_said_before_sending(client, make_app, settled, text, in_calendar):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await in_calendar(pilot)
        client.duty = type(client.duty)(absences=tuple(
            type(one)(id=9, person="lin", starts_at=at(12, 0), ends_at=at(20, 0), at=at(1, 0))
            for one in client.duty.absences
        ))  # fmt: skip
        await pilot.press("O")
        await settled(pilot, lambda: "lin is absent from 2026-03-12" in text(app))
        assert app.screen.plan.title == "Override of payments"
        await pilot.press("enter")
        await settled(pilot, lambda: "! person: lin is absent" in text(app))


async def test_an_absence_of_ones_own_shows_the_gap_that_it_makes(client, make_app, settled, text, in_calendar):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await in_calendar(pilot)
        await pilot.press("A")
        await settled(pilot, lambda: "▲ nobody instead of ada" in text(app))
        assert app.screen.values["starts"] == "now"
        app.screen.query_one("#stand_in").focus()
        await pilot.press("l")
        await settled(pilot, lambda: "lin instead of ada" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: len(client.duty.absences) == 2)
        assert client.duty.absences[-1].stand_in == "lin"
        await pilot.press("u")
        await settled(pilot, lambda: client.duty.absences[-1].cancelled)


async def test_a_swap_gives_a_shift_for_one_as_long(client, make_app, settled, text, in_calendar):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await in_calendar(pilot)
        await pilot.press("W")
        await settled(pilot, lambda: "Swap in payments" in text(app) and "lin instead of ada" in text(app))
        assert "Fri 20 Mar 09:00 – Fri 27 Mar 09:00  lin instead of ada" in text(app)
        assert "Fri 27 Mar 09:00 – Fri 03 Apr 09:00  you instead of lin" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: len(client.duty.swaps) == 2)
        made = client.duty.swaps[-1]
        assert (made.other, made.starts_at, made.other_starts_at) == ("lin", at(20, 9), at(27, 9))
        await pilot.press("u")
        await settled(pilot, lambda: client.duty.swaps[-1].state is SwapState.CANCELLED)


async def test_a_swap_that_waits_is_accepted_undone_and_declined(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("3", "left_square_bracket")
        await settled(pilot, lambda: "it waits for you" in text(app))
        await pilot.press("Y")
        await settled(pilot, lambda: "no swap of this row" in text(app))
        await pilot.press("G", "Y")
        await settled(pilot, lambda: "ada carries payments Sun 15 Mar 09:00 – Mon 16 Mar 09:00" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.duty.swaps[0].state is SwapState.ACCEPTED)
        await settled(pilot, lambda: "⇄ swap 1 instead of lin" in text(app))  # a shift of one's own more
        await pilot.press("u")
        await settled(pilot, lambda: client.duty.swaps[0].state is SwapState.DECLINED)


async def test_the_change_of_a_day_is_taken_back_and_comes_again(client, make_app, settled, text, in_calendar):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await in_calendar(pilot)
        await pilot.press("X")
        await settled(pilot, lambda: "nothing of this row or day can be taken back" in text(app))
        await pilot.press("l", "l", "X")
        await settled(pilot, lambda: "Take back override 1" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: client.duty.overrides[0].cancelled and "a wedding" not in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: len(client.duty.overrides) == 2 and "override 2: mei instead" in text(app))
        assert client.duty.overrides[1].reason == "a wedding"


async def test_an_override_is_changed_in_place_and_back(client, make_app, settled, text, in_calendar):
    app = make_app(client)
    client.duty = type(client.duty)(overrides=tuple(
        type(one)(id=1, schedule=one.schedule, person=one.person, starts_at=one.starts_at, ends_at=one.ends_at,
                  at=one.at, by=one.by, reason="a\x1b[2J wedding")
        for one in client.duty.overrides
    ))  # fmt: skip
    before = client.duty.overrides[0]
    async with app.run_test(size=(100, 40)) as pilot:
        await in_calendar(pilot)
        await pilot.press("C")
        await settled(pilot, lambda: "change: no override of this row or day" in text(app))
        await pilot.press("l", "l", "C")
        await settled(pilot, lambda: "Change override 1" in text(app) and "no schedule becomes different" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "! nothing was changed" in text(app))
        app.screen.query_one("#ends").value = "2026-03-14 12:00"
        await settled(pilot, lambda: "Sat 14 Mar 12:00 – 21:00  lin instead of mei" in text(app))
        app.screen.query_one("#reason").value = "half a wedding"
        await pilot.press("enter")
        await settled(pilot, lambda: client.duty.overrides[0].ends_at == at(14, 12))
        name, (_, body) = client.calls[-1]
        assert (name, body.person, body.starts_at, body.reason) == ("edit_override", None, None, "half a wedding")
        await settled(pilot, lambda: app.acts.undoable is not None)
        await pilot.press("u")  # what it said before was kept as it was, not as the screen showed it
        await settled(pilot, lambda: client.duty.overrides[0].ends_at == before.ends_at)
        assert client.duty.overrides[0].reason == "a\x1b[2J wedding"


async def test_a_shift_of_a_schedule_in_full_is_given_away(client, make_app, settled, text, in_calendar):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await in_calendar(pilot)
        await pilot.press("enter")
        await settled(pilot, lambda: "↷ override 1 instead of lin" in text(app))
        await pilot.press("j", "j", "X")  # the row that the override decided
        await settled(pilot, lambda: "Take back override 1" in text(app))
        await pilot.press("escape", "j", "O")
        await settled(pilot, lambda: "Override of payments" in text(app))
        assert app.screen.values["starts"] == "2026-03-14 00:00"


async def test_who_may_only_look_is_told_so(client, make_app, settled, text, in_calendar):
    client.role = "viewer"
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await in_calendar(pilot)
        await pilot.press("O")
        await settled(pilot, lambda: "override: you may only look" in text(app))
