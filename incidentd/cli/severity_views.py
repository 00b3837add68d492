"""The severity matrix, classifications and edits of the matrix, as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incidentd.cli.screen import Painted, fields, glyph, hang, listed, paint, section, table, toned
from incidentd.cli.session import Session
from incidentd.domain.columns import width
from incidentd.domain.display import safe_line
from incidentd.wire import severity as wire_severity

_RULE_COLUMNS = 12
_EDITS = {"added": "good", "removed": "bad", "changed": "warn", "moved": "bold"}


def print_matrix(matrix: wire_severity.SeverityMatrix) -> None:
    """Questions with their answers, then the rules in order."""
    hang("Severity matrix of process ", safe_line(matrix.process_version))
    for question in matrix.questions:
        section(f"{question.id}: {question.text}")
        fields((one.id, f"{one.text}{_counted(index)}") for index, one in enumerate(question.answers))
    section("Rules: the first that holds counts")
    for index, rule in enumerate(matrix.rules, 1):
        level = rule.level.value
        lead = f"  {index:2}  {paint(level, toned(level).tone)}  "
        hang(lead, safe_line(f"{rule.id}: {rule.text}" if rule.text else rule.id), lead_width=_RULE_COLUMNS)
        hang(" " * _RULE_COLUMNS, safe_line(f"when {conditions(rule.when)}" if rule.when else "always"), tone="dim")
    print_warnings(matrix.warnings)


def _counted(index: int) -> str:
    return "  (what unknown counts as)" if index == 1 else ""


def conditions(when: Mapping[str, Sequence[str]]) -> str:
    """When a rule holds: "users most; workaround none or unacceptable"."""
    return "; ".join(f"{name} {' or '.join(answers)}" for name, answers in when.items())


def print_warnings(warnings: Sequence[str]) -> None:
    """What a person hardly meant."""
    for text in warnings:
        hang(f"  {paint('!', 'warn')} ", safe_line(text), lead_width=4)


# ---------------------------------------------------------------------- classifications
def print_level(found: wire_severity.Classified) -> None:
    """One line: the level, the rule that fired, and where it may still go."""
    level = found.level.value
    reach = "" if found.best is found.worst else f"; anything from {found.worst} to {found.best} is possible"
    lead = f"{paint(level, toned(level).tone)}  "
    hang(lead, safe_line(f"{found.rule_text} ({found.rule}){reach}"), lead_width=len(level) + 2)


def print_unknown(found: wire_severity.Classified) -> None:
    """What is not known, and what each answer to it would change."""
    fields(unknown_rows(found))


def unknown_rows(found: wire_severity.Classified) -> list[tuple[str, str]]:
    """A row for each unknown that changes the level by itself, and one for those that do so only together."""
    rows = [
        (one.question, f"not known, counted as {one.assumed}; {listed(map(_would, one.changes))}")
        for one in found.unknown
        if one.changes
    ]
    together = [one.question for one in found.unknown if not one.changes]
    return [*rows, *([("only together", f"{listed(together)} (not known either)")] if together else [])]


def _would(change: wire_severity.LevelChange) -> str:
    return f"{change.answer}: {change.level}"


def print_classification(session: Session, found: wire_severity.IncidentClassification) -> None:
    """What is on record about an incident, and what is still open."""
    section("Severity by the matrix")
    hand = f"by hand instead: {found.reason or 'no reason given'}" if found.overridden else ""
    now = f"{found.now.level} by {found.now.rule}" if found.now.level is not found.level else ""
    fields([
        ("level", f"{found.level}: {found.rule_text} ({found.rule})"), ("set", hand),
        ("by", f"{found.by}, {session.when(found.at)}"),
        ("answers", "; ".join(f"{name} {answer}" for name, answer in found.answers.items())),
        ("matrix now says", now), ("answers gone", listed(found.lost)),
        *unknown_rows(found.now),
    ])  # fmt: skip


# ---------------------------------------------------------------------- edits
def print_replay(found: wire_severity.MatrixReplay) -> None:
    """The edit, and which past incidents it would classify otherwise."""
    if not found.differences:
        print("The two matrices are the same.")
    for one in found.differences:
        lead = f"{paint(f'{one.edit:8}', _EDITS.get(one.edit, ''))}  {one.part} "
        name = safe_line(one.id)
        hang(lead, name, lead_width=width(f"{one.edit:8}  {one.part} "))
        for detail in one.details:
            hang("            ", safe_line(detail), tone="dim")
    print_warnings(found.warnings)
    section("Past incidents")
    rows = [_changed(one) for one in found.changed]
    head = ("INCIDENT", "FROM", "TO", "RULE BEFORE", "RULE AFTER", "REMARK", "TITLE")
    table(head, rows, empty="None would have another level.", spare=("REMARK",))
    if found.changed_total > len(found.changed):
        print(f"{len(found.changed)} shown of {found.changed_total}")
    other = f", {found.other_rule} of them by another rule" if found.other_rule else ""
    hang("", f"{found.changed_total} would have another level, {found.same_level} the same{other}.")
    if found.unanswered:
        hang("", f"{found.unanswered} {glyph('×', 'x')} nobody can say: no answers are on record.")


def _changed(one: wire_severity.ReclassifiedIncident) -> tuple[object, ...]:
    remarks = [f"set to {one.severity} by hand"] if one.severity is not one.recorded else []
    remarks += [f"recorded as {one.recorded}"] if one.recorded is not one.before else []
    remarks += [f"answer to {listed(one.lost)} is gone"] if one.lost else []
    worse = one.after.worse_than(one.before)
    return (f"INC-{one.incident_id}", toned(one.before.value), Painted(one.after.value, "bad" if worse else "good"),
            one.rule_before, one.rule_after, "; ".join(remarks) or "-", one.title)  # fmt: skip
