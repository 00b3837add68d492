"""What the facilitator of a review does, and what follows from it: pure decisions over a review and its members.

Each function answers with a `Move`, or raises `FlowRefused` with what can be done instead. What was seen cannot be
unseen: the walk goes forward only, and what was revealed stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from incidentd.domain.incidents import Refusal
from incidentd.domain.review_steps import GUIDES, ORDER, Step, after, before, has_come_to
from incidentd.domain.reviews import Member, Review, State


class FlowRefused(Exception):  # noqa: N818
    """A rule of the workshop says no."""

    def __init__(self, text: str, remedy: str, field: str = "") -> None:
        super().__init__(text)
        self.refusal = Refusal(text, remedy, field)


class Fact(msgspec.Struct, frozen=True):
    """Something to be told in the event log."""

    kind: str
    data: Mapping[str, Any] = {}


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """New values of a review, and what is told of them. `new_step`: nobody is done any more."""

    changes: Mapping[str, Any] = {}
    facts: tuple[Fact, ...] = ()
    new_step: bool = False

    def __or__(self, other: Move) -> Move:
        """Both, `other` after this one."""
        return Move(
            changes={**self.changes, **other.changes},
            facts=(*self.facts, *other.facts),
            new_step=self.new_step or other.new_step,
        )

    def on(self, row: Review) -> Review:
        """The review as it is then."""
        return msgspec.structs.replace(row, **self.changes)


def must_be_held(row: Review) -> None:
    """Raises `FlowRefused` when the workshop is over."""
    if not row.held:
        raise FlowRefused(
            f"the {row.review_name} is over", f"its facilitator may reopen it: {_command('reopen', row)}", "state"
        )


def must_run(row: Review, field: str) -> None:
    """Raises `FlowRefused` when the workshop is over, or pauses."""
    must_be_held(row)
    if row.state is State.PAUSED:
        raise FlowRefused(f"the {row.review_name} is paused", f"go on with it first: {_command('resume', row)}", field)


def _command(verb: str, row: Review) -> str:
    return f"incidentctl review {verb} INC-{row.incident_id}"


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
            raise FlowRefused(f"{row.step} is the last step", f"end it: {_command('finish', row)}", "step")
        return step
    if wanted == "back":
        if (step := before(row.step)) is None:
            raise FlowRefused(f"{row.step} is the first step", f"go on: {_command('next', row)}", "step")
        return step
    step = Step(wanted)
    if step is row.step:
        raise FlowRefused(f"it stands at {step} already", f"set its timer: {_command('timer', row)} 5", "step")
    return step


# ------------------------------------------------------------------ the walk
def walk(row: Review, wanted: Literal["next", "end"] | datetime, instants: Sequence[datetime]) -> Move:
    """Show the next moment, everything, or what happened up to an instant.

    `instants` are those of the timeline, in order; all entries of one instant are one moment.
    """
    must_run(row, "walk")
    if row.walked:
        raise FlowRefused("the timeline has been walked to its end", f"go on: {_command('next', row)}", "walk")
    if row.step is not Step.WALK:
        raise FlowRefused(
            f"it stands at {row.step}", f"go to the walk first: incidentctl review step INC-{row.incident_id} walk",
            "walk",
        )  # fmt: skip
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
    return _ends(max(row.step_ends_at or now, now) + timedelta(minutes=minutes))


def _ends(at: datetime | None) -> Move:
    return Move(changes={"step_ends_at": at}, facts=(Fact("review.timer", {"ends_at": at}),))


def pause(row: Review, now: datetime) -> Move:
    """Stop for now, for minutes or for days. The seconds that were left of the step are kept."""
    must_be_held(row)
    if row.state is State.PAUSED:
        raise FlowRefused(f"the {row.review_name} is paused already", f"go on: {_command('resume', row)}", "pause")
    left = None if row.step_ends_at is None else max(0.0, (row.step_ends_at - now).total_seconds())
    return Move(
        changes={"state": State.PAUSED, "step_ends_at": None, "left": left},
        facts=(Fact("review.paused", {"step": row.step, "left": left}),),
    )


A_DAY = timedelta(days=1)


def resume(row: Review, now: datetime, since: datetime) -> Move:
    """Go on, with what was left of the step. `since` is when it was paused; a pause of a day or more is told of."""
    must_be_held(row)
    if row.state is not State.PAUSED:
        raise FlowRefused(f"the {row.review_name} is not paused", f"pause it: {_command('pause', row)}", "pause")
    ends_at = None if row.left is None else now + timedelta(seconds=row.left)
    facts = [Fact("review.resumed", {"step": row.step, "ends_at": ends_at, "paused_at": since})]
    if now - since >= A_DAY:
        days = (now - since) // A_DAY
        facts.append(Fact("incident.review_resumed", {"review_name": row.review_name, "days": days, "step": row.step}))
    return Move(changes={"state": State.RUNNING, "step_ends_at": ends_at, "left": None}, facts=tuple(facts))


# ------------------------------------------------------------------ what is shown to everybody
def reveal(row: Review, factors: Mapping[str, int], now: datetime) -> Move:
    """Show the factors although somebody is not done. `factors` is how many each person has written."""
    must_run(row, "reveal")
    if row.revealed_at is not None:
        raise FlowRefused("the factors are shown already", f"go on: {_command('next', row)}", "reveal")
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
        raise FlowRefused(f"the {row.review_name} is under way", f"see {_command('show', row)}", "reopen")
    if row.state is State.PUBLISHED:
        remedy = "what it says may still be edited: it is a living document"
        raise FlowRefused(f"the {row.review_name} is published", remedy, "reopen")
    if not reason.strip():
        raise FlowRefused("holding it again needs a reason", "say what was left out", "reopen")
    ends_at = now + GUIDES[row.step].usual
    return Move(
        changes={"state": State.RUNNING, "finished_at": None, "step_started_at": now, "step_ends_at": ends_at},
        facts=(Fact("incident.review_reopened", {"review_name": row.review_name, "reason": reason}),),
    )
