"""Ticking off what a role sees to: one event, with the text as it was."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.domain.checklist_ticks import TICKED
from incidentd.domain.process import Process
from incidentd.services.errors import NotFound
from incidentd.services.incident_roles import suggestion
from incidentd.services.incident_views import Seen, checklist_of, existing, in_command
from incidentd.storage import incidents
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import checklists as wire_checklists


class Checklists:
    """Implements `contracts.ChecklistCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process]) -> None:
        self._store = store
        self._process = process

    async def get(self, incident_id: int) -> wire_checklists.Checklist:
        """What applies to it, and what of it is done. Raises `NotFound`."""
        now, process = self._store.clock.now(), self._process()

        return await self._store.read(lambda conn: _view(Seen(conn=conn, now=now, process=process), incident_id))

    async def tick(
        self, incident_id: int, item: str, body: wire_checklists.Tick, actor: str
    ) -> wire_checklists.Checklist:
        """Tick an item off, or take that back. Nothing happens when it is so already. Raises `NotFound`."""

        def command(tx: Tx) -> wire_checklists.Checklist:
            incident = existing(tx.conn, incident_id, lock=True)
            seen = in_command(tx, self._process())
            known = {one.id: one for one in checklist_of(seen, incident)}
            if item not in known:
                what = f"INC-{incident_id} has no item {item!r} on its checklist{suggestion(item, list(known))}"
                raise NotFound(what, field="item", remedy=f"incidentctl incident checklist INC-{incident_id}")
            one = known[item]
            if (one.done_at is not None) != body.done:
                data = {"item": one.id, "role": one.role, "text": one.text, "done": body.done}
                tx.emit(TICKED, incident.subject, data, actor=actor)
                incidents.change(tx, incident)
            return _view(in_command(tx, self._process()), incident_id)

        return await self._store.write(command)


def _view(seen: Seen, incident_id: int) -> wire_checklists.Checklist:
    items = checklist_of(seen, existing(seen.conn, incident_id))
    return wire_checklists.Checklist(items=items, done=sum(one.done_at is not None for one in items))
