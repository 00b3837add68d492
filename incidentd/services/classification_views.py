"""Classifications as callers see them: in the words of the matrix in force, with what is still open."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from incidentd.domain.classification import BadAnswer, Classification, classify, fitting, next_question
from incidentd.domain.incidents import Incident
from incidentd.domain.severity_matrix import Answers, Matrix
from incidentd.services.errors import Invalid
from incidentd.storage import classifications
from incidentd.wire import severity as wire_severity


def classified(matrix: Matrix, answers: Answers) -> Classification:
    """What the matrix says. Raises `Invalid` for an answer that it does not have."""
    try:
        return classify(matrix, answers)
    except BadAnswer as error:
        raise Invalid(error.what, field=f"answers.{error.question}", remedy=error.remedy) from None


def rule_words(matrix: Matrix, name: str) -> str:
    """A rule as people read it; `name` itself when the matrix has no such rule."""
    rule = matrix.rule(name)
    return name if rule is None else rule.words


def shown(matrix: Matrix, found: Classification, given: Answers) -> wire_severity.Classified:
    """What the matrix says, in its words, with the question to ask next."""
    after = next_question(matrix, given)
    return wire_severity.Classified(
        level=found.level,
        rule=found.rule,
        rule_text=rule_words(matrix, found.rule),
        answers=found.answers,
        assumed=found.assumed,
        unknown=tuple(
            wire_severity.OpenUnknown(
                question=one.question,
                text=next(question.text for question in matrix.questions if question.id == one.question),
                assumed=one.assumed,
                changes=msgspec.convert(one.changes, tuple[wire_severity.LevelChange, ...], from_attributes=True),
            )
            for one in found.unknown
        ),
        best=found.best,
        worst=found.worst,
        next="" if after is None else after.id,
    )


def classification(conn: Connection, incident: Incident, matrix: Matrix) -> wire_severity.IncidentClassification | None:
    """What is on record about the severity of an incident, None when it was never classified."""
    recorded = classifications.get(conn, incident.id)
    if recorded is None:
        return None
    kept, lost = fitting(matrix, recorded.answers)
    return wire_severity.IncidentClassification(
        at=recorded.at,
        by=recorded.by,
        level=recorded.level,
        rule=recorded.rule,
        rule_text=recorded.rule_text,
        answers=recorded.answers,
        overridden=incident.severity is not recorded.level,
        reason=recorded.reason,
        process_version=recorded.process_version,
        lost=lost,
        now=shown(matrix, classified(matrix, kept), kept),
    )
