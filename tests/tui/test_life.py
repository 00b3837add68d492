"""The life of an incident in the room: times corrected, a part split off, what resembles it, what is measured."""

from __future__ import annotations

import pytest

from incidentd.domain.severity import Severity
from incidentd.wire.life import Related
from incidentd.wire.measures import Contradiction, EpisodeMeasures, Measures


@pytest.fixture
def measured(fakes, client):
    """INC-311 with an episode, a contradiction, and an incident that may have come back in it."""
    began = client.incidents_by_id[311].started_at
    episode = EpisodeMeasures(
        number=1, started_at=began, detected_at=began, detected_by="said", acknowledged_at=None, acknowledged_by="",
        mitigated_at=None, resolved_at=None, ended_at=None, to_detect=53 * 60.0, to_acknowledge=120.0, to_mitigate=None,
        to_resolve=None,
    )  # fmt: skip
    client.measured[311] = Measures(
        incident_id=311, as_of=fakes.NOW, episodes=(episode,), noticed_first="alert", noticed_by="A-4812", promises=(),
        promises_kept=2, promises_missed=1, role_gap_minutes={}, severity_revisions=(), worst_severity=Severity.SEV1,
        corrections=1, contradictions=(
            Contradiction(rule="detection-late", episode=1, text="detection is said to be 53 min after the start, "
                          "but A-4812 fired 41 min after the start"),
        ),
    )  # fmt: skip
    old = Related(
        incident_id=309, title="Card payments fail", status="closed", severity=Severity.SEV2, kind="recurrence",
        why="A-4812 was part of it", by="", at=None,
    )  # fmt: skip
    client.facts[311] = {**client.facts.get(311, {}), "related": (old,)}
    return client


@pytest.fixture
def in_room(measured, make_app, settled, text):
    """The room of INC-311, in a wide window."""
    app = make_app(measured, incident_id=311)

    async def ready(pilot):
        await settled(pilot, lambda: "rollback checkout" in text(app))

    return app, ready


def bodies(client, name):
    return [args[-1] for called, args in client.calls if called == name]


def go_to(app, section, number):
    app.screen.panel.focus()
    app.screen.panel.select((section, number))


async def test_the_panel_measures_and_offers_what_may_have_come_back(in_room, measured, settled, text):
    app, ready = in_room
    async with app.run_test(size=(140, 120)) as pilot:
        await ready(pilot)
        shown = text(app)
        for said in (
            "MEASURES  noticed first by A-4812", "detected 53 min, taken on 2 min", "updates: 2 in time, 1 missed",
            "▲ detection is said to be 53 min", "OTHER INCIDENTS  1 offered: =", "? may have come back INC-309",
            "A-4812 was part of it",
        ):  # fmt: skip
            assert said in shown, said
        await pilot.press("equals_sign")
        await settled(pilot, lambda: "INC-311 resembles another" in text(app))
        assert "INC-309" in app.screen.values["other"]
        await pilot.press("enter")
        await settled(pilot, lambda: "What is alike: please fill this in" in text(app))
        await pilot.press(*"declined cards", "enter")
        await settled(pilot, lambda: "≈ resembles INC-309" in text(app))
        [body] = bodies(measured, "resemble")
        assert (body.incident_id, body.why) == (309, "declined cards")
        await pilot.press("u")
        await settled(pilot, lambda: "OTHER INCIDENTS" not in text(app))
        assert bodies(measured, "resemble_no_more") == [309]


async def test_a_time_is_corrected_with_what_had_been_said(in_room, measured, fakes, settled, text):
    app, ready = in_room
    async with app.run_test(size=(140, 50)) as pilot:
        await ready(pilot)
        go_to(app, "rule", 0)
        await pilot.press("C")
        await settled(pilot, lambda: "Correct a time of INC-311" in text(app))
        assert "so far: " in text(app)
        await pilot.press(*"x", "tab", *"graph", "enter")
        await settled(pilot, lambda: "Right time: write 12m or 2h" in text(app))
        app.screen.query_one("#at").value = "25m"
        await pilot.press("enter")
        await settled(pilot, lambda: bodies(measured, "correct_time"))
        [body] = bodies(measured, "correct_time")
        assert (body.what, body.at, body.why) == ("started_at", fakes.NOW - fakes.minutes(25), "graph")


async def test_a_part_is_split_off_and_merged_back(in_room, measured, settled, text):
    app, ready = in_room
    async with app.run_test(size=(140, 50)) as pilot:
        await ready(pilot)
        go_to(app, "alert", measured.incidents_by_id[311].alert_ids[0])
        await pilot.press("X")
        await settled(pilot, lambda: "Split INC-311" in text(app))
        first = measured.incidents_by_id[311].alert_ids[0]
        assert app.screen.values["part"] == f"A-{first}"
        await pilot.press(*"Slow", "tab", *" R-2 #9 x", "enter")
        await settled(pilot, lambda: "x is not like A-12, R-3 or #812" in text(app))
        await pilot.press("backspace", "backspace", "enter")
        await settled(pilot, lambda: bodies(measured, "split"))
        [body] = bodies(measured, "split")
        assert (body.title, body.alert_ids, body.report_ids, body.entries) == ("Slow", (first,), (2,), (9,))
        await settled(pilot, lambda: "was split off" in text(app))
        await pilot.press("u")
        await settled(pilot, lambda: any(name == "change_status" for name, _ in measured.calls))
        [merge] = bodies(measured, "change_status")
        assert (merge.to, merge.merged_into) == ("merged", 311)
        go_to(app, "other", 0)
        await pilot.press("enter")
        await settled(pilot, lambda: getattr(app.screen, "incident_id", 0) == 309)
