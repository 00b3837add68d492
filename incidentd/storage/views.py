"""Saved views as rows, and what each person's inbox begins with. A shared view has no person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from incidentd.storage.schema import view_openings, views
from incidentd.storage.tx import Tx
from incidentd.wire.views import View

SHARED = ""


def _view(row: Row[Any]) -> View:
    return View(
        id=row.id,
        name=row.name,
        base=row.base,
        query=row.query,
        shared=row.person == SHARED,
        saved_by=row.saved_by,
        saved_at=row.saved_at,
    )


def of_person(conn: Connection, person: str) -> list[View]:
    """A person's own views and the shared ones, by name; one's own comes before a shared one."""
    query = select(views).where(or_(views.c.person == person, views.c.person == SHARED))
    found = [_view(row) for row in conn.execute(query)]
    return sorted(found, key=lambda one: (one.name.casefold(), one.shared, one.id))


def count(conn: Connection, person: str) -> int:
    """How many views a person (or, for `SHARED`, everybody) has."""
    total: int = conn.execute(select(func.count()).select_from(views).where(views.c.person == person)).scalar_one()
    return total


def named(conn: Connection, person: str, name: str) -> View | None:
    """The view of exactly this person and name."""
    row = conn.execute(select(views).where(views.c.person == person, views.c.name == name)).one_or_none()
    return None if row is None else _view(row)


def save(tx: Tx, person: str, name: str, saved_by: str, *, base: str, query: str) -> View:
    """Store a view, over the one of that name if there is one."""
    values = {"base": base, "query": query, "saved_by": saved_by, "saved_at": tx.now}
    old = named(tx.conn, person, name)
    if old is None:
        statement = insert(views).values(person=person, name=name, **values).returning(views)
        return _view(tx.conn.execute(statement).one())
    return _view(tx.conn.execute(update(views).where(views.c.id == old.id).values(**values).returning(views)).one())


def remove(tx: Tx, view_id: int) -> None:
    """Forget a view."""
    tx.conn.execute(delete(views).where(views.c.id == view_id))


def opening(conn: Connection, person: str) -> tuple[str, bool]:
    """(what a person's inbox begins with, whether they chose it); ("", False) when nothing is known."""
    row = conn.execute(select(view_openings).where(view_openings.c.person == person)).one_or_none()
    return (row.opens, row.pinned) if row is not None else ("", False)


def set_opening(tx: Tx, person: str, opens: str, *, pinned: bool) -> None:
    """Remember what a person's inbox begins with."""
    values = {"opens": opens, "pinned": pinned}
    changed = tx.conn.execute(update(view_openings).where(view_openings.c.person == person).values(**values))
    if changed.rowcount == 0:
        tx.conn.execute(insert(view_openings).values(person=person, **values))
