"""Reviews in the terminal: the list, the steps as they are lived through, and that nothing typed is lost."""

from __future__ import annotations

import msgspec
import pytest

from incidentd.domain.review_steps import ORDER
from incidentd_tui.rows import review as rows
from incidentd_tui.screens.review import ReviewScreen
from incidentd_tui.screens.reviews import ReviewsScreen
from incidentd_tui.verbs import GLOBAL, MODES

replace = msgspec.structs.replace


@pytest.fixture
def in_review(client, make_app, settled, text):
    """Start in the review of INC-298."""

    def start(**options):
        app = make_app(client, **options)

        async def ready(pilot):
            await settled(pilot)
            await app.open_review(298)
            await settled(pilot, lambda: "mei drives" in text(app) or "you) drives" in text(app))

        return app, ready

    return start


@pytest.fixture
def sent(client):
    """What was sent under a name, the newest last."""
    return lambda name: [args for kind, args in client.calls if kind == name]


def test_every_key_of_a_review_does_one_thing():
    for screen in (ReviewScreen, ReviewsScreen):
        keys = [key for verb in (*screen.VERBS, *GLOBAL, *MODES) for key in verb.keys.split(",")]
        assert sorted(keys) == sorted(set(keys))
        assert [verb.id for verb in screen.VERBS if not hasattr(screen, verb.handler)] == []


def test_every_step_is_shown_in_its_order():
    assert [one.name for one in rows.STEPS] == list(ORDER)


async def test_the_list_says_what_is_held_due_and_late_and_begins_one(fakes, client, make_app, settled, text):
    owed = {"status": "review_ready", "review_opens_at": fakes.NOW - fakes.minutes(60), "next_update_at": None}
    client.incidents_by_id[301] = fakes.make_incident(
        301, "Queue of exports", 9000, **owed, review_due_at=fakes.NOW + fakes.minutes(900)
    )
    client.incidents_by_id[302] = fakes.make_incident(
        302, "Mail was late", 9000, **owed, review_due_at=fakes.NOW - fakes.minutes(3000)
    )
    client.incidents_by_id[303] = fakes.make_incident(
        303, "Night of the disks", 600, status="cooling", review_opens_at=fakes.NOW + fakes.minutes(500),
        review_due_at=fakes.NOW + fakes.minutes(9000), next_update_at=None,
    )  # fmt: skip
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("5")
        await settled(pilot, lambda: "HELD NOW" in text(app))
        shown = text(app)
        order = ["LATE", "Mail was late", "HELD NOW", "503 at the", "MAY BE HELD", "Queue of exports", "COOLING DOWN",
                 "Night of the disks", "BEING WRITTEN", "PUBLISHED"]  # fmt: skip
        assert sorted(order, key=shown.index) == order
        assert "!2d late" in shown
        assert "1 may be held · ! 1 late" in shown
        app.screen.table.select(("review", 301))
        await pilot.press("enter")
        await settled(pilot, lambda: "Incident Review of INC-301" in text(app) or "review of INC-301" in text(app))
        assert "it can be paused, also for days" in text(app)
        await pilot.press("right", "enter")
        await settled(pilot, lambda: "We want to understand" in text(app))
        assert client.calls[-1][0] == "start_review"
        assert client.calls[-1][1][1].solo
        await pilot.press("escape", "2")
        await app.open_room(301)
        await settled(pilot, lambda: getattr(app.screen, "incident", None))
        await pilot.press("V")
        await settled(pilot, lambda: isinstance(app.screen, ReviewScreen) and "We want" in text(app))


