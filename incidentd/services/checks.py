"""The checks of every source, as callers see them; pausing one is the daemon's own, so that every plugin has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain.checks import CheckStatus, Pause
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.values import BadRequest
from incidentd.pluginhost.host import Checked
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.storage import alerts, checks
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx
from incidentd.wire import checks as wire_checks

_REMEDY = "incidentctl check list shows them"


class Host(Protocol):
    """Where the checks come from."""

    async def checks(self) -> Sequence[Checked]: ...
    async def forget(self, instance: str, name: str) -> None: ...


class Checks:
    """Implements `contracts.CheckCalls`."""

    def __init__(self, store: Store, host: Host, public_url: Callable[[], str]) -> None:
        self._store = store
        self._host = host
        self._public_url = public_url

    async def list(self, kind: str, status: str) -> wire_checks.CheckList:
        """Checks of one kind and status, or of all ("")."""
        found = await self._views(await self._host.checks(), recent=False)
        wanted = [one for one in found if kind in ("", one.kind) and status in ("", one.status)]
        return wire_checks.CheckList(checks=tuple(sorted(wanted, key=lambda one: (one.source, one.name))))

    async def get(self, name: str) -> wire_checks.Check:
        """One check by NAME or SOURCE/NAME. Raises `NotFound`, `Invalid`."""
        (view,) = await self._views([await self._find(name)], recent=True)
        return view

    async def url(self, name: str) -> wire_checks.CheckUrl:
        """Where pings of a check go. Raises `NotFound`, `Invalid`."""
        found = await self._find(name)
        if not found.state.ping_path:
            raise Invalid(f"{found.state.name} takes no pings: it is probed", field="check")
        place = "" if found.root else f"/in/{found.source}"
        return wire_checks.CheckUrl(url=f"{self._public_url()}{place}{found.state.ping_path}")

    async def pause(self, name: str, note: str, actor: str) -> wire_checks.Check:
        """Let a check page nobody until it is resumed. Raises `NotFound`, `Invalid`, `Conflict`."""
        found = await self._find(name)
        (view,) = await self._views([found], recent=True)

        def command(tx: Tx) -> None:
            if (found.source, found.state.name) in checks.paused(tx.conn):
                raise Conflict(f"{found.state.name} is paused already", current=view)
            checks.pause(tx, found.source, found.state.name, Pause(at=tx.now, by=actor, note=note))
            tx.emit("check.paused", _subject(found), {"note": note}, actor=actor)

        await self._store.write(command)
        return await self.get(_full_name(found))

    async def resume(self, name: str, actor: str) -> wire_checks.Check:
        """Take a pause back. Raises `NotFound`, `Invalid`, `Conflict`."""
        found = await self._find(name)
        (view,) = await self._views([found], recent=True)

        def command(tx: Tx) -> None:
            if not checks.resume(tx, found.source, found.state.name):
                raise Conflict(f"{found.state.name} is not paused", current=view)
            tx.emit("check.resumed", _subject(found), {}, actor=actor)

        await self._store.write(command)
        return await self.get(_full_name(found))

    async def delete(self, name: str, actor: str) -> wire_checks.Check:
        """Delete a check that no configuration names; its alert ends. Returns it as it was.

        Its source forgets it first, so that a crash leaves no event of what did not happen; said again, it is unknown.
        Raises `NotFound`, `Invalid`, `Conflict`.
        """
        found = await self._find(name)
        (view,) = await self._views([found], recent=True)
        try:
            await self._host.forget(found.source, found.state.name)
        except BadRequest as error:
            raise Conflict(str(error), current=view) from error

        def command(tx: Tx) -> None:
            checks.resume(tx, found.source, found.state.name)
            tx.emit("check.deleted", _subject(found), {"kind": found.state.kind}, actor=actor)

        await self._store.write(command)
        return view

    async def _find(self, name: str) -> Checked:
        known = await self._host.checks()
        exact = [one for one in known if _full_name(one) == name]
        found = exact or [one for one in known if one.state.name == name]
        if not found:
            raise NotFound(f"there is no check {name!r}", field="check", remedy=_REMEDY)
        if len(found) > 1:
            names = ", ".join(_full_name(one) for one in found)
            raise Invalid(f"{name!r} is the name of several checks", field="check", remedy=f"write one of {names}")
        return found[0]

    async def _views(self, found: Sequence[Checked], *, recent: bool) -> Sequence[wire_checks.Check]:
        def query(conn: Connection) -> tuple[dict[tuple[str, str], Pause], dict[tuple[str, str], int]]:
            keys = [(one.source, one.state.alert_key) for one in found if one.state.alert_key]
            return checks.paused(conn), alerts.firing_ids(conn, keys)

        pauses, firing = await self._store.read(query)
        return [_view(one, pauses, firing, recent=recent) for one in found]


def _view(
    one: Checked, pauses: Mapping[tuple[str, str], Pause], firing: Mapping[tuple[str, str], int], *, recent: bool
) -> wire_checks.Check:
    state, pause = one.state, pauses.get((one.source, one.state.name))
    shared = wire_checks.Check.__struct_fields__
    values = {name: getattr(state, name) for name in state.__struct_fields__ if name in shared}
    results = [
        wire_checks.CheckResult(**{name: getattr(result, name) for name in result.__struct_fields__})
        for result in (state.recent if recent else ())
    ]
    return wire_checks.Check(
        **values
        | {
            "source": one.source,
            "status": (CheckStatus.PAUSED if pause else state.status).value,
            "since": pause.at if pause else state.since,
            "down_at": None if pause else state.down_at,
            "alert_id": firing.get((one.source, state.alert_key)),
            "paused": wire_checks.Pause(at=pause.at, by=pause.by, note=pause.note) if pause else None,
            "recent": tuple(results),
        }
    )


def _full_name(one: Checked) -> str:
    return f"{one.source}/{one.state.name}"


def _subject(one: Checked) -> str:
    return f"check:{_full_name(one)}"


class LentPauses:
    """Implements the plugin API's `PausedChecks` for one instance."""

    def __init__(self, store: Callable[[], Store], instance: str) -> None:
        self._store = store
        self._instance = instance

    async def current(self) -> Mapping[str, Pause]:
        """The pauses that hold now. Raises `StoreUnavailable`."""
        try:
            found = await self._store().read(checks.paused)
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("the store cannot be read") from error
        return {name: pause for (source, name), pause in found.items() if source == self._instance}
