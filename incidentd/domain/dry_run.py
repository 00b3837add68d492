"""If a policy ran from an instant on and nobody acknowledged: who is called when, by which method.

The same rules as of a real page, `escalation` and `hours`, over the clock that is passed in; nothing is stored or sent.
Rate limits, mutes and messages that fail are left out: they depend on what else happens by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import msgspec

from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.escalation import Contact, Reach, delay_after, following, last_resort_why, reach, waiting
from incidentd.domain.hours import opens_at, why_closed
from incidentd.domain.people import ContactMethod, EscalationPolicy, Roster
from incidentd.domain.targets import NO_TURNS, Turns, after_turn

MOST_STEPS = 200
"""How many steps, all rounds taken together, a dry run shows."""
_MOST_LOOKS = 100  # how often a step that waits for hours is judged again


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A message that would go out at `at`. `counts`: the page counts on it, so that it is no copy.

    `held` says why it goes out later than its step and its method say.
    """

    at: datetime
    person: str
    notifier: str
    why: str
    counts: bool = True
    held: str = ""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is taken at `at`; the next one follows at `until`.

    Its turn was at `since`: what can wait was held from then on, `waits` says for whose hours.
    """

    step: int
    round: int
    since: datetime
    at: datetime
    until: datetime
    people: tuple[str, ...]
    calls: tuple[Call, ...]
    gaps: tuple[str, ...]
    waits: str = ""


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """`ends_at` is when no step is left; None when it takes more than `MOST_STEPS`, `left_out` is how many more."""

    steps: tuple[Taken, ...]
    ends_at: datetime | None
    left_out: int = 0
    last_resort: tuple[Call, ...] = ()
    last_resort_why: str = ""


def dry_run(
    roster: Roster,
    policy: EscalationPolicy,
    start: datetime,
    urgency: str = "high",
    changes: Changes = NO_CHANGES,
    turns: Turns = NO_TURNS,
) -> DryRun:
    """The whole run of `policy` from `start` on; `turns` are those that teams have had by then."""
    steps: list[Taken] = []
    here: tuple[int, int] | None = (1, 1)
    at = start
    while here is not None and len(steps) < MOST_STEPS:
        reaching = partial(reach, roster, policy, here[0], urgency=urgency, changes=changes, turns=turns)
        taken, reached = _taken(reaching, policy, here, at, urgency)
        steps.append(taken)
        for team, handle in reached.turns:
            turns = after_turn(turns, team, handle)
        at, here = steps[-1].until, following(policy, *here)
    if here is not None:
        left = len(policy.steps) * (policy.repeat + 1) - len(steps)
        return DryRun(steps=tuple(steps), ends_at=None, left_out=left)
    arrives = any(call.counts for one in steps for call in one.calls)
    why = last_resort_why(roster.last_resort, urgency, arrives)
    told = roster.last_resort.contacts if why else ()
    last = (Call(at=at + one.after, person="last-resort", notifier=one.notifier, why=why) for one in told)
    return DryRun(steps=tuple(steps), ends_at=at, last_resort=tuple(last), last_resort_why=why)


def _taken(
    reaching: Callable[[datetime], Reach],
    policy: EscalationPolicy,
    here: tuple[int, int],
    since: datetime,
    urgency: str,
) -> tuple[Taken, Reach]:
    step, round_ = here
    at, waits = since, ""
    reached = reaching(at)
    looks = 0
    while urgency == "low" and (held := waiting(reached, at)) is not None and looks < _MOST_LOOKS:
        at, waits, looks = held.until, held.why, looks + 1
        reached = reaching(at)
    taken = Taken(
        step=step,
        round=round_,
        since=since,
        at=at,
        until=at + delay_after(policy, step) if reached.contacts else at,
        people=reached.people,
        calls=tuple(sorted(_calls(reached, at, urgency), key=lambda call: call.at)),
        gaps=reached.gaps,
        waits=waits,
    )
    return taken, reached


def _calls(reached: Reach, at: datetime, urgency: str) -> Iterator[Call]:
    for contact in reached.contacts:
        due, held = _due(contact, contact.method, at, urgency)
        yield Call(
            at=due,
            person=contact.person.handle,
            notifier=contact.method.notifier,
            why=contact.reason,
            counts=not contact.copy,
            held=held,
        )


def _due(contact: Contact, method: ContactMethod, at: datetime, urgency: str) -> tuple[datetime, str]:
    """When a method is used, and what held it: a message that can wait waits for its person's own hours."""
    due = at + method.after
    opens = opens_at(contact.person.hours, due) if urgency == "low" else due
    return (due, "") if opens is None or opens == due else (opens, why_closed(contact.person.hours))
