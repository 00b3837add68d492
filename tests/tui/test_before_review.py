"""Before a review: when it may be held, in the list and in the room, and what people write for themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incidentd.wire import review_meeting as wire_meeting
from incidentd.wire import review_window as wire_review
from incidentd_tui.forms.own_notes import OwnNotesForm
from incidentd_tui.screens.room import RoomScreen

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cooling(fakes, client):
    """INC-311 cools down, a night longer than usual."""
    one = client.incidents_by_id[311]
    client.incidents_by_id[311] = replace(
        one, status="cooling", review_opens_at=fakes.NOW + 14 * HOUR, review_due_at=fakes.NOW + 5 * DAY,
        review_standing="waiting", next_update_at=None, violations=(),
    )  # fmt: skip
    night = wire_review.Night(person="ada", at=fakes.NOW, zone="UTC", text="ada was paged at 03:12 their time")
    client.facts[311] = {
        **client.facts.get(311, {}),
        "window": wire_review.ReviewWindow(
            incident_id=311, review_name="Incident Review", status="cooling", severity=one.severity,
            resolved_at=fakes.NOW, opens_at=fakes.NOW + 14 * HOUR, due_at=fakes.NOW + 5 * DAY, standing="waiting",
            floor=86400.0, business_days=5, team="shop", zone="UTC", holidays="", nights=(night,), owner="lin",
        ),
    }  # fmt: skip
    return client


async def test_the_list_and_the_room_say_when_it_may_be_held_and_why(cooling, fakes, make_app, settled, text):
    app = make_app(cooling, incident_id=311)
    async with app.run_test(size=(140, 120)) as pilot:
        await settled(pilot, lambda: "WINDOW" in text(app))
        shown = " ".join(text(app).split())
        assert "WINDOW Incident Review" in shown
        assert "people rest first" in shown
        assert "seen to by lin" in shown
        assert "+1 night: ada was paged at 03:12" in shown
        await pilot.press("escape")
        await settled(pilot, lambda: "in 14h" in text(app))
        assert "on, people rest first" in text(app)
        for standing, due, says in (
            ("open", 3 * DAY + HOUR, "3d left"), ("soon", 30 * HOUR, "1d left"), ("late", -50 * HOUR, "!2d late"),
        ):  # fmt: skip
            one = replace(
                cooling.incidents_by_id[311], review_standing=standing, review_due_at=fakes.NOW + due,
                status="review_ready",
            )  # fmt: skip
            cooling.incidents_by_id[311] = one
            cooling.tell("incident.status", "incident:311", to="review_ready")
            await settled(pilot, lambda says=says: says in text(app))


async def test_own_notes_are_kept_as_they_are_typed_and_never_over_what_was_written_elsewhere(
    cooling, fakes, make_app, settled, text
):
    app = make_app(cooling, incident_id=311)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, lambda: "WINDOW" in text(app) or isinstance(app.screen, RoomScreen))
        await settled(pilot, lambda: 311 in app.model.incidents)
        await pilot.press("N")
        await settled(pilot, lambda: isinstance(app.screen, OwnNotesForm))
        assert app.screen_stack[-2].writing == "", "that somebody writes for themselves is nobody's business"
        await pilot.press(*"tired")
        await settled(pilot, lambda: 311 in cooling.notes)
        assert cooling.notes[311].text == "tired"
        await pilot.press(*"!")
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert cooling.notes[311].text == "tired!"
        await pilot.press("N")
        await settled(pilot, lambda: isinstance(app.screen, OwnNotesForm))
        cooling.notes[311] = replace(cooling.notes[311], text="from the phone", version=9)
        await pilot.press(*" x", "escape")
        await settled(pilot, lambda: "you wrote something elsewhere" in " ".join(text(app).split()))
        assert cooling.notes[311].text == "from the phone"
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert cooling.notes[311].text == "tired! x"


async def test_a_second_person_opens_it_early_and_those_invited_say_whether_they_come(
    cooling, fakes, make_app, settled, text
):
    app = make_app(cooling, incident_id=311)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, lambda: 311 in app.model.incidents and isinstance(app.screen, RoomScreen))
        await pilot.press("W")
        await settled(pilot, lambda: "Ask to open it before people rested" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "a second person has to grant it" in text(app))
        await pilot.press(*"vendor leaves", "enter")
        await settled(pilot, lambda: any(name == "ask_opening" for name, _ in cooling.calls))
        await settled(pilot, lambda: isinstance(app.screen, RoomScreen))
        wish = wire_review.Opening(
            id=1, episode=1, asked_by="lin", asked_at=fakes.NOW, reason="the vendor leaves", floor_at=fakes.NOW,
            state="asked", answered_by="", answered_at=None, answer="", text="",
        )  # fmt: skip
        cooling.facts[311]["window"] = replace(
            cooling.facts[311]["window"], openings=(wish,), not_rested=("ada has had no whole night since",)
        )
        await pilot.press("W")
        await settled(pilot, lambda: "lin: the vendor leaves" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "has had no whole night since" in " ".join(text(app).split()))
        await pilot.press(*"short", "enter")
        await settled(pilot, lambda: any(name == "answer_opening" for name, _ in cooling.calls))
        [answer] = [args[-1] for name, args in cooling.calls if name == "answer_opening"]
        assert (answer.answer, answer.why) == ("granted", "short")
        await settled(pilot, lambda: isinstance(app.screen, RoomScreen))
        me = wire_meeting.Invited(person=app.model.me, part="took_part", zone="UTC")
        cooling.meetings[311] = wire_meeting.Meeting(
            incident_id=311, review_name="Incident Review", state="scheduled", starts_at=fakes.NOW + DAY,
            ends_at=fakes.NOW + DAY + HOUR, place="", by="lin", at=fakes.NOW, uid="u", sequence=0, invited=(me,),
            unsuited=(), facilitator_faults=(), before_floor=False, version=1,
        )  # fmt: skip
        await pilot.press("W")
        await settled(pilot, lambda: "I may come" in text(app))
        await pilot.press(*"may", "enter")
        await settled(pilot, lambda: any(name == "answer_meeting" for name, _ in cooling.calls))
        [said] = [args[-1] for name, args in cooling.calls if name == "answer_meeting"]
        assert said.answer == "maybe"
