"""Interruptions: somebody on project work is pulled into reactive work. Each has a typed reason."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.modes import Mode, ModeBlock, mode_at
from incidentd.domain.people import Step, Target, TargetKind

LONGEST_AGO = timedelta(days=14)
"""How far back an interruption can be recorded by hand: what is told later is not remembered well."""


class Source(enum.StrEnum):
    """The way on which somebody was reached."""

    PAGE = "page"
    INCIDENT = "incident"
    CHAT = "chat"
    MAIL = "mail"
    CALL = "call"
    IN_PERSON = "in_person"
    OTHER = "other"


class Reason(enum.StrEnum):
    """Why it was somebody on project work. The first three are told by what paged, the others by people."""

    SCHEDULED = "scheduled"
    NAMED = "named"
    ESCALATED = "escalated"
    KNOWLEDGE = "knowledge"
    HANDS = "hands"
    NO_SUPPORT = "no_support"
    UNFINISHED = "unfinished"
    ACCESS = "access"
    MISTAKE = "mistake"
    OTHER = "other"


GIVEN = tuple(one for one in Reason if one not in (Reason.SCHEDULED, Reason.NAMED, Reason.ESCALATED))
"""What a person can give as the reason."""
_WORDS: Mapping[Reason, str] = {
    Reason.SCHEDULED: "it was their turn",
    Reason.NAMED: "the policy names them",
    Reason.ESCALATED: "nobody before them answered",
    Reason.KNOWLEDGE: "only they know it",
    Reason.HANDS: "more hands were needed",
    Reason.NO_SUPPORT: "nobody in support could",
    Reason.UNFINISHED: "it is unfinished work of theirs",
    Reason.ACCESS: "only they have the right or can approve",
    Reason.MISTAKE: "by mistake",
    Reason.OTHER: "another reason",
}


def reason_words(reason: Reason) -> str:
    """A reason as people read it."""
    return _WORDS[reason]


class Interruption(msgspec.Struct, frozen=True, kw_only=True):
    """`person` was reached at `at`; `subject` is what it was about, such as page:3, or "" for what has no record."""

    id: int
    person: str
    at: datetime
    source: Source
    reason: Reason
    subject: str = ""
    service: str = ""
    note: str = ""
    by: str = ""
    withdrawn: bool = False


def protected(people: Iterable[str], blocks: Iterable[ModeBlock], at: datetime) -> list[str]:
    """Those of `people` who are on project work at an instant."""
    standing = list(blocks)
    return [one for one in dict.fromkeys(people) if mode_at(standing, one, at) is Mode.PROJECT]


def reason_of_step(person: str, taken: Step, step: int, round_: int) -> Reason:
    """Why an escalation step reached somebody: `step` and `round_` count from 1."""
    if step > 1 or round_ > 1:
        return Reason.ESCALATED
    return Reason.NAMED if Target(TargetKind.PERSON, person) in taken.targets else Reason.SCHEDULED


def told(one: Interruption) -> str:
    """An interruption as a sentence, or what became of it."""
    about = f" about {one.service}" if one.service else ""
    note = f" ({one.note})" if one.note else ""
    if one.withdrawn:
        return f"{one.person} was not interrupted{about} after all{note}"
    return (
        f"{one.person}, on project work, is reached{about} ({one.source.replace('_', ' ')}): {_WORDS[one.reason]}{note}"
    )
