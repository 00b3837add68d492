"""Saved views: filters of the inbox under a name, one's own or for everybody, and what the inbox begins with."""

from __future__ import annotations

import re
from typing import get_args

from sqlalchemy import Connection

from incidentd.domain.display import safe_line
from incidentd.domain.filters import parse_filter
from incidentd.services.errors import Invalid, NotFound, Unknown
from incidentd.storage import views
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.storage.views import SHARED
from incidentd.wire import views as wire_views

_MOST = 100
_BASES = get_args(wire_views.Base)
_SAVED = re.compile(r"view:([0-9]{1,16})")


class SavedViews:
    """Implements `contracts.ViewCalls`. A shared view leaves events; one's own is nobody else's business."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, person: str) -> wire_views.Views:
        """The views that `person` can pick."""
        return await self._store.read(lambda conn: _listed(conn, person))

    async def save(self, body: wire_views.SaveView, person: str) -> wire_views.View:
        """Save a view, over the one of that name. Raises `Invalid`, also for a filter that cannot be read."""
        name = body.name.strip()
        if name != safe_line(name):
            raise Invalid("a name is one line of visible characters", field="name")
        if fault := parse_filter(body.query).fault:
            raise Invalid(fault, field="query", remedy="write words, and NAME=VALUE, also !=, =~ and !~")
        owner = SHARED if body.shared else person

        def command(tx: Tx) -> wire_views.View:
            if views.named(tx.conn, owner, name) is None and views.count(tx.conn, owner) >= _MOST:
                raise Invalid(f"there are {_MOST} views already", field="name", remedy="delete one first")
            saved = views.save(tx, owner, name, person, base=body.base, query=body.query.strip())
            if saved.shared:
                told = {"name": saved.name, "base": saved.base, "query": saved.query}
                tx.emit("view.saved", f"view:{saved.id}", told, actor=person)
            return saved

        return await self._store.write(command)

    async def delete(self, view_id: int, person: str) -> wire_views.Views:
        """Forget a view, one's own or a shared one; the answer is what is left. Raises `NotFound`."""

        def command(tx: Tx) -> wire_views.Views:
            view = next((one for one in views.of_person(tx.conn, person) if one.id == view_id), None)
            if view is None:
                raise NotFound("there is no such view", field="id", remedy="see incidentctl view list")
            views.remove(tx, view_id)
            if view.shared:
                told = {"name": view.name, "base": view.base, "query": view.query}
                tx.emit("view.deleted", f"view:{view.id}", told, actor=person)
            return _listed(tx.conn, person)

        return await self._store.write(command)

    async def open_with(self, body: wire_views.OpenWith, person: str) -> wire_views.Views:
        """Remember what the inbox of `person` begins with. Raises `Invalid` when there is no such view."""

        def command(tx: Tx) -> wire_views.Views:
            if not _is_known(tx.conn, person, body.opens):
                raise Unknown("there is no such view", field="opens", remedy=f"use {', '.join(_BASES)} or view:ID")
            views.set_opening(tx, person, body.opens, pinned=body.pinned)
            return _listed(tx.conn, person)

        return await self._store.write(command)


def _listed(conn: Connection, person: str) -> wire_views.Views:
    opens, pinned = views.opening(conn, person)
    known = _is_known(conn, person, opens)  # a shared view may be gone
    return wire_views.Views(
        views=tuple(views.of_person(conn, person)), opens=opens if known else "", pinned=pinned and known
    )


def _is_known(conn: Connection, person: str, opens: str) -> bool:
    found = _SAVED.fullmatch(opens)
    if found is None:
        return opens == "" or opens in _BASES
    return any(one.id == int(found[1]) for one in views.of_person(conn, person))
