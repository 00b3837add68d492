"""Themes: what factors of several incidents have in common. Factors get them when they are edited."""

from __future__ import annotations

from typing import Any

from incidentd.domain.themes import theme_name
from incidentd.services.errors import Conflict, NotFound
from incidentd.services.factor_views import counted
from incidentd.storage import themes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_records as wire_records


class Themes:
    """Implements `record_contracts.ThemeCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, actor: str) -> wire_records.ThemeList:
        """All of them by name, with the factors and incidents of each that `actor` may read."""
        return wire_records.ThemeList(themes=await self._store.read(lambda conn: counted(conn, actor)))

    async def edit(self, theme_id: int, body: wire_records.EditTheme, actor: str) -> wire_records.Theme:
        """Rename it, say what it is about. Raises `NotFound`, `Conflict` when another one is called so."""

        def command(tx: Tx) -> wire_records.Theme:
            before = next((one for one in themes.every(tx.conn) if one.id == theme_id), None)
            if before is None:
                raise NotFound(f"there is no theme {theme_id}", remedy="incidentctl factor themes lists them")
            given: dict[str, Any] = {} if body.text is None else {"text": body.text}
            if body.name is not None:
                given["name"] = theme_name(body.name)
                other = themes.called(tx.conn, body.name)
                if other is not None and other.id != theme_id:
                    remedy = "give its factors that theme instead"
                    raise Conflict(f"theme {other.id} is called {other.name!r}", field="name", remedy=remedy)
            changed = {name: value for name, value in given.items() if value != getattr(before, name)}
            if changed:
                themes.change(tx, theme_id, **changed)
                said = {"id": theme_id, "before": {name: getattr(before, name) for name in changed}, "after": changed}
                tx.emit("factor.theme_edited", f"theme:{theme_id}", said, actor=actor)
            return counted(tx.conn, actor, {theme_id})[0]

        return await self._store.write(command)
