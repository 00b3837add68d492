"""The severity of an incident, set by the matrix or by hand; everything here happens inside a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from incidentd.domain.classification import Classification, fitting
from incidentd.domain.incidents import RESPONDING, Incident, override_rule, severity_rule
from incidentd.domain.process import Process
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Answers, Matrix, Question
from incidentd.domain.updates import next_due_for_status
from incidentd.services.classification_views import classified, rule_words
from incidentd.storage import classifications, incidents
from incidentd.storage.classifications import Recorded
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import severity as wire_severity

USUAL = Severity.SEV3
"""The severity of an incident that was declared without saying one."""
_RULES = frozenset({"severity-reason", "override-reason"})


class SeverityChanges:
    """Sets severities. `settle` brings in line what follows from one."""

    def __init__(self, process: Callable[[], Process], settle: Callable[[Tx, Incident], Incident]) -> None:
        self._process = process
        self._settle = settle

    def set(self, tx: Tx, incident: Incident, body: wire_incidents.SetSeverity, actor: str) -> Incident:
        """By hand. Lowering it, or another level than the matrix says, is a broken rule without a reason."""
        if body.severity is incident.severity:
            return incident
        recorded = classifications.get(tx.conn, incident.id)
        if recorded is not None:
            classifications.give_reason(tx, incident.id, body.reason if body.severity is not recorded.level else "")
        return self._to(tx, incident, body.severity, body.reason, recorded, actor)

    def classify(self, tx: Tx, incident: Incident, body: wire_severity.ClassifyIncident, actor: str) -> Incident:
        """By answers, over those recorded before. Raises `Invalid`."""
        matrix = self._process().matrix
        before = classifications.get(tx.conn, incident.id)
        kept = fitting(matrix, before.answers)[0] if before else {}
        given = {**kept, **body.answers}
        found = classified(matrix, given)
        severity, reason = body.severity or found.level, body.reason
        if body.severity is None and before is not None and _overridden(incident, before, found):
            severity, reason = incident.severity, body.reason or before.reason
        return self._record(tx, incident, given, found, severity, reason, before, actor)

    def of_declaration(self, body: wire_incidents.DeclareIncident) -> Severity:
        """The level an incident begins with: as it was said, else by the answers, else the usual one."""
        if body.severity is None and body.answers:
            return classified(self._process().matrix, body.answers).level
        return body.severity or USUAL

    def at_declaration(self, tx: Tx, incident: Incident, answers: Answers, reason: str, actor: str) -> Incident:
        """By the answers an incident is declared with; it has its severity already. Raises `Invalid`."""
        found = classified(self._process().matrix, answers)
        return self._record(tx, incident, answers, found, incident.severity, reason, None, actor)

    def _record(
        self,
        tx: Tx,
        incident: Incident,
        given: Answers,
        found: Classification,
        severity: Severity,
        reason: str,
        before: Recorded | None,
        actor: str,
    ) -> Incident:
        process = self._process()
        recorded = Recorded(
            incident_id=incident.id,
            at=tx.now,
            by=actor,
            answers=given,
            level=found.level,
            rule=found.rule,
            rule_text=rule_words(process.matrix, found.rule),
            reason=reason if severity is not found.level else "",
            process_version=process.version,
        )
        classifications.put(tx, recorded)
        data = {
            "level": found.level,
            "rule": recorded.rule,
            "rule_text": recorded.rule_text,
            "was": "" if before is None else before.level,
            "severity": severity,
            "reason": recorded.reason,
            "answers": found.answers,
            "said": _said(process.matrix, given, before),
            "open": found.unknown,
        }
        tx.emit("incident.classified", incident.subject, data, actor=actor)
        return self._to(tx, incident, severity, recorded.reason, recorded, actor)

    def _to(
        self, tx: Tx, incident: Incident, severity: Severity, reason: str, recorded: Recorded | None, actor: str
    ) -> Incident:
        """Give it this severity, with what follows from it and the rules that are broken by it."""
        if recorded is None:
            broken, why = severity_rule(incident, severity, reason, tx.now), reason
        else:
            broken = override_rule(recorded.level, severity, reason, tx.now)
            why = reason or (recorded.rule_text if severity is recorded.level else "")
        kept = tuple(one for one in incident.skipped if one.rule not in _RULES)
        changes: dict[str, Any] = {"severity": severity, "skipped": (*kept, *((broken,) if broken else ()))}
        if severity is not incident.severity:
            changes |= self._promise(tx, incident, severity)
            data = {"from": incident.severity, "to": severity, "reason": why, "at": tx.now}
            tx.emit("incident.severity", incident.subject, data, actor=actor)
        return self._settle(tx, incidents.change(tx, incident, **changes))

    def _promise(self, tx: Tx, incident: Incident, severity: Severity) -> dict[str, Any]:
        """What a new severity means for the next update; a promise is never put off by it."""
        if incident.status not in RESPONDING:
            return {}
        long = incident.long_since is not None
        due = next_due_for_status(self._process(), severity, incident.status, tx.now, long=long)
        known = [at for at in (due, incident.next_update_at) if at is not None]
        return {"next_update_at": min(known, default=None)}


def _overridden(incident: Incident, before: Recorded, found: Classification) -> bool:
    """An override holds as long as the matrix says what was overridden."""
    return incident.severity is not before.level and found.level is before.level


def _said(matrix: Matrix, given: Answers, before: Recorded | None) -> list[dict[str, str]]:
    """The answers that are new, in words."""
    earlier = {} if before is None else before.answers
    return [
        {"question": one.id, "was": _words(one, earlier.get(one.id, "")), "answer": _words(one, given[one.id])}
        for one in matrix.questions
        if one.id in given and given[one.id] != earlier.get(one.id)
    ]


def _words(question: Question, answer: str) -> str:
    return answer if answer == UNKNOWN else question.words(answer)
