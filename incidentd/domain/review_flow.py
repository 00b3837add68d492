"""What the facilitator of a review does, and what follows from it: pure decisions over a review and its members.

Each function answers with a `Move`, or raises `FlowRefused` with what can be done instead. What was seen cannot be
unseen: the walk goes forward only, and what was revealed stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from incidentd.domain.review_steps import GUIDES, ORDER, Step, after, before, has_come_to
from incidentd.domain.reviews import Member, Review, State
from incidentd.domain.workshop_driving import must_hand_over
from incidentd.domain.workshops import Fact, FlowRefused, Move, extended, must_be_held, must_run, paused, resumed


# ------------------------------------------------------------------ steps
def step_to(row: Review, wanted: str, now: datetime) -> Move:
    """Go to a step: the "next" one, one "back", or the one that is named. Going on past the walk ends it."""
    must_run(row, "step")
    step = _step(row, wanted)
    ends_at = now + GUIDES[step].usual
    move = Move(
        changes={"step": step, "step_started_at": now, "step_ends_at": ends_at, "left": None},
        facts=(Fact("review.step", {"from": row.step, "to": step, "ends_at": ends_at}),),
        new_step=True,
    )
    left_the_walk = not row.walked and ORDER.index(step) > ORDER.index(Step.WALK)
    return move | _walked(row, row.walked_to, ended=True) if left_the_walk else move


def _step(row: Review, wanted: str) -> Step:
    if wanted == "next":
        if (step := after(row.step)) is None:
            raise FlowRefused(f"{row.step} is the last step", f"end it: {row.command('finish')}", "step")
        return step
    if wanted == "back":
        if (step := before(row.step)) is None:
            raise FlowRefused(f"{row.step} is the first step", f"go on: {row.command('next')}", "step")
        return step
    step = Step(wanted)
    if step is row.step:
        raise FlowRefused(f"it stands at {step} already", f"set its timer: {row.command('timer')} 5", "step")
    return step


# ------------------------------------------------------------------ the walk
def walk(row: Review, wanted: Literal["next", "end"] | datetime, instants: Sequence[datetime]) -> Move:
    """Show the next moment, everything, or what happened up to an instant.

    `instants` are those of the timeline, in order; all entries of one instant are one moment.
    """
    must_run(row, "walk")
    if row.walked:
        raise FlowRefused("the timeline has been walked to its end", f"go on: {row.command('next')}", "walk")
    if row.step is not Step.WALK:
        raise FlowRefused(f"it stands at {row.step}", f"go to the walk first: {row.command('step', 'walk')}", "walk")
    ahead = [one for one in instants if row.walked_to is None or one > row.walked_to]
    if wanted == "end":
        return _walked(row, ahead[-1] if ahead else row.walked_to, ended=True)
    shown = ahead[:1] if wanted == "next" else _until(row, wanted, ahead)
    return _walked(row, shown[-1] if shown else row.walked_to, ended=len(shown) == len(ahead))


def _until(row: Review, at: datetime, ahead: Sequence[datetime]) -> Sequence[datetime]:
    if row.walked_to is not None and at <= row.walked_to:
        raise FlowRefused(
            "the walk goes forward only: what was seen cannot be unseen", "name a later moment, or next", "walk"
        )
    shown = [one for one in ahead if one <= at]
    if not shown:
        raise FlowRefused("nothing is known to have happened until then", "name a later moment, or next", "walk")
    return shown


def _walked(row: Review, to: datetime | None, *, ended: bool) -> Move:
    return Move(
        changes={"walked_to": to, "walked": ended},
        facts=(Fact("review.walked", {"walked_to": to, "walked": ended, "at_step": row.step}),),
    )


# ------------------------------------------------------------------ time
def timer(row: Review, minutes: float, now: datetime) -> Move:
    """Let the step end so many minutes from now; with 0 no timer runs."""
    must_run(row, "minutes")
    return _ends(now + timedelta(minutes=minutes) if minutes else None)


def longer(row: Review, minutes: float, now: datetime) -> Move:
    """Give the step so many minutes more; from now when its time is over or no timer ran."""
    must_run(row, "longer")
    return _ends(extended(row, minutes, now))


def _ends(at: datetime | None) -> Move:
    return Move(changes={"step_ends_at": at}, facts=(Fact("review.timer", {"ends_at": at}),))


def pause(row: Review, now: datetime) -> Move:
    """Stop for now, for minutes or for days. The seconds that were left of the step are kept."""
    changes = paused(row, now)
    return Move(
        changes=changes | {"state": State.PAUSED},
        facts=(Fact("review.paused", {"step": row.step, "left": changes["left"]}),),
    )


A_DAY = timedelta(days=1)


def resume(row: Review, now: datetime, since: datetime) -> Move:
    """Go on, with what was left of the step. `since` is when it was paused; a pause of a day or more is told of."""
    changes = resumed(row, now)
    told = {"step": row.step, "ends_at": changes["step_ends_at"], "paused_at": since}
    facts = [Fact("review.resumed", told)]
    if now - since >= A_DAY:
        days = (now - since) // A_DAY
        facts.append(Fact("incident.review_resumed", {"review_name": row.review_name, "days": days, "step": row.step}))
    return Move(changes=changes | {"state": State.RUNNING}, facts=tuple(facts))


# ------------------------------------------------------------------ who drives
def hand_over(row: Review, members: Iterable[Member], actor: str, person: str, now: datetime) -> Move:
    """Let `person` drive from now on."""
    if row.state is State.PUBLISHED:
        remedy = f"who sees to it: incidentctl incident role INC-{row.incident_id} review_owner HANDLE"
        raise FlowRefused(f"{row.called} is published", remedy, "facilitator")
    must_hand_over(row, members, actor, person, now)
    return Move(
        changes={"facilitator": person},
        facts=(Fact("review.handed", {"from": row.facilitator, "to": person, "taken": actor == person}),),
    )


# ------------------------------------------------------------------ what is shown to everybody
def reveal(row: Review, factors: Mapping[str, int], now: datetime) -> Move:
    """Show the factors although somebody is not done. `factors` is how many each person has written."""
    must_run(row, "reveal")
    if row.revealed_at is not None:
        raise FlowRefused("the factors are shown already", f"go on: {row.command('next')}", "reveal")
    if not any(factors.values()):
        remedy = f"write one: incidentctl review factor add INC-{row.incident_id}"
        raise FlowRefused("nobody has written a factor yet", remedy, "reveal")
    return _revealed(now, sum(factors.values()), by_everybody=False)


def _revealed(now: datetime, count: int, *, by_everybody: bool) -> Move:
    fact = Fact("review.revealed", {"factors": count, "by_everybody": by_everybody})
    return Move(changes={"revealed_at": now}, facts=(fact,))


def following(row: Review, members: Iterable[Member], factors: Mapping[str, int], now: datetime) -> Move:
    """What happens by itself: factors are shown when everybody present has said that theirs are in.

    What was concluded of similar incidents is shown with that step, after the factors are.
    """
    if not row.held:
        return Move()
    move, written = Move(), sum(factors.values())
    present = [one for one in members if one.present]
    ready = bool(present) and all(one.factors_in for one in present)
    if row.revealed_at is None and has_come_to(row.step, Step.FACTORS) and ready and written:
        move = _revealed(now, written, by_everybody=True)
    if row.unmasked_at is None and has_come_to(row.step, Step.SIMILAR) and move.on(row).revealed_at is not None:
        move |= Move(changes={"unmasked_at": now}, facts=(Fact("review.unmasked"),))
    return move


# ------------------------------------------------------------------ the end
def finish(row: Review, members: Iterable[Member], now: datetime) -> Move:
    """End the workshop, at whichever step it stands. Everything that was hidden in it is shown from now on."""
    must_be_held(row)
    shown = {"walked": True, "revealed_at": row.revealed_at or now, "unmasked_at": row.unmasked_at or now}
    people = sorted({one.person for one in members})
    told = {"review_name": row.review_name, "step": row.step, "people": len(people)}
    return Move(
        changes={"state": State.WRITTEN, "finished_at": now, "step_ends_at": None, "left": None, **shown},
        facts=(Fact("incident.review_finished", told),),
    )


def reopen(row: Review, reason: str, now: datetime) -> Move:
    """Hold it again, at the step where it ended: something was left out. What was shown stays so."""
    if row.held:
        raise FlowRefused(f"{row.called} is under way", f"see {row.command('show')}", "reopen")
    if row.state is State.PUBLISHED:
        remedy = "what it says may still be edited: it is a living document"
        raise FlowRefused(f"{row.called} is published", remedy, "reopen")
    if not reason.strip():
        raise FlowRefused("holding it again needs a reason", "say what was left out", "reopen")
    ends_at = now + GUIDES[row.step].usual
    return Move(
        changes={"state": State.RUNNING, "finished_at": None, "step_started_at": now, "step_ends_at": ends_at},
        facts=(Fact("incident.review_reopened", {"review_name": row.review_name, "reason": reason}),),
    )
