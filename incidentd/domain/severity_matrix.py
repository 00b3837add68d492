"""The severity matrix, written ahead of time: questions about impact, and rules of which the first that holds counts.

Source of the rules: the practice's "Severity matrix". What is not known counts as the answer next worse to the best
one: when unsure, the higher severity, and argue later.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from incidentd.domain.severity import Severity

UNKNOWN = "unknown"
"""The answer to any question when nobody knows; no answer of a matrix may have this id."""

Answers = Mapping[str, str]
"""The id of an answer, or `UNKNOWN`, by the id of its question. A question that is missing is not known either."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One possible answer; `id` is what rules, records and the command line call it."""

    id: str
    text: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about an incident. The answers are in order, the best first and the worst last."""

    id: str
    text: str
    answers: tuple[Answer, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the answers, the best first."""
        return tuple(one.id for one in self.answers)

    @property
    def assumed(self) -> str:
        """What "unknown" counts as: the answer next worse to the best."""
        return self.answers[1].id

    def words(self, answer: str) -> str:
        """An answer as people read it; `answer` itself when the question has no such answer."""
        return next((one.text for one in self.answers if one.id == answer), answer)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Gives `level` when the answer to each question in `when` is one of those listed; without conditions, always."""

    id: str
    level: Severity
    text: str = ""  # in words, for people
    when: Mapping[str, tuple[str, ...]] = {}

    def holds(self, answers: Answers) -> bool:
        """Whether every condition is fulfilled by `answers`, in which nothing is unknown."""
        return all(answers[question] in listed for question, listed in self.when.items())

    @property
    def words(self) -> str:
        """The rule as people read it."""
        return self.text or self.id


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """Questions and ordered rules. The last rule has no condition, so that every combination of answers has a level."""

    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]

    def question(self, name: str) -> Question | None:
        """The question with this id, None when there is none."""
        return next((one for one in self.questions if one.id == name), None)

    def rule(self, name: str) -> Rule | None:
        """The rule with this id, None when there is none."""
        return next((one for one in self.rules if one.id == name), None)

    def first(self, answers: Answers) -> Rule:
        """The first rule that holds; `answers` has one of each question, none unknown."""
        return next(rule for rule in self.rules if rule.holds(answers))
