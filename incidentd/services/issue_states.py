"""What became of an issue at the forge becomes of its action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from incidentd.domain.actions import Action, State
from incidentd.domain.process import Process
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.issues import IssueState
from incidentd.services.action_reminders import arm
from incidentd.services.chat_keeping import GONE
from incidentd.services.issue_sending import ABOUT
from incidentd.storage import actions, deliveries
from incidentd.storage.store import Store
from incidentd.storage.tx import SYSTEM, Tx

_ENDS = {
    IssueState.DONE: (State.DONE, "its issue was closed at the forge"),
    IssueState.NOT_PLANNED: (State.WONT_DO, "its issue was closed at the forge as not planned"),
}


class IssueStates:
    """Hears of issues, of those only that the same channel instance opened."""

    def __init__(self, store: Store, process: Callable[[], Process]) -> None:
        self._store = store
        self._process = process

    async def changed(self, instance: str, url: str, state: IssueState, at: datetime) -> bool:
        """Whether it was news. Raises `StoreUnavailable`."""
        try:
            return await self._store.write(lambda tx: self._changed(tx, instance, url, state, at))
        except GONE as error:
            raise StoreUnavailable("what became of the issue could not be kept; tell of it again") from error

    def _changed(self, tx: Tx, instance: str, url: str, state: IssueState, at: datetime) -> bool:
        row = actions.of_issue(tx.conn, url)
        if row is None or not deliveries.announced(tx.conn, ABOUT + row.subject, instance):
            return False
        if row.issue_at is not None and at <= row.issue_at:  # forges sign no time: an old webhook may come again
            return False
        row = actions.change(tx, row, issue_at=at)
        self._follow(tx, row, state, instance)
        return True

    def _follow(self, tx: Tx, row: Action, state: IssueState, instance: str) -> None:
        over = state in _ENDS
        if over == (row.state is not State.OPEN):
            return
        now, why = _ENDS.get(state, (State.OPEN, "its issue was opened again at the forge"))
        after = actions.change(
            tx, row, state=now, why=why, ended_at=tx.now if over else None, ended_by=SYSTEM if over else ""
        )
        arm(tx, after, self._process())
        told = {"action_id": row.id, "state": now, "channel": instance, "issue": row.issue}
        tx.emit("action.ended" if over else "action.reopened", row.incident, told)


class LentIssues:
    """The issues of one channel instance; implements `plugin.IssueBook`."""

    def __init__(self, states: Callable[[], IssueStates], instance: str) -> None:
        self._states = states
        self._instance = instance

    async def changed(self, url: str, state: IssueState, at: datetime) -> bool:
        """Take over what became of an issue. Raises `StoreUnavailable`."""
        return await self._states().changed(self._instance, url, state, at)
