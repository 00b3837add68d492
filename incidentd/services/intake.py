"""Intake: signals become durable alerts before the sender gets its answer; routing follows right after."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain.alerts import AlertState, Effect, apply_signal, ended
from incidentd.domain.signals import Signal
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.services.errors import Conflict
from incidentd.services.escalation import Escalation
from incidentd.storage import alert_intake, alerts, groups, pages
from incidentd.storage.alert_intake import Known
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx, Wake

_ROUTED = {Effect.NEW, Effect.REFIRED, Effect.RESOLVED, Effect.RESOLVED_UNKNOWN}
_EXPIRE_BATCH = 500


class Intake:
    """Takes signals from every source."""

    def __init__(self, store: Store, escalation: Escalation) -> None:
        self._store = store
        self._escalation = escalation

    async def submit(self, source: str, signals: Sequence[Signal]) -> None:
        """Store what `source` said; returns when it is durable. Raises `StoreUnavailable` when it could not be kept."""
        if not signals:
            return
        try:
            await self._store.write(lambda tx: self._keep(tx, source, signals))
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("the alerts could not be stored; send them again") from error

    def _keep(self, tx: Tx, source: str, signals: Sequence[Signal]) -> None:
        known = alert_intake.find(tx, source, [signal.key for signal in signals])
        acknowledged: list[tuple[Known, str]] = []
        overtaken: list[tuple[str, Signal]] = []
        for signal in signals:
            alert = known[signal.key]
            state, effect = apply_signal(alert.state, signal, tx.now)
            alert.changed = alert.changed or state is not alert.state
            alert.state = state
            alert.pending = alert.pending or effect in _ROUTED
            if effect is Effect.ACKNOWLEDGED:
                acknowledged.append((alert, signal.annotations.get("acknowledged_by", source)))
            elif effect is Effect.OUT_OF_ORDER:
                overtaken.append((alert.key, signal))
        alert_intake.save(tx, source, list(known.values()), tx.now)
        if any(alert.pending for alert in known.values()):
            tx.wake(Wake.ROUTER)
        for alert, actor in acknowledged:
            self._acknowledge(tx, source, alert.key, actor)
        for key, signal in overtaken:
            stored = alerts.by_key(tx.conn, source, key)
            if stored is not None:
                tx.emit("alert.out_of_order", stored.subject, {"said": signal.kind, "starts_at": signal.starts_at})

    def _acknowledge(self, tx: Tx, source: str, key: str, actor: str) -> None:
        """The sender says that somebody took it on: no page goes out, an open one stops."""
        alert = alerts.by_key(tx.conn, source, key)
        if alert is None:
            return
        alerts.set_acknowledged(tx, [alert.id], actor)
        tx.emit("alert.acknowledged", alert.subject, {"by": actor, "via": source}, actor=source)
        page = pages.of_alert(tx.conn, alert.id)
        if page is not None and page.state in ("open", "exhausted") and self._all_taken(tx, page):
            try:
                self._escalation.acknowledge(tx, page.id, actor, via="source")
            except Conflict:  # somebody was faster: the page is taken care of
                return

    def _all_taken(self, tx: Tx, page: pages.PageRow) -> bool:
        return page.group_id is not None and all(
            alert.acknowledged_by for alert, _ in groups.firing(tx.conn, page.group_id)
        )

    async def expire(self) -> None:
        """Resolve the firing alerts whose end passed without being sent again."""
        while await self._store.write(_expire) == _EXPIRE_BATCH:
            pass


def _expire(tx: Tx) -> int:
    due = alerts.expired(tx, _EXPIRE_BATCH)
    for alert in due:
        state: AlertState = ended(alert.state(), alert.ends_at, tx.now, expired=True)
        alerts.set_state(tx, alert, state)
    if due:
        tx.wake(Wake.ROUTER)
    return len(due)
