"""A severity matrix as the table of a process file that a person edits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from incidentd.domain.severity_matrix import Matrix, Question, Rule

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(matrix: Matrix) -> str:
    """`[severity]` of process.toml: read again, it gives the same matrix."""
    lines = ["[severity]"]
    for question in matrix.questions:
        lines += ["", *_question(question)]
    for rule in matrix.rules:
        lines += ["", *_rule(rule)]
    return "\n".join(lines) + "\n"


def _question(question: Question) -> Iterator[str]:
    yield "[[severity.questions]]"
    yield f"id = {_text(question.id)}"
    yield f"text = {_text(question.text)}"
    yield "answers = ["
    for answer in question.answers:
        yield f"  {{ id = {_text(answer.id)}, text = {_text(answer.text)} }},"
    yield "]"


def _rule(rule: Rule) -> Iterator[str]:
    yield "[[severity.rules]]"
    yield f"id = {_text(rule.id)}"
    yield f"level = {_text(rule.level)}"
    if rule.text:
        yield f"text = {_text(rule.text)}"
    if rule.when:
        conditions = [f"{_key(name)} = {_listed(listed)}" for name, listed in rule.when.items()]
        yield f"when = {{ {', '.join(conditions)} }}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _listed(answers: Sequence[str]) -> str:
    texts = [_text(one) for one in answers]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _text(value: str) -> str:
    """A basic string of TOML: one of JSON, in which DEL is escaped as well."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
