"""What the facilitator of a process retro does, and what follows from it: pure decisions over a retro and its members.

What was shown stays so, also when one goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from incidentd.domain.retro_steps import MOST_TOPICS, ORDER, Step
from incidentd.domain.retros import Member, Retro, State, Topic, Votes, given, ranked, total
from incidentd.domain.workshop_driving import must_hand_over
from incidentd.domain.workshops import (
    Fact,
    FlowRefused,
    Move,
    beside,
    extended,
    must_be_held,
    must_run,
    paused,
    resumed,
)

Usual = Callable[[Step], timedelta]
"""How long a step takes."""


# ------------------------------------------------------------------ steps
def step_to(row: Retro, by: int, usual: Usual, now: datetime) -> Move:
    """Go on a step (1), or back one (-1). Going on ends the silence, and the vote: what was hidden is shown."""
    must_run(row, "act")
    step = beside(ORDER, row.step, by)
    if step is None:
        first, remedy = (
            ("first", f"go on: {row.command('next')}") if by < 0 else ("last", f"end it: {row.command('finish')}")
        )
        raise FlowRefused(f"{row.step} is the {first} step", remedy, "act")
    ends_at = now + usual(step)
    move = Move(
        changes={"step": step, "step_started_at": now, "step_ends_at": ends_at, "left": None},
        facts=(Fact("retro.step", {"from": row.step, "to": step, "ends_at": ends_at}),),
        new_step=True,
    )
    if by > 0 and row.step is Step.IDEAS and not row.ideas_shown:
        move |= _shown(Step.IDEAS, now, by_everybody=False)
    if by > 0 and row.step is Step.VOTE and not row.votes_shown:
        move |= _shown(Step.VOTE, now, by_everybody=False)
    return move


_COLUMNS = {Step.IDEAS: "ideas_shown_at", Step.VOTE: "votes_shown_at"}


def _shown(step: Step, now: datetime, *, by_everybody: bool) -> Move:
    fact = Fact("retro.shown", {"what": "ideas" if step is Step.IDEAS else "votes", "by_everybody": by_everybody})
    return Move(changes={_COLUMNS[step]: now}, facts=(fact,))


def _hides(row: Retro) -> bool:
    """Whether something is hidden at the step where it stands."""
    return (row.step is Step.IDEAS and not row.ideas_shown) or (row.step is Step.VOTE and not row.votes_shown)


def show(row: Retro, now: datetime) -> Move:
    """Show what is hidden at this step although somebody is not done."""
    must_run(row, "act")
    if not _hides(row):
        raise FlowRefused(f"nothing is hidden at {row.step}", f"go on: {row.command('next')}", "act")
    return _shown(row.step, now, by_everybody=False)


def following(row: Retro, members: Iterable[Member], now: datetime) -> Move:
    """What happens by itself: what is hidden is shown when everybody present is done with the step."""
    here = [one for one in members if one.present]
    if row.held and _hides(row) and here and all(one.done_step == row.step for one in here):
        return _shown(row.step, now, by_everybody=True)
    return Move()


# ------------------------------------------------------------------ time, and who drives
def extend(row: Retro, minutes: float, now: datetime) -> Move:
    """Give the step so many minutes more."""
    must_run(row, "act")
    at = extended(row, minutes, now)
    return Move(changes={"step_ends_at": at}, facts=(Fact("retro.timer", {"ends_at": at}),))


def pause(row: Retro, now: datetime) -> Move:
    """Stop for now, for minutes or for days."""
    changes = paused(row, now)
    told = {"step": row.step, "left": changes["left"]}
    return Move(changes=changes | {"state": State.PAUSED}, facts=(Fact("retro.paused", told),))


def resume(row: Retro, now: datetime) -> Move:
    """Go on, with what was left of the step."""
    changes = resumed(row, now)
    told = {"step": row.step, "ends_at": changes["step_ends_at"]}
    return Move(changes=changes | {"state": State.RUNNING}, facts=(Fact("retro.resumed", told),))


def hand_over(row: Retro, members: Iterable[Member], actor: str, person: str, now: datetime) -> Move:
    """Let `person` drive from now on."""
    must_be_held(row)
    must_hand_over(row, members, actor, person, now)
    fact = Fact("retro.handed", {"from": row.facilitator, "to": person, "taken": actor == person})
    return Move(changes={"facilitator": person}, facts=(fact,))


def finish(row: Retro, members: Iterable[Member], outcome: str, now: datetime) -> Move:
    """End it, at whichever step it stands. Everything that was hidden in it is shown from now on."""
    must_be_held(row)
    told = {"step": row.step, "people": len({one.person for one in members}), "outcome": outcome}
    return Move(
        changes={
            "state": State.FINISHED,
            "finished_at": now,
            "step_ends_at": None,
            "left": None,
            "ideas_shown_at": row.ideas_shown_at or now,
            "votes_shown_at": row.votes_shown_at or now,
            "outcome": outcome,
        },
        facts=(Fact("retro.finished", told),),
    )


# ------------------------------------------------------------------ ideas, topics, votes
def must_be_written(row: Retro) -> None:
    """Raises `FlowRefused` when no idea is written any more, or not yet."""
    must_run(row, "text")
    if row.step not in (Step.FIGURES, Step.IDEAS):
        remedy = 'keep it for the next one: incidentctl process idea add "..."'
        raise FlowRefused(f"{row.called} is at its step {row.step}: its ideas are in", remedy, "text")


def must_be_grouped(row: Retro) -> None:
    """Raises `FlowRefused` while ideas are hidden, and when the votes for topics are counted."""
    must_run(row, "ideas")
    if not row.ideas_shown:
        raise FlowRefused(
            "the ideas are not shown yet", f"its facilitator shows them: {row.command('reveal')}", "ideas"
        )
    if row.votes_shown:
        remedy = f"write it in the notes of a topic: {row.command('topic edit')} TOPIC --notes ..."
        raise FlowRefused("the votes are counted: its topics stay as they are", remedy, "ideas")


def must_be_noted(row: Retro) -> None:
    """Raises `FlowRefused` before topics are talked about. Notes may be written after the end too."""
    if row.state is State.DUE or (row.held and ORDER.index(row.step) < ORDER.index(Step.VOTE)):
        raise FlowRefused(f"{row.called} does not talk of topics yet", f"go on: {row.command('next')}", "notes")


def must_be_chosen(row: Retro, topics: Iterable[Topic], topic: Topic) -> None:
    """Raises `FlowRefused` while votes are hidden, and for one topic too many."""
    must_run(row, "chosen")
    if not row.votes_shown:
        raise FlowRefused(
            "the votes are not counted yet", f"its facilitator shows them: {row.command('reveal')}", "chosen"
        )
    others = [one for one in topics if one.chosen and one.id != topic.id]
    if len(others) >= MOST_TOPICS:
        named = ", ".join(str(one.id) for one in others)
        raise FlowRefused(
            f"topics {named} are chosen: three are enough for one retro",
            "leave one of them for the next time",
            "chosen",
        )


def must_vote(row: Retro, votes: Votes, topic_id: int, person: str, wanted: int) -> None:
    """Raises `FlowRefused` outside of the vote, and for more votes than each has."""
    must_run(row, "votes")
    if row.step is not Step.VOTE:
        raise FlowRefused(f"{row.called} is at its step {row.step}", "vote when its facilitator goes on to it", "votes")
    if row.votes_shown:
        raise FlowRefused(
            "the votes are counted already", "say what you think when the topics are talked about", "votes"
        )
    left = row.votes_each - given(votes, person, besides=topic_id)
    if wanted > left:
        raise FlowRefused(
            f"each has {row.votes_each} votes, and you have {left} for this topic",
            "take one from another topic first",
            "votes",
        )


def proposed(topics: Iterable[Topic], votes: Votes) -> list[Topic]:
    """What is talked about unless the facilitator says otherwise: the two or three topics with most votes."""
    topics = list(topics)
    if any(one.chosen for one in topics):
        return []
    return [one for one in ranked(topics, votes)[:MOST_TOPICS] if total(votes, one.id)]
