"""`[severity]` of process.toml: the severity matrix. Each of its two lists replaces the built-in one as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import pydantic

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError, Explained
from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import Name, Table
from incidentd.domain import matrix_faults
from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import Answer, Matrix, Question, Rule

_KEY = "severity"
_Text = Annotated[str, pydantic.Field(min_length=1, max_length=250, pattern=r"\S")]


def _listed(value: Any) -> Any:
    """One answer may stand without brackets."""
    return (value,) if isinstance(value, str) else value


_Answers = Annotated[tuple[str, ...], pydantic.BeforeValidator(_listed)]


class AnswerTable(Table):
    id: Name
    text: _Text


class QuestionTable(Table):
    """`answers` are in order, the best first."""

    id: Name
    text: _Text
    answers: list[AnswerTable]


class RuleTable(Table):
    """`when` has the answers at which the rule holds, by question; the last rule has none."""

    id: Name
    level: Severity
    text: Annotated[str, pydantic.Field(max_length=250)] = ""
    when: dict[str, _Answers] = pydantic.Field(default={})


class SeverityTable(Table):
    """A list that is not given is the built-in one."""

    questions: list[QuestionTable] = pydantic.Field(default=[])
    rules: list[RuleTable] = pydantic.Field(default=[])


class _Alone(pydantic.BaseModel):
    """A file of which only `[severity]` counts."""

    severity: SeverityTable = SeverityTable()


def severity_matrix(table: SeverityTable) -> Matrix:
    """What the table says, whatever it is worth."""
    questions = tuple(
        Question(id=one.id, text=one.text, answers=tuple(Answer(id=a.id, text=a.text) for a in one.answers))
        for one in table.questions
    )
    rules = tuple(Rule(**dict(one)) for one in table.rules)
    return Matrix(questions=questions or DEFAULT_MATRIX.questions, rules=rules or DEFAULT_MATRIX.rules)


def broken_severity(table: SeverityTable) -> Iterable[Broken]:
    """What makes the matrix unusable."""
    for fault in matrix_faults.faults(severity_matrix(table)):
        yield (_KEY, *fault.path), (fault.what, fault.remedy)


def severity_problems(matrix: Matrix) -> Iterable[str]:
    """What a person hardly meant."""
    return (f"severity: {text}" for text in matrix_faults.warnings(matrix))


def read_matrix(document: Document) -> Matrix:
    """The matrix of a process file, whatever else it holds. Raises `ConfigurationError` with every fault."""
    if _KEY not in document.data:
        raise ConfigurationError([document.explained([Explained((), "has no [severity]", _ADD)])[0]])
    table = document.validate(_Alone).severity
    if faults := [document.fault(path, *why) for path, why in broken_severity(table)]:
        raise ConfigurationError(faults)
    return severity_matrix(table)


_ADD = "`incidentctl severity show --toml` prints the one in force, to be edited"
