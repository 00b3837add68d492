"""The part of the socket API's contract about escalation policies: what they say, and what they would do now.

Beside `wire`, whose rules hold here too. Durations are seconds.
"""

from __future__ import annotations

from incidentd.wire import Frozen, Instant


class PolicyTarget(Frozen, frozen=True):
    """Of a step; `now` is whom it stands for as of the answer's `at`, () for nobody, and `why` says why."""

    kind: str  # person | schedule | team | channel
    name: str
    now: tuple[str, ...]
    why: str


class PolicyStep(Frozen, frozen=True):
    """`acks`: of so many different people; with fewer the others are escalated on."""

    number: int
    delay: float
    targets: tuple[PolicyTarget, ...]
    acks: int = 1


class PolicyChoice(Frozen, frozen=True):
    """What is of this severity, or of this urgency, goes by another policy."""

    by: str  # severity | urgency
    value: str
    policy: str


class Policy(Frozen, frozen=True):
    name: str
    at: Instant
    repeat: int  # rounds after the first one
    lasts: float  # until no step is left, when every step reaches somebody and nothing waits
    steps: tuple[PolicyStep, ...]
    services: tuple[str, ...]  # that escalate by it
    routes: tuple[str, ...]  # that name it: the name, or the place in the tree
    ack_timeout: float = 0.0  # how long an acknowledgement holds that names no end; 0: until it ends
    choices: tuple[PolicyChoice, ...] = ()
    chosen_by: tuple[str, ...] = ()  # policies that name it for a severity or an urgency


class Policies(Frozen, frozen=True):
    policies: tuple[Policy, ...]


class PlannedCall(Frozen, frozen=True):
    """One message. `counts` is False for a copy: to who learns beside somebody, or to a channel."""

    at: Instant
    after: float  # since the page began
    person: str
    notifier: str
    why: str
    counts: bool = True
    held: str = ""  # whose hours it waits for, "" for none


class PlannedStep(Frozen, frozen=True):
    """A step that is taken at `at` and waits until `until` for an acknowledgement.

    What can wait had its turn at `since` and was held until `at`: `waits` says for whose hours.
    """

    step: int
    of: int
    round: int
    since: Instant
    at: Instant
    until: Instant
    people: tuple[str, ...]  # that the page counts on
    calls: tuple[PlannedCall, ...]  # by their time
    gaps: tuple[str, ...]  # what reaches nobody, in words
    waits: str = ""
    acks: int = 1


class PolicyTest(Frozen, frozen=True):
    """If it fired at `at` and nobody acknowledged: everybody who would be called, in order. Nothing is sent.

    Left out is what depends on more than the roster: mutes, limits of contact methods, messages that fail.
    """

    asked: str
    policy: str  # the one that runs
    why: str  # when it is another one: why
    severity: str
    urgency: str
    at: Instant
    steps: tuple[PlannedStep, ...]
    ends_at: Instant | None  # when no step is left; None when `left_out` steps follow
    left_out: int
    last_resort: tuple[PlannedCall, ...] = ()
    last_resort_why: str = ""
