"""The questionnaire of the severity matrix: a digit an answer, what comes of it, recording, overriding, undoing."""

from __future__ import annotations

import pytest

from incidentd.client import Unreachable


@pytest.fixture
def asked(client, make_app, settled, text):
    """Start in the room of INC-311 with the questionnaire open."""

    async def start(pilot, *keys):
        app = pilot.app
        await settled(pilot, lambda: "rollback checkout" in text(app))
        await pilot.press("S", *keys)
        await settled(pilot, lambda: "record SEV" in text(app))

    return start


async def unreachable():
    raise Unreachable("gone")


def sent(client):
    return [body for name, (_, body) in client.calls if name == "classify_incident"]


async def test_a_few_digits_classify_and_what_is_still_open_is_seen_all_the_time(
    client, make_app, asked, settled, text
):
    app = make_app(client, incident_id=311)
    async with app.run_test(size=(140, 40)) as pilot:
        await asked(pilot, "1", "3", "1")  # typed before the matrix was there
        await settled(pilot, lambda: "Is there another way for them?" in text(app))
        assert "✓ harm           nothing points to it" in text(app)
        assert "anything from SEV2 to SEV4 is possible" in text(app)
        await pilot.press("3")
        await settled(pilot, lambda: "Is the availability promised" in text(app))
        assert "– redundancy     makes no difference" in text(app)
        assert "SEV2  the availability promised in an agreement is broken" in text(app)
        assert "sla would change it: no SEV3" in text(app)
        await pilot.press("1")
        await settled(pilot, lambda: "recording it: SEV1 → SEV3" in text(app))
        await pilot.press("k", "k", "k", "question_mark")  # not so sure how many
        await settled(pilot, lambda: "users would change it: few SEV3, most SEV1" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: sent(client))
        answers = {"harm": "no", "function": "unusable", "users": "unknown", "workaround": "none", "sla": "no"}
        assert sent(client)[0].answers == answers
        assert {type(told) for told in sent(client)[0].answers.values()} == {str}
        await settled(pilot, lambda: "SEV2 by the matrix" in text(app))
        assert "users would change it: few SEV3," in text(app)
        await pilot.press("u")
        await settled(pilot, lambda: client.incidents_by_id[311].severity == "SEV1")
        assert set(sent(client)[-1].answers.values()) == {"unknown"}


async def test_an_override_goes_with_the_answers_and_is_never_held_up(client, make_app, asked, settled, text):
    app = make_app(client, incident_id=311)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        await pilot.press("enter")
        await settled(pilot, lambda: "nothing is answered yet" in text(app))
        await pilot.press("3", "o")
        await settled(pilot, lambda: "by hand" in text(app))
        await pilot.press("2")
        await settled(pilot, lambda: "without a reason a broken rule will be shown" in text(app))
        assert "the matrix says SEV1: an override" in text(app)
        await pilot.press("tab", *"a test account", "enter")
        await settled(pilot, lambda: sent(client))
        (body,) = sent(client)
        assert (body.answers, body.severity, body.reason) == ({"harm": "confirmed"}, "SEV2", "a test account")
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("tab")
        await settled(pilot, lambda: "by hand: a test account" in text(app))
        await pilot.press("S")  # what is on record stands there again
        await settled(pilot, lambda: "✓ 3 confirmed" in text(app))
        await pilot.press("escape")
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        assert len(sent(client)) == 1


async def test_without_the_matrix_a_severity_can_be_set_by_hand_and_a_refusal_keeps_the_answers(
    fakes, client, make_app, asked, settled, text
):
    app = make_app(client, incident_id=311)
    async with app.run_test(size=(100, 40)) as pilot:
        await asked(pilot, "3")
        client.incidents_by_id[311] = fakes.replace(client.incidents_by_id[311], version=99)
        await pilot.press("enter")
        await settled(pilot, lambda: "Sending again" in text(app))
        assert "✓ 3 confirmed" in text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: len(app.screen_stack) == 2)
        client.severity_matrix = unreachable
        await pilot.press("S")
        await settled(pilot, lambda: "the daemon does not answer" in text(app))
        await pilot.press("o")
        await settled(pilot, lambda: "Severity of INC-311 by hand" in text(app))


async def test_declaring_by_questions_asks_in_the_room_of_the_new_incident(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await settled(pilot, lambda: "New incident" in text(app))
        await pilot.press(*"Mail is lost", "tab", "6")
        await settled(pilot, lambda: " until the questions of the matrix are answered" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "Is data lost or exposed" in text(app))
        number = max(client.incidents_by_id)
        assert client.incidents_by_id[number].severity == "SEV2"  # it is declared already
        await pilot.press("3", "enter")
        await settled(pilot, lambda: client.incidents_by_id[number].severity == "SEV1")
        assert f"INC-{number}" in text(app)