async def test_the_walk_shows_what_was_walked_and_takes_ones_account(client, in_review, settled, text, sent):
    app, ready = in_review()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert "6 moments ahead, hidden" in text(app)
        assert "roll the balancers back" not in text(app)
        assert "decision point  drain eu-2" in text(app)
        assert "? nothing is known of the 13 minutes" in text(app)
        assert "2 of 4 done" in text(app)
        assert "3:42 left" in text(app)
        app.screen.items.select(("moment", 5))
        await pilot.press("enter", *"two pages", "enter", *"a false alarm", "enter", "enter")
        await settled(pilot, lambda: sent("write_account"))
        body = sent("write_account")[-1][1]
        assert (body.seq, body.saw, body.thought, body.tried) == (5, "two pages", "a false alarm", "")
        await settled(pilot, lambda: "a false alarm" in text(app) and app.screen.writing is None)
        assert not client.drafts
        cursor = app.screen.items.cursor
        client.walk_on()
        await settled(pilot, lambda: "Some logins fail" in text(app))
        assert app.screen.items.cursor == cursor
        await pilot.press("full_stop")
        assert app.screen.items.cursor == ("moment", 7)
        await pilot.press("n")
        assert "next moment: mei drives, and may hand it over" in text(app)
        people = client.review_views[298].participants
        client.change_review(participants=tuple(one for one in people if one.person != "mei"))
        await settled(pilot, lambda: "3 done" in text(app))
        await pilot.press("n")
        await settled(pilot, lambda: "mei drives; O takes over" in text(app))
        await pilot.press("O")
        await settled(pilot, lambda: "ada (you) drives" in text(app))
        await pilot.press("n")
        await settled(pilot, lambda: app.screen.items.cursor == ("moment", 8))
        await pilot.press("N")
        await settled(pilot, lambda: "4 moments ahead were not walked" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: app.screen.step_shown == "accounts")


async def test_what_people_know_is_added_to_the_timeline_that_they_walk(client, in_review, settled, text, sent):
    app, ready = in_review()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        app.screen.items.select(("moment", 5))
        await pilot.press("m")
        await settled(pilot, lambda: "What they could have done then" in text(app))
        await pilot.press("tab", *"page more?", "tab", *"a flat graph", "ctrl+s")
        await settled(pilot, lambda: sent("add_entry"))
        body = sent("add_entry")[-1][1]
        assert (body.seq, body.kind, body.text, body.cues) == (5, "decision", "page more?", "a flat graph")
        await settled(pilot, lambda: "decision point  page more?" in text(app))
        await pilot.press("I")
        await settled(pilot, lambda: "Insert a moment" in text(app))
        await pilot.press(*"2026-03-01 09:00", "tab", *"a new add-on", "ctrl+s")
        await settled(pilot, lambda: sent("add_entry")[-1][1].text == "a new add-on")
        assert sent("add_entry")[-1][1].at.isoformat() == "2026-03-01T09:00:00+00:00"
        client.change_review(step="factors")
        await settled(pilot, lambda: app.screen.step_shown == "factors")
        await pilot.press("m")
        await settled(pilot, lambda: "the timeline is at the step Walk" in text(app))


async def test_who_types_is_told_that_the_others_went_on_and_loses_nothing(client, in_review, settled, text, sent):
    app, ready = in_review()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("w", *"half a tho")
        client.change_review(step="accounts")
        await settled(pilot, lambda: "The others went on to Accounts" in text(app))
        await pilot.press(*"ught")
        await settled(pilot, lambda: client.drafts.get("review/INC-298/account/1/saw") == "half a thought")
        await pilot.press("escape")
        await settled(pilot, lambda: "went on to Accounts: enter goes there" in text(app))
        assert app.screen.step_shown == "walk"
        await pilot.press("enter")
        await settled(pilot, lambda: app.screen.step_shown == "accounts" and "went on" not in text(app))
        await pilot.press("left_square_bracket", "g", "w")
        await settled(pilot, lambda: "half a thought" in text(app))
        assert "You look at Walk; the others are at Accounts" in text(app)
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: sent("write_account"))
        assert sent("write_account")[-1][1].saw == "half a thought"
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen.step_shown == "accounts")


async def test_what_is_refused_after_the_box_was_closed_is_a_draft_again(fakes, client, in_review, settled, text):
    app, ready = in_review()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        client.delay = 0.05
        await pilot.press("t", "escape")  # closed before its draft has come
        await settled(pilot, lambda: app.screen.writing is None)
        client.fail_with = fakes.refusal(409, "the workshop is over")
        await pilot.press("t", *"too late", "enter", "escape")
        await settled(pilot, lambda: client.drafts.get("review/INC-298/talk") == "too late")
        await pilot.press("t")
        await settled(
            pilot, lambda: app.screen.writing is not None and app.screen.writing.values == {"text": "too late"}
        )


