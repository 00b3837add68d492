"""The workshop of a review: what its facilitator may do, what follows by itself, who may drive, what is counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain import review_flow as flow
from incidentd.domain import workshop_driving as driving
from incidentd.domain.review_closing import Answer, counted
from incidentd.domain.review_part import Said, take_part
from incidentd.domain.review_steps import GUIDES, ORDER, Step
from incidentd.domain.reviews import Member, Review, State, factors_open_to
from incidentd.domain.workshops import FlowRefused, Move

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MOMENTS = [NOW - 60 * MINUTE, NOW - 50 * MINUTE, NOW - 40 * MINUTE]


def review(**values) -> Review:
    fixed: dict[str, Any] = {
        "incident_id": 1, "state": State.RUNNING, "solo": False, "started_at": NOW, "started_by": "ada",
        "facilitator": "ada", "step": Step.GROUND_RULES, "step_started_at": NOW, "step_ends_at": NOW + 5 * MINUTE,
        "left": None, "walked_to": None, "walked": False, "revealed_at": None, "unmasked_at": None, "similar": None,
        "sections": {}, "finished_at": None, "published_at": None, "process_version": "x", "review_name": "Retro",
        "imported_from": "", "version": 1,
    }  # fmt: skip
    return Review(**(fixed | values))


def member(person="ada", **values) -> Member:
    fixed: dict[str, Any] = {
        "incident_id": 1, "person": person, "joined_at": NOW, "left_at": None, "done_step": "", "factors_in_at": None,
    }  # fmt: skip
    return Member(**(fixed | values))


def kinds(move):
    return [one.kind for one in move.facts]


# ------------------------------------------------------------------ steps
def test_a_step_has_its_usual_time_and_nobody_is_done_with_it():
    move = flow.step_to(review(), "next", NOW)
    assert (move.changes["step"], move.changes["step_ends_at"]) == (Step.WALK, NOW + GUIDES[Step.WALK].usual)
    assert move.new_step
    assert flow.step_to(review(step=Step.WALK), "back", NOW).changes["step"] is Step.GROUND_RULES
    assert flow.step_to(review(), "parking_lot", NOW).changes["step"] is Step.PARKING_LOT


@pytest.mark.parametrize(
    ("row", "wanted", "remedy"),
    [
        (review(step=Step.CLOSING), "next", "review finish INC-1"),
        (review(), "back", "review next INC-1"),
        (review(), "ground_rules", "review timer INC-1 5"),
        (review(state=State.PAUSED), "next", "review resume INC-1"),
        (review(state=State.WRITTEN), "next", "review reopen INC-1"),
    ],
)
def test_a_step_that_is_none_says_what_to_do_instead(row, wanted, remedy):
    with pytest.raises(FlowRefused) as refused:
        flow.step_to(row, wanted, NOW)
    assert remedy in refused.value.refusal.remedy


def test_going_on_past_the_walk_ends_it_and_going_back_does_not_hide_it_again():
    row = review(step=Step.WALK, walked_to=MOMENTS[0])
    move = flow.step_to(row, "next", NOW)
    assert kinds(move) == ["review.step", "review.walked"]
    assert move.facts[1].data["walked"] is True
    back = flow.step_to(move.on(row), "back", NOW)
    assert kinds(back) == ["review.step"]
    assert not back.on(move.on(row)).future_hidden
    with pytest.raises(FlowRefused, match="to its end"):
        flow.walk(back.on(move.on(row)), "next", MOMENTS)


# ------------------------------------------------------------------ the walk
def test_the_walk_shows_one_moment_after_the_other_and_knows_its_end():
    row = review(step=Step.WALK)
    seen = []
    for _ in MOMENTS:
        row = flow.walk(row, "next", MOMENTS).on(row)
        seen.append((row.walked_to, row.walked))
    assert seen == [(MOMENTS[0], False), (MOMENTS[1], False), (MOMENTS[2], True)]


def test_the_walk_goes_forward_only():
    row = review(step=Step.WALK, walked_to=MOMENTS[1])
    for back in (MOMENTS[0], MOMENTS[1]):
        with pytest.raises(FlowRefused, match="cannot be unseen"):
            flow.walk(row, back, MOMENTS)
    with pytest.raises(FlowRefused, match="nothing is known"):
        flow.walk(row, MOMENTS[1] + MINUTE, MOMENTS)
    assert flow.walk(row, MOMENTS[2] + DAY, MOMENTS).changes == {"walked_to": MOMENTS[2], "walked": True}
    assert flow.walk(row, "end", MOMENTS).changes == {"walked_to": MOMENTS[2], "walked": True}
    assert flow.walk(review(step=Step.WALK), "next", []).changes == {"walked_to": None, "walked": True}
    with pytest.raises(FlowRefused, match="stands at ground_rules"):
        flow.walk(review(), "next", MOMENTS)


# ------------------------------------------------------------------ time
@given(st.integers(-600, 600), st.integers(0, 10**6))
@settings(max_examples=25)
def test_a_pause_keeps_the_seconds_that_were_left(left, paused):
    row = review(step_ends_at=NOW + timedelta(seconds=left))
    stopped = flow.pause(row, NOW).on(row)
    later = NOW + timedelta(seconds=paused)
    assert (stopped.step_ends_at, stopped.left) == (None, max(left, 0))
    assert flow.resume(stopped, later, NOW).on(stopped).step_ends_at == later + timedelta(seconds=max(left, 0))


def test_a_long_pause_is_told_and_a_missing_timer_stays_missing():
    row = review(state=State.PAUSED)
    assert kinds(flow.resume(row, NOW, NOW - DAY)) == ["review.resumed", "incident.review_resumed"]
    short = flow.resume(row, NOW, NOW - DAY + MINUTE)
    assert (kinds(short), short.changes["step_ends_at"]) == (["review.resumed"], None)
    for refused in (lambda: flow.pause(row, NOW), lambda: flow.resume(review(), NOW, NOW)):
        with pytest.raises(FlowRefused):
            refused()


def test_more_time_counts_from_what_is_left_or_from_now():
    assert flow.longer(review(), 5, NOW).changes["step_ends_at"] == NOW + 10 * MINUTE
    assert flow.longer(review(), 5, NOW + DAY).changes["step_ends_at"] == NOW + DAY + 5 * MINUTE
    assert flow.longer(review(step_ends_at=None), 5, NOW).changes["step_ends_at"] == NOW + 5 * MINUTE
    assert flow.timer(review(), 0, NOW).changes["step_ends_at"] is None


# ------------------------------------------------------------------ what is shown
FACTORS = review(step=Step.FACTORS, walked=True)


@pytest.mark.parametrize(
    ("row", "members", "written", "shown"),
    [
        (FACTORS, [member(factors_in_at=NOW), member("lin", factors_in_at=NOW)], {"ada": 2}, True),
        (FACTORS, [member(factors_in_at=NOW), member("lin")], {"ada": 2}, False),
        (FACTORS, [member(factors_in_at=NOW), member("lin", left_at=NOW)], {"ada": 2}, True),
        (FACTORS, [member(factors_in_at=NOW)], {}, False),  # nothing is there to show
        (FACTORS, [member(factors_in_at=NOW, left_at=NOW)], {"ada": 1}, False),  # nobody is there to see
        (review(step=Step.ACCOUNTS), [member(factors_in_at=NOW)], {"ada": 1}, False),
        (msgspec.structs.replace(FACTORS, state=State.WRITTEN), [member(factors_in_at=NOW)], {"ada": 1}, False),
    ],
)
def test_factors_are_shown_when_everybody_who_is_there_is_done(row, members, written, shown):
    move = flow.following(row, members, written, NOW)
    assert (move.changes.get("revealed_at") == NOW) is shown


def test_conclusions_are_shown_with_their_step_and_after_the_factors():
    similar = review(step=Step.SIMILAR)
    assert flow.following(similar, [member()], {"ada": 1}, NOW).changes == {}
    everybody = flow.following(similar, [member(factors_in_at=NOW)], {"ada": 1}, NOW)
    assert everybody.changes == {"revealed_at": NOW, "unmasked_at": NOW}
    assert kinds(everybody) == ["review.revealed", "review.unmasked"]
    revealed = review(step=Step.FACTORS, revealed_at=NOW)
    assert flow.following(revealed, [member()], {"ada": 1}, NOW).changes == {}


def test_the_facilitator_may_show_them_when_there_is_one():
    with pytest.raises(FlowRefused, match="nobody has written"):
        flow.reveal(FACTORS, {"ada": 0}, NOW)
    move = flow.reveal(FACTORS, {"ada": 1, "lin": 2}, NOW)
    assert (move.changes, move.facts[0].data) == ({"revealed_at": NOW}, {"factors": 3, "by_everybody": False})
    with pytest.raises(FlowRefused, match="shown already"):
        flow.reveal(move.on(FACTORS), {"ada": 1}, NOW)


def test_who_joins_after_the_reveal_writes_their_own_first():
    shown = msgspec.structs.replace(FACTORS, revealed_at=NOW)
    late = member("sam", joined_at=NOW + MINUTE)
    assert not factors_open_to(shown, late)
    assert factors_open_to(shown, msgspec.structs.replace(late, factors_in_at=NOW + 2 * MINUTE))
    assert factors_open_to(shown, member())
    assert factors_open_to(shown, None)
    assert factors_open_to(msgspec.structs.replace(shown, state=State.WRITTEN), late)
    assert not factors_open_to(FACTORS, member(factors_in_at=NOW))


# ------------------------------------------------------------------ the end
def test_the_end_shows_everything_and_it_may_be_held_again():
    over = flow.finish(FACTORS, [member(), member("lin")], NOW).on(FACTORS)
    assert (over.state, over.walked, over.revealed_at, over.unmasked_at) == (State.WRITTEN, True, NOW, NOW)
    again = flow.reopen(over, "the vendor's view is missing", NOW + DAY).on(over)
    assert (again.state, again.step, again.factors_revealed) == (State.RUNNING, Step.FACTORS, True)
    for row, reason in ((FACTORS, "x"), (over, " "), (review(state=State.PUBLISHED), "x")):
        with pytest.raises(FlowRefused):
            flow.reopen(row, reason, NOW)


# ------------------------------------------------------------------ who drives
HERE = (member(), member("lin"), member("sam"))


@pytest.mark.parametrize(
    ("row", "members", "at", "may"),
    [
        (review(), HERE, NOW, False),
        (review(facilitator=""), HERE, NOW, True),
        (review(), (member(left_at=NOW), member("lin")), NOW, True),
        (review(solo=True), HERE, NOW, True),
        (review(state=State.PAUSED), HERE, NOW, True),
        (review(state=State.WRITTEN), HERE, NOW, True),
        (review(), HERE, NOW + 34 * MINUTE, False),
        (review(), HERE, NOW + 35 * MINUTE, True),
        (review(step_ends_at=None), HERE, NOW + 119 * MINUTE, False),
        (review(step_ends_at=None), HERE, NOW + 120 * MINUTE, True),
        (review(state=State.PUBLISHED), HERE, NOW, False),
        (review(facilitator=""), (member(),), NOW, False),  # lin does not take part
    ],
)
def test_who_takes_part_may_take_over_from_somebody_who_is_gone(row, members, at, may):
    if may:
        move = flow.hand_over(row, members, "lin", "lin", at)
        assert move.facts[0].data == {"from": row.facilitator, "to": "lin", "taken": True}
    else:
        with pytest.raises(FlowRefused):
            flow.hand_over(row, members, "lin", "lin", at)


def test_the_facilitator_hands_it_to_anybody_but_themselves():
    assert flow.hand_over(review(), HERE, "ada", "kim", NOW).changes == {"facilitator": "kim"}
    with pytest.raises(FlowRefused, match="drives it already"):
        flow.hand_over(review(), HERE, "ada", "ada", NOW)


def test_only_the_facilitator_drives():
    driving.must_drive(review(), HERE, "ada")
    for row, members, actor, remedy in (
        (review(), HERE, "lin", "ask ada"),
        (review(facilitator=""), HERE, "lin", "take over"),
        (review(), (member(left_at=NOW), member("lin")), "lin", "take over"),
        (review(), (member(left_at=NOW), member("lin")), "ada", "join first"),
    ):
        with pytest.raises(FlowRefused) as refused:
            driving.must_drive(row, members, actor)
        assert remedy in refused.value.refusal.remedy


# ------------------------------------------------------------------ who takes part
def test_joining_and_leaving_twice_is_done_once():
    joined = take_part(review(), [], "lin", Said(present=True), NOW)
    assert (joined.joins, joined.facts[0].data["back"]) == (True, False)
    assert take_part(review(), [member()], "ada", Said(present=True), NOW).facts == ()
    gone = [member(left_at=NOW)]
    assert take_part(review(), gone, "ada", Said(present=True), NOW).facts[0].data["back"]
    assert take_part(review(), gone, "ada", Said(present=False), NOW).facts == ()
    assert take_part(review(), [], "ada", Said(present=False), NOW).facts == ()
    with pytest.raises(FlowRefused, match="is over"):
        take_part(review(state=State.WRITTEN), [member()], "ada", Said(done=True), NOW)
    with pytest.raises(FlowRefused, match="do not take part"):
        take_part(review(), gone, "ada", Said(done=True), NOW)


def test_being_done_with_factors_says_that_they_are_in():
    part = take_part(FACTORS, [member()], "ada", Said(done=True), NOW)
    said = part.changes
    assert part.facts[0].data == {"step": Step.FACTORS, "done": True, "factors_in": True}
    assert said == {"done_step": Step.FACTORS, "factors_in_at": NOW}
    assert take_part(FACTORS, [member()], "ada", Said(factors_in=True), NOW).changes == said
    assert take_part(review(), [member()], "ada", Said(done=True), NOW).changes == {"done_step": Step.GROUND_RULES}
    mine = [member(done_step=Step.FACTORS, factors_in_at=NOW)]
    assert take_part(FACTORS, mine, "ada", Said(done=True), NOW).changes == {}
    assert take_part(FACTORS, mine, "ada", Said(done=False), NOW).changes == {"done_step": "", "factors_in_at": None}
    with pytest.raises(FlowRefused, match="shown already"):
        take_part(msgspec.structs.replace(FACTORS, revealed_at=NOW), mine, "ada", Said(done=False), NOW)


# ------------------------------------------------------------------ the closing questions
def test_answers_are_counted_when_no_count_tells_whose_they_are():
    answers = {"ada": Answer(learned="yes", come_again="no", text="z"), "lin": Answer(learned="no", come_again="no")}
    assert counted(review(), [member(), member("lin"), member("sam")], answers).learned == {}
    gone = [member(), member("lin", left_at=NOW), member("sam", left_at=NOW)]
    assert counted(review(), gone, answers).learned == {"yes": 1, "no": 1}
    over = counted(review(state=State.WRITTEN), [member("sam")], answers | {"kim": Answer(
        learned="yes", come_again="no", text=" a ")})  # fmt: skip
    assert (over.learned, over.come_again, over.texts) == ({"yes": 2, "no": 1}, {"no": 3}, ("a", "z"))


# ------------------------------------------------------------------ any order of acts
_PEOPLE = ("ada", "lin", "sam", "kim")
_ACTS = st.tuples(
    st.sampled_from(_PEOPLE),
    st.sampled_from(["next", "back", *ORDER, "walk", "end", "pause", "resume", "reveal", "finish", "reopen", "take"]),
    st.booleans(),
)


class World:
    """A review and its members, on which any act is tried."""

    def __init__(self):
        self.row, self.now = review(), NOW
        self.members = {"ada": member()}

    def act(self, person, act, present):
        members = tuple(self.members.values())
        if act == "take":
            return flow.hand_over(self.row, members, person, person, self.now)
        if not present:
            part = take_part(self.row, members, person, Said(present=act in ("next", "walk"), done=None), self.now)
            changed = self.members.get(person, member(person, joined_at=self.now))
            values = {"left_at": None} if part.joins else dict(part.changes)
            if part.joins or person in self.members:
                self.members[person] = msgspec.structs.replace(changed, **values)
            return Move()
        driving.must_drive(self.row, members, person)
        if act in ("walk", "end"):
            return flow.walk(self.row, "next" if act == "walk" else "end", MOMENTS)
        orders = {
            "pause": lambda: flow.pause(self.row, self.now),
            "resume": lambda: flow.resume(self.row, self.now, self.now),
            "reveal": lambda: flow.reveal(self.row, {"ada": 1}, self.now),
            "finish": lambda: flow.finish(self.row, members, self.now),
            "reopen": lambda: flow.reopen(self.row, "more", self.now),
        }
        return orders.get(act, lambda: flow.step_to(self.row, act, self.now))()


@given(st.lists(_ACTS, max_size=25))
@settings(max_examples=25, deadline=None)
def test_in_any_order_what_was_seen_stays_seen(acts):
    world = World()
    for person, act, present in acts:
        before = world.row
        world.now += MINUTE
        try:
            move = world.act(person, act, present)
        except FlowRefused:
            continue
        move |= flow.following(move.on(world.row), world.members.values(), {"ada": 1}, world.now)
        after = world.row = move.on(world.row)
        assert (before.walked_to or MOMENTS[0] - DAY) <= (after.walked_to or MOMENTS[0] - DAY)
        assert after.walked >= before.walked
        assert before.revealed_at in (None, after.revealed_at)
        assert before.unmasked_at in (None, after.unmasked_at)
        assert after.unmasked_at is None or after.revealed_at is not None
        assert (after.state is State.PAUSED) <= (after.step_ends_at is None)
