"""Handing over an action that shall become an issue: made from how it stands when the order leaves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import Connection

from incidentd.domain.action_issues import issue_text
from incidentd.domain.display import safe_line
from incidentd.plugin.issues import IssueOrder
from incidentd.plugin.values import Receipt
from incidentd.services.actions import existing_action
from incidentd.storage import deliveries
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.store import Store

ABOUT = "issue:"
"""How `about` of a delivery begins that opens an issue; the subject of the action follows."""


class IssueSender(Protocol):
    """The plugin host's side: a channel instance by name, with its time limit and health."""

    async def open_issue(self, instance: str, order: IssueOrder) -> Receipt: ...
    def issue_channels(self) -> Collection[str]: ...


class IssueMessages:
    """Sends deliveries that open issues."""

    def __init__(self, store: Store, sender: IssueSender) -> None:
        self._store = store
        self._sender = sender

    async def send(self, row: DeliveryRow) -> Receipt:
        """Hand a delivery to its channel."""
        return await self._sender.open_issue(row.notifier, await self._store.read(lambda conn: _order(conn, row)))


def action_of(row: DeliveryRow) -> int:
    """The number of the action that a delivery is about."""
    return int(row.about.rpartition(":")[2])


def _order(conn: Connection, row: DeliveryRow) -> IssueOrder:
    action = existing_action(conn, action_of(row))
    return IssueOrder(
        idempotency_key=action.export_key,
        title=safe_line(action.text),
        text=issue_text(action),
        due_on=action.due_on,
        created_at=action.created_at,
        attempt=deliveries.attempts_about(conn, row.about),
    )