async def test_offline_one_types_on_and_the_draft_follows(client, in_review, settled, text):
    app, ready = in_review()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("t", *"some")
        client.set_connected(False)
        await pilot.press(*"body said")
        await settled(pilot, lambda: "1 draft kept here until the daemon answers" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "the daemon does not answer" in text(app))
        assert "somebody said" in text(app)
        client.set_connected(True)
        await settled(pilot, lambda: client.drafts.get("review/INC-298/talk") == "somebody said")
        await pilot.press("enter")
        await settled(pilot, lambda: ("write_talk", (298, "somebody said")) in client.calls and not client.drafts)


async def test_accounts_stand_side_by_side_and_below_each_other(fakes, client, in_review, settled, text, lines, sent):
    fakes.fake_reviews.reveal(client)
    client.change_review(step="accounts")
    app, ready = in_review()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert any("ada (you)" in line and "raj" in line and "lin  new to 2" in line for line in lines(app))
        await pilot.press("asterisk")
        assert "this is your own account" in text(app)
        await pilot.press("l", "asterisk")
        await settled(pilot, lambda: sent("mark_new") == [(298, 2, True)])
        await settled(pilot, lambda: "new to you: what lin tells" in text(app))
        await pilot.resize_terminal(80, 24)
        await settled(pilot, lambda: ("account", 3) in app.screen.items.keys)
        assert not any("ada (you)" in line and "raj" in line for line in lines(app)[5:])
        app.screen.items.select(("account", 3))
        await pilot.press("asterisk")
        await settled(pilot, lambda: sent("mark_new")[-1] == (298, 3, True))
        await pilot.press("a", *"from the start", "enter")
        await settled(pilot, lambda: sent("write_account"))


async def test_factors_are_written_silently_then_grouped_merged_and_themed(
    fakes, client, in_review, settled, text, sent
):
    client.change_review(step="factors")
    view = client.review_views[298]
    others = tuple(replace(one, factors=2, factors_in=one.person != "ada") for one in view.participants)
    client.change_review(participants=others)
    app, ready = in_review()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert "✓ lin 2" in text(app)
        await pilot.press("w", *"averages hide a shard", "enter", "t", "d", *"luck it was", "enter", "l", "m", "escape")
        await settled(pilot, lambda: len(sent("write_factor")) == 2)
        assert [(one[1].text, one[1].category, one[1].role) for one in sent("write_factor")] == [
            ("averages hide a shard", "technical", "difficulty"),
            ("luck it was", "luck", "mitigator"),
        ]
        await settled(pilot, lambda: "YOURS  2" in text(app) and app.screen.writing is None)
        app.screen.items.select(("factor", 100))
        await pilot.press("M")
        assert "once the factors are shown" in text(app)
        await pilot.press("e", *"flat", "enter")
        await settled(pilot, lambda: "▤ 13:03 the latency graph looks flat" in text(app))
        await pilot.press("d")
        await settled(pilot, lambda: "TECHNICAL  1" in text(app) and "LUCK  1" in text(app))
        assert sent("participate")[-1][1].factors_in is True
        fakes.fake_reviews.reveal(client)
        await settled(pilot, lambda: "= the average hides a shard" in text(app))
        app.screen.items.select(("factor", 5))
        await pilot.press("M", *"config", "enter")
        await settled(pilot, lambda: sent("edit_factor")[-1][2].same_as == 2)
        app.screen.items.select(("factor", 3))
        await pilot.press("T", *"a new", "enter")
        await settled(pilot, lambda: "A new theme" in text(app))
        await pilot.press(*"eyes on rollouts", "enter")
        await settled(pilot, lambda: "# eyes on rollouts" in text(app))


