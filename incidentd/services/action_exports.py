"""Actions become issues of a code forge: a durable order to a channel, and what came of it on the action."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Sequence

from incidentd.domain.action_issues import named_in, why_not
from incidentd.domain.actions import Action, Export
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.plugin.values import Receipt
from incidentd.services.action_views import action_views
from incidentd.services.actions import existing_action, shown_to
from incidentd.services.errors import Conflict, Invalid, Refused, Unknown
from incidentd.services.existing_reviews import existing_review
from incidentd.services.issue_sending import ABOUT, action_of
from incidentd.storage import actions, deliveries
from incidentd.storage.deliveries import DeliveryRow, Message, NewDelivery
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import review_records as wire_records

KIND = "issue"
"""The kind of a delivery that opens an issue."""
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,1990}")
_REMEDY = 'set `issues = "owner/repository"` of a channel of the type forge in incidentd.toml'


class ActionExports:
    """Implements `action_contracts.ActionExportCalls`; `arrived` and `failed` hear of each order."""

    def __init__(
        self,
        store: Store,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        channels: Callable[[], Collection[str]],
    ) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._channels = channels

    async def export(self, action_id: int, body: wire_exports.ExportActions, actor: str) -> wire_records.Action:
        """Open an issue for an action.

        Raises `NotFound`, `Conflict` when it has one, waits for it or is over, `Invalid` without such a channel, and
        `Refused` while it is kept from `actor`, or when it names somebody.
        """
        channel = self._channel(body.channel)

        def command(tx: Tx) -> wire_records.Action:
            row = shown_to(tx.conn, existing_action(tx.conn, action_id, lock=True), actor)
            if why := why_not(row):
                raise Conflict(why, current=self._views(tx, [row])[0])
            return self._views(tx, self._ask(tx, [row], channel, actor))[0]

        return await self._store.write(command)

    async def export_all(
        self, incident_id: int, body: wire_exports.ExportActions, actor: str
    ) -> wire_exports.ExportedActions:
        """Open an issue for each open action of an incident that has none. Raises as `export`, but no `Conflict`."""
        channel = self._channel(body.channel)

        def command(tx: Tx) -> wire_exports.ExportedActions:
            existing_review(tx.conn, incident_id)
            found = [existing_action(tx.conn, one.id, lock=True) for one in actions.open_of(tx.conn, [incident_id])]
            wanted = [shown_to(tx.conn, row, actor) for row in found if not why_not(row)]
            asked = self._ask(tx, wanted, channel, actor)
            return wire_exports.ExportedActions(actions=self._views(tx, asked), channel=channel)

        return await self._store.write(command)

    # ------------------------------------------------------------------ what came of it
    def arrived(self, tx: Tx, row: DeliveryRow, receipt: Receipt) -> None:
        """The forge has the issue."""
        if not _ADDRESS.fullmatch(receipt.url):
            self.failed(tx, row, "the channel did not say where the issue is")
            return
        told = {"issue": receipt.url}
        self._settled(tx, row, "action.exported", told, export=Export.EXPORTED, export_error="", **told)

    def failed(self, tx: Tx, row: DeliveryRow, error: str) -> None:
        """There never will be one."""
        self._settled(tx, row, "action.export_failed", {"error": error}, export=Export.FAILED, export_error=error)

    def _settled(self, tx: Tx, row: DeliveryRow, kind: str, told: dict[str, str], **values: str) -> None:
        action = actions.change(tx, existing_action(tx.conn, action_of(row), lock=True), **values)
        tx.emit(kind, action.incident, {"action_id": action.id, "channel": row.notifier, **told})

    # ------------------------------------------------------------------ asking
    def _channel(self, wanted: str) -> str:
        known = list(self._channels())
        if not known:
            raise Invalid("no channel opens issues", field="channel", remedy=_REMEDY)
        if wanted and wanted not in known:
            raise Unknown(
                f"{wanted!r} is no channel that opens issues", field="channel", remedy=f"use {' or '.join(known)}"
            )
        if not wanted and len(known) > 1:
            raise Invalid("several channels open issues", field="channel", remedy=f"say which: {', '.join(known)}")
        return wanted or known[0]

    def _ask(self, tx: Tx, rows: Sequence[Action], channel: str, actor: str) -> list[Action]:
        if named := named_in(rows, self._roster()):
            action, people = named
            raise Refused(
                f"{action.name} names {', '.join(people)}, and others read an issue",
                remedy=f"say a role or a team instead: incidentctl action edit {action.name} --text ... --worse ...",
            )
        return [self._order(tx, row, channel, actor) for row in rows]

    def _order(self, tx: Tx, row: Action, channel: str, actor: str) -> Action:
        # The key stays, so that after a failure the forge finds what an attempt may have opened all the same.
        asked = actions.change(
            tx, row, export=Export.ASKED, export_error="", export_key=row.export_key or uuid.uuid4().hex
        )
        message = Message(title=f"open an issue for {row.name}", body="", reason="", urgency="low")
        deliveries.add(
            tx,
            NewDelivery(
                page_id=None,
                person="",
                notifier=channel,
                address="",
                kind=KIND,
                message=message,
                idempotency_key=uuid.uuid4().hex,
                due_at=tx.now,
                about=ABOUT + row.subject,
            ),
        )
        tx.emit("action.export_asked", row.incident, {"action_id": row.id, "channel": channel}, actor=actor)
        return asked

    def _views(self, tx: Tx, rows: Sequence[Action]) -> tuple[wire_records.Action, ...]:
        return action_views(tx.conn, rows, self._process(), tx.now)
