"""Looking for a word in a column."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

_ESCAPE = "\\"


def contains(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Whether `word` stands somewhere in `column`, in either case of ASCII; % and _ in it are themselves."""
    literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.ilike(f"%{literal}%", escape=_ESCAPE)