async def test_earlier_incidents_are_locked_then_shown_with_what_differs(fakes, client, in_review, settled, text, sent):
    fakes.fake_reviews.reveal(client)
    told = client.review_views[298].similar
    masked = tuple(replace(one, conclusions=None, differs=()) for one in told.incidents)
    locked = replace(told, locked=True, why="when your factors are in", open_actions=(), incidents=masked)
    client.change_review(step="similar", similar=locked)
    app, ready = in_review()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert "when your factors are in" in text(app)
        assert "what was concluded is hidden still" in text(app)
        assert "averages over shards" not in text(app)
        await pilot.press("w")
        assert "locked until the factors are shown" in text(app)
        client.change_review(similar=told)
        await settled(pilot, lambda: "averages over shards looked fine" in text(app))
        assert "STILL OPEN FROM EARLIER  1" in text(app)
        assert "!late since 27 Feb" in text(app)
        app.screen.items.select(("similar", 187))
        await pilot.press("w", *"no rollout then")
        await settled(pilot, lambda: client.drafts.get("review/INC-298/differs/187") == "no rollout then")
        client.fail_with = fakes.refusal(422, "somebody else is writing")
        await pilot.press("enter")
        await settled(pilot, lambda: "somebody else is writing" in text(app))
        assert app.screen.writing.values == {"text": "no rollout then"}
        await pilot.press("enter")
        await settled(pilot, lambda: "≠ ada: no rollout then" in text(app))
        assert sent("say_differs")[-1][1].other_id == 187


async def test_learnings_ideas_and_the_end(fakes, client, in_review, settled, text, sent):
    fakes.fake_reviews.reveal(client)
    client.change_review(step="learnings", drives=True, facilitator="ada")
    app, ready = in_review()
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await pilot.press("w", *"look at the worst", "enter", "a", *"ask earlier", "enter", "w", "escape")
        await settled(pilot, lambda: len(sent("write_learning")) == 2)
        assert [(one[1].text, one[1].anonymous) for one in sent("write_learning")] == [
            ("look at the worst", True),
            ("ask earlier", False),
        ]
        await settled(pilot, lambda: "— ada (you)" in text(app) and app.screen.writing is None)
        await pilot.press("N")
        await settled(pilot, lambda: "everybody is at: Parking lot" in text(app))
        await pilot.press("w", *"a worst-shard graph", "enter", "escape")
        await settled(pilot, lambda: sent("write_idea") and app.screen.writing is None)
        app.screen.items.select(("idea", 2))
        await pilot.press("X", *"too strict", "enter")
        await settled(pilot, lambda: "dropped: too strict" in text(app))
        await pilot.press("N")
        await settled(pilot, lambda: app.screen.step_shown == "closing")
        await pilot.press("w", "y", "u", *"good pace", "enter")
        await settled(pilot, lambda: "you answered" in text(app))
        answers = sent("answer_closing")[-1][1]
        assert (answers.learned, answers.come_again, answers.text) == ("yes", "unsure", "good pace")
        await pilot.press("F")
        await settled(pilot, lambda: "ends the workshop for everybody" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "The workshop is over. Thank you." in text(app))
        assert "7 contributing factors" in text(app)
        assert "in two working days" in text(app)
        await pilot.press("A", *"raj remembers more", "enter")
        await settled(pilot, lambda: "HELD" in text(app))
        assert sent("drive_review")[-1][1].reopen == "raj remembers more"


async def test_timer_pause_handing_over_joining_and_solo(fakes, client, in_review, settled, text, sent):
    client.change_review(step_ends_at=fakes.NOW - fakes.minutes(2), facilitator="ada", drives=True)
    app, ready = in_review()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert "!2:00 over" in text(app)
        await pilot.press("plus")
        await settled(pilot, lambda: "5:00 left" in text(app))
        await pilot.press("P")
        await settled(pilot, lambda: "PAUSED" in text(app) and "1:30 kept" in text(app))
        await pilot.press("P")
        await settled(pilot, lambda: "HELD" in text(app))
        await pilot.press("d")
        await settled(
            pilot, lambda: sent("participate")[-1][1].done is True or sent("participate")[-1][1].done is False
        )
        await pilot.press("H", *"lin", "enter")
        await settled(pilot, lambda: "lin drives" in text(app))
        await pilot.press("J")
        await settled(pilot, lambda: "others see that you left" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "You look on. J takes part, also late" in text(app))
        await pilot.press("t")
        assert "you only look on; J joins" in text(app)
        await pilot.press("J")
        await settled(pilot, lambda: "ada (you)" in text(app))
        client.change_review(masked_by=301, facilitator_faults=("lin was involved",))
        await settled(pilot, lambda: "hidden until your factors for INC-301 are in" in text(app))
        assert "▲ lin was involved" in text(app)
        client.change_review(solo=True)
        await settled(pilot, lambda: "done" not in text(app).splitlines()[4])
