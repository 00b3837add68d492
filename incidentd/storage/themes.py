"""Themes as rows, with how many factors each has."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from incidentd.domain.themes import theme_key
from incidentd.storage.schema_reviews import factors, themes
from incidentd.storage.tx import Tx


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: str
    text: str


def _theme(row: Row[Any]) -> Theme:
    return Theme(id=row.id, name=row.name, text=row.text)


def every(conn: Connection) -> list[Theme]:
    """All themes, by name. They are few: people name them by hand."""
    return sorted((_theme(row) for row in conn.execute(select(themes))), key=lambda one: theme_key(one.name))


def called(conn: Connection, name: str) -> Theme | None:
    """The theme of this name, however it is written."""
    key = theme_key(name)
    return next((one for one in every(conn) if theme_key(one.name) == key), None)


def add(tx: Tx, name: str, by: str) -> Theme:
    """Store a theme."""
    statement = insert(themes).values(name=name, text="", by=by, at=tx.now)
    return _theme(tx.conn.execute(statement.returning(themes)).one())


def change(tx: Tx, theme_id: int, **values: Any) -> Theme:
    """Store new values of columns."""
    statement = update(themes).where(themes.c.id == theme_id).values(**values)
    return _theme(tx.conn.execute(statement.returning(themes)).one())


def counts(conn: Connection, where: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    """(factors, incidents) of each theme, of the factors that fulfil `where` and stand for themselves."""
    c = factors.c
    query = select(c.theme_id, func.count(), func.count(c.incident_id.distinct()))
    query = query.where(where, c.theme_id.is_not(None), c.same_as.is_(None)).group_by(c.theme_id)
    return {theme: (some, incidents) for theme, some, incidents in conn.execute(query)}
