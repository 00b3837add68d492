"""Looking for a word in a column, and for labels in the JSON of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text

from incidentd.domain.matchers import Matcher, Op

_ESCAPE = "\\"


def contains(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Whether `word` stands somewhere in `column`, in either case of ASCII; % and _ in it are themselves."""
    literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.ilike(f"%{literal}%", escape=_ESCAPE)


def may_match(labels: ColumnElement[Any], matchers: Sequence[Matcher]) -> list[ColumnElement[bool]]:
    """What the stored `labels` of a row surely fulfil when they fulfil every matcher: sorts out most of the others."""
    kept = labels.cast(Text)
    return [kept.contains(pair, autoescape=True) for matcher in matchers if (pair := _as_stored(matcher))]


def _as_stored(matcher: Matcher) -> str:
    """The label in the JSON of a row; "" where a plain text cannot say it (the label may be missing, or differ)."""
    plain = matcher.op is Op.EQUAL and matcher.value and (matcher.name + matcher.value).isascii()
    if not plain or not (matcher.name + matcher.value).isprintable() or set(matcher.name + matcher.value) & set('"\\/'):
        return ""
    return f'"{matcher.name}":"{matcher.value}"'
