"""Process retros: what its facilitator does, and what follows by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidentd.domain import retro_flow as flow
from incidentd.domain.retro_steps import ORDER, RetroSettings, Step
from incidentd.domain.retros import Idea, Member, Retro, State, Topic, ranked
from incidentd.domain.workshop_driving import must_drive, stalled
from incidentd.domain.workshops import FlowRefused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
USUAL = RetroSettings(minutes={Step.VOTE: 7.5}).usual


def retro(**values) -> Retro:
    fixed: dict[str, Any] = {
        "id": 3, "state": State.RUNNING, "trigger": "hand", "why": "", "team": "", "since": None, "until": NOW,
        "started_at": NOW, "started_by": "ada", "facilitator": "ada", "step": Step.FIGURES, "step_started_at": NOW,
        "step_ends_at": NOW + 10 * MINUTE, "left": None, "ideas_shown_at": None, "votes_shown_at": None,
        "votes_each": 3, "finished_at": None, "outcome": "", "process_version": "x", "version": 1,
    }  # fmt: skip
    return Retro(**(fixed | values))


def member(person="ada", done="", left=None) -> Member:
    return Member(retro_id=3, person=person, joined_at=NOW, left_at=left, done_step=done)


def topic(number, **values) -> Topic:
    fixed: dict[str, Any] = {"retro_id": 3, "text": "t", "ideas": (number,), "chosen": False, "notes": "", "version": 1}
    return Topic(id=number, **(fixed | values))


def refused(act, *given, **more) -> FlowRefused:
    with pytest.raises(FlowRefused) as no:
        act(*given, **more)
    return no.value


def test_steps_have_the_time_that_the_process_says():
    row, ends = retro(), []
    for _ in ORDER[1:]:
        move = flow.step_to(row, 1, USUAL, NOW)
        assert move.new_step
        row = move.on(row)
        ends.append((row.step, (row.step_ends_at - NOW) / MINUTE))
    assert ends == [("ideas", 10), ("vote", 7.5), ("topics", 25), ("outcome", 10)]
    assert refused(flow.step_to, row, 1, USUAL, NOW).refusal.remedy == "end it: incidentctl process retro finish PR-3"


def test_going_on_shows_what_was_hidden_and_going_back_hides_nothing_again():
    row = retro(step=Step.IDEAS)
    assert not row.ideas_shown
    row = flow.step_to(row, 1, USUAL, NOW).on(row)
    assert (row.ideas_shown, row.votes_shown) == (True, False)
    row = flow.step_to(row, 1, USUAL, NOW).on(row)
    assert row.votes_shown
    row = flow.step_to(flow.step_to(row, -1, USUAL, NOW).on(row), -1, USUAL, NOW).on(row)
    assert (row.step, row.ideas_shown, row.votes_shown) == (Step.IDEAS, True, True)
    assert refused(flow.show, row, NOW).refusal.text == "nothing is hidden at ideas"


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ([member(done="ideas")], True),
        ([member(done="ideas"), member("lin")], False),
        ([member(done="ideas"), member("lin", left=NOW)], True),
        ([member(done="figures")], False),
        ([member(done="ideas", left=NOW)], False),
    ],
)
def test_ideas_are_shown_when_everybody_present_is_done(members, shown):
    move = flow.following(retro(step=Step.IDEAS), members, NOW)
    assert ("ideas_shown_at" in move.changes) is shown
    assert [one.data["by_everybody"] for one in move.facts] == [True] * shown


def test_votes_are_given_within_the_vote_and_no_more_than_one_has():
    row = retro(step=Step.VOTE, ideas_shown_at=NOW)
    votes = {1: {"ada": 2, "lin": 3}, 2: {"ada": 1}}
    flow.must_vote(row, votes, 2, "ada", 1)
    flow.must_vote(row, votes, 1, "ada", 0)
    no = refused(flow.must_vote, row, votes, 2, "ada", 2).refusal
    assert (no.text, no.field) == ("each has 3 votes, and you have 1 for this topic", "votes")
    assert "step topics" in refused(flow.must_vote, retro(step=Step.TOPICS), {}, 1, "ada", 1).refusal.text
    shown = retro(step=Step.VOTE, votes_shown_at=NOW)
    assert "counted already" in refused(flow.must_vote, shown, {}, 1, "ada", 1).refusal.text


def test_the_topics_with_most_votes_are_proposed_and_a_fourth_is_refused():
    topics = [topic(number) for number in (1, 2, 3, 4, 5)]
    votes = {2: {"ada": 1}, 4: {"ada": 2}, 5: {"lin": 1}, 1: {"lin": 1}}
    assert [one.id for one in ranked(topics, votes)] == [4, 1, 2, 5, 3]
    assert [one.id for one in flow.proposed(topics, votes)] == [4, 1, 2]
    assert flow.proposed(topics, {}) == []
    assert flow.proposed([topic(1, chosen=True), topic(2)], votes) == []
    row = retro(step=Step.TOPICS, ideas_shown_at=NOW, votes_shown_at=NOW)
    chosen = [topic(number, chosen=True) for number in (1, 2, 3)]
    flow.must_be_chosen(row, chosen, chosen[0])
    assert "three are enough" in refused(flow.must_be_chosen, row, chosen, topic(4)).refusal.text


def test_who_drives_may_be_followed_when_it_pauses_or_is_forgotten():
    here = [member(), member("lin")]
    assert refused(flow.hand_over, retro(), here, "lin", "lin", NOW).refusal.remedy.startswith("ask them")
    assert flow.hand_over(retro(state=State.PAUSED), here, "lin", "lin", NOW).changes == {"facilitator": "lin"}
    late = NOW + 41 * MINUTE
    assert stalled(retro(), late)
    assert flow.hand_over(retro(), here, "lin", "lin", late).changes == {"facilitator": "lin"}
    assert refused(must_drive, retro(), here, "lin").refusal.text == "ada drives the process retro PR-3"
    over = retro(state=State.FINISHED)
    assert refused(flow.hand_over, over, here, "ada", "lin", NOW).refusal.text == "the process retro PR-3 is over"


def test_the_end_shows_everything_and_keeps_the_words():
    row = flow.finish(retro(step=Step.IDEAS), [member()], "we try a card", NOW).on(retro())
    assert (row.state, row.ideas_shown, row.votes_shown, row.outcome) == (State.FINISHED, True, True, "we try a card")
    assert refused(flow.finish, row, [], "", NOW).refusal.text == "the process retro PR-3 is over"
    due = retro(state=State.DUE)
    assert refused(flow.pause, due, NOW).refusal.text == "the process retro PR-3 has not begun"


def test_what_is_hidden_is_open_to_its_author_only():
    fixed: dict[str, Any] = {
        "id": 1, "at": NOW, "text": "x", "about": "", "state": "open", "written_in": 3, "retro_id": None, "why": "",
        "version": 1,
    }  # fmt: skip
    mine, nobodys = Idea(by="ada", hidden=True, **fixed), Idea(by="", hidden=True, **fixed)
    assert (mine.open_to("ada"), mine.open_to("lin"), mine.open_to("")) == (True, False, False)
    assert (nobodys.open_to("ada"), nobodys.open_to("")) == (False, False), "also for whoever wrote it without a name"
    assert Idea(by="", hidden=False, **fixed).open_to("lin")
