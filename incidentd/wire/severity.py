"""The severity matrix on the wire: its questions and rules, what answers come to, and what an edit would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire import Incident
from incidentd.wire.base import Frozen, Instant, OptionalText, Request
from incidentd.wire.replay import EditedFile, Fault

_Id = Annotated[str, Meta(min_length=1, max_length=64)]
SeverityAnswers = Annotated[Mapping[_Id, _Id], Meta(max_length=50)]
"""The id of an answer, or "unknown", by the id of its question; what is left out is not known either."""


class SeverityAnswer(Frozen, frozen=True):
    id: str
    text: str


class SeverityQuestion(Frozen, frozen=True):
    """The answers are in order, the best first; "unknown" counts as the second."""

    id: str
    text: str
    answers: tuple[SeverityAnswer, ...]


class SeverityRule(Frozen, frozen=True):
    """The first rule that holds gives the level: when the answer to each question in `when` is one of those listed."""

    id: str
    level: Severity
    text: str
    when: Mapping[str, tuple[str, ...]]


class SeverityMatrix(Frozen, frozen=True):
    """The matrix in force. `warnings` say where it does what a person hardly meant."""

    process_version: str
    questions: tuple[SeverityQuestion, ...]
    rules: tuple[SeverityRule, ...]
    warnings: tuple[str, ...]


# ---------------------------------------------------------------------- classifying
class ClassifyAnswers(Request, frozen=True):
    """What would come of these answers; nothing is recorded."""

    answers: SeverityAnswers


class ClassifyIncident(Request, frozen=True):
    """Record answers about an incident over those recorded before, and set its severity.

    `severity` overrides what the matrix says; without a `reason` that is shown as a broken rule. An override holds
    until the matrix says another level than the one that was overridden.
    """

    answers: SeverityAnswers = msgspec.field(default_factory=dict)
    severity: Severity | None = None
    reason: OptionalText = ""


class LevelChange(Frozen, frozen=True):
    """What one answer to an unknown would make of it, everything else as it is assumed."""

    answer: str
    level: Severity
    rule: str


class OpenUnknown(Frozen, frozen=True):
    """Something not known that can still change the level; without `changes`, only together with other unknowns."""

    question: str
    text: str
    assumed: str  # what "unknown" counts as
    changes: tuple[LevelChange, ...]


class Classified(Frozen, frozen=True):
    """What the matrix says. `best` and `worst` are what it can come to once everything is known."""

    level: Severity
    rule: str
    rule_text: str
    answers: Mapping[str, str]  # of every question
    assumed: Mapping[str, str]  # what each unknown counts as
    unknown: tuple[OpenUnknown, ...]
    best: Severity
    worst: Severity
    next: str  # the question to ask next, "" when none that was not asked can change the level


class IncidentClassification(Frozen, frozen=True):
    """What is on record about an incident's severity, and what the matrix in force makes of the answers."""

    at: Instant
    by: str
    level: Severity  # by the matrix then
    rule: str
    rule_text: str
    answers: Mapping[str, str]  # as they were given
    overridden: bool  # the incident has another severity
    reason: str  # of the override
    process_version: str
    lost: tuple[str, ...]  # questions whose answers the matrix in force does not have: they count as unknown now
    now: Classified


class ClassifiedIncident(Frozen, frozen=True):
    incident: Incident
    classification: IncidentClassification


# ---------------------------------------------------------------------- an edit, and what it would change
class ReplayMatrix(Request, frozen=True):
    """Compare the matrix of an edited process file with that of another, by default with the one in force."""

    edited: EditedFile
    against: EditedFile | None = None


class MatrixDifference(Frozen, frozen=True):
    part: str  # question | rule
    id: str
    edit: str  # added | removed | changed | moved
    details: tuple[str, ...]


class ReclassifiedIncident(Frozen, frozen=True):
    """A past incident that the edited matrix gives another level for the answers on record."""

    incident_id: int
    title: str
    before: Severity
    after: Severity
    rule_before: str
    rule_after: str
    recorded: Severity  # as computed at the time
    severity: Severity  # that it has; another than `recorded` was set by hand
    lost: tuple[str, ...]  # questions whose answers the edited matrix does not have: they count as unknown


class MatrixReplay(Frozen, frozen=True):
    """What an edit changes. With `faults` a file cannot be used, and nothing was compared."""

    faults: tuple[Fault, ...]
    warnings: tuple[str, ...] = ()
    differences: tuple[MatrixDifference, ...] = ()
    changed: tuple[ReclassifiedIncident, ...] = ()  # the newest first, at most 500
    changed_total: int = 0
    same_level: int = 0
    other_rule: int = 0  # of these: the same level by another rule
    unanswered: int = 0  # incidents without recorded answers: nobody can say
