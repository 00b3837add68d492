"""What is stored once the store can be written again: what happened meanwhile, and what could not be kept."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain.signals import Signal
from incidentd.domain.store_down import Call, Case
from incidentd.plugin.values import Receipt
from incidentd.services.errors import Conflict, NotFound
from incidentd.services.escalation import Escalation
from incidentd.services.idempotency import first_time
from incidentd.services.intake import Intake
from incidentd.storage import alerts
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

SUBJECT = "daemon:0"
_PART = 200  # alerts stored in one transaction
SHOWN = 50
"""Names of alerts that are kept of a message."""
_Key = tuple[str, str]


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was made, or failed for good with an `error`."""

    call: Call
    at: datetime
    receipt: Receipt | None = None
    error: str = ""
    alerts: tuple[str, ...] = ()  # names of those it spoke of, where they are not those of a page


class Outage(msgspec.Struct, kw_only=True):
    """One time without a store: what came in, who was told of what, and who took it."""

    since: datetime
    cases: dict[str, Case] = {}
    held: dict[_Key, tuple[Signal, ...]] = {}
    at: dict[_Key, datetime] = {}  # when each was heard of last
    counted: set[_Key] = set()  # alerts that were judged
    left_out: int = 0
    tried: set[str] = set()  # keys of messages that stood in the store and were taken from there
    waiting: dict[str, tuple[Call, int]] = {}  # by key: with the number of attempts so far
    ended: list[Sent] = []
    taken: dict[int, tuple[str, datetime]] = {}  # by page: who followed its link
    stored: set[int] = set()  # those of them that the store knows


class StoreReturn:
    """Each method may be called again after it failed: nothing is stored twice."""

    def __init__(self, store: Store, intake: Intake, escalation: Escalation) -> None:
        self._store = store
        self._intake = intake
        self._escalation = escalation

    async def probe(self, outage: Outage) -> None:
        """Say in the log that the store is back, and first of all stop the pages that somebody took.

        Raises what the store raises while it is still away.
        """
        taken = dict(outage.taken)
        await self._store.write(lambda tx: self._begin(tx, outage, taken))
        outage.stored |= taken.keys()

    def _begin(self, tx: Tx, outage: Outage, taken: Mapping[int, tuple[str, datetime]]) -> None:
        since = outage.since.isoformat()
        for page_id, (person, _) in taken.items():
            if first_time(tx, "store-down", f"{since} {page_id}"):
                with contextlib.suppress(Conflict, NotFound):
                    self._escalation.acknowledge(tx, page_id, person, via="link")
        if not first_time(tx, "store-down", since):
            return
        data = {
            "since": outage.since,
            "alerts": len(outage.held) + outage.left_out,
            "left_out": outage.left_out,
            "taken": [{"page": page_id, "person": person, "at": at} for page_id, (person, at) in taken.items()],
        }
        tx.emit("daemon.store_back", SUBJECT, data)

    async def catch_up(self, outage: Outage) -> None:
        """Store what came in, and what people were told; what is stored is taken out of `outage`."""
        while outage.held:
            some = dict(list(outage.held.items())[:_PART])
            await self._store.write(lambda tx, some=some: self._keep(tx, some, outage.at))  # type: ignore[misc]
            for key in some:
                outage.held.pop(key)
        while outage.ended:
            told = outage.ended[:_PART]
            await self._store.write(lambda tx, told=told: _record(tx, told))  # type: ignore[misc]
            del outage.ended[: len(told)]

    def _keep(self, tx: Tx, some: Mapping[_Key, Sequence[Signal]], at: Mapping[_Key, datetime]) -> None:
        """An alert that was heard of since by another way is as it was told there."""
        for (source, key), signals in some.items():
            known = alerts.by_key(tx.conn, source, key)
            if known is None or known.last_seen < at[source, key]:
                for signal in signals:
                    self._intake.keep(tx, source, [signal])


def _record(tx: Tx, told: Sequence[Sent]) -> None:
    """Each once, although a process that ended in the middle of this left it to the next one."""
    for one in told:
        call = one.call
        if not first_time(tx, "told-from-memory", f"{call.key} {one.at.isoformat()}"):
            continue
        data: dict[str, Any] = {
            "person": call.person,
            "notifier": call.notifier,
            "at": one.at,
            "key": call.key,
            "title": call.title,
            "body": call.body,
            "error": one.error,
        }
        if call.page_id is not None:
            tx.emit("page.told_from_memory", f"page:{call.page_id}", data)
        else:
            tx.emit("daemon.told_from_memory", SUBJECT, data | {"alerts": list(one.alerts)})
