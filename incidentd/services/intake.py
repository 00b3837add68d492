"""Intake: signals become durable alerts before the sender gets its answer; routing follows right after."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from incidentd.domain.alerts import AlertState, Effect, apply_signal, ended
from incidentd.domain.display import safe_line
from incidentd.domain.signals import Signal, label_fingerprint
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.decoding import storable
from incidentd.services.escalation import Escalation
from incidentd.services.idempotency import first_time
from incidentd.storage import alert_intake, alerts, pages
from incidentd.storage.alert_intake import Known, Unstorable
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.trouble import is_trouble
from incidentd.storage.tx import Tx, Wake

_ROUTED = {Effect.NEW, Effect.REFIRED, Effect.RELABELLED, Effect.RESOLVED, Effect.RESOLVED_UNKNOWN}
_EXPIRE_BATCH = 500
_BUSY_SECONDS = 0.05
_NAME = 200  # characters of who acknowledged at the source
_LONGEST_KEY = 512  # characters, as the contract of Signal has it


class Intake:
    """Takes signals from every source. `refused` hears of those that could not be stored."""

    def __init__(self, store: Store, escalation: Escalation) -> None:
        self._store = store
        self._escalation = escalation
        self.refused: Callable[[str, Sequence[Signal]], None] = lambda _source, _signals: None
        self._heard_at = 0.0  # of time.monotonic()
        self._heard_before = 0.0  # of time.monotonic()

    @property
    def busy(self) -> bool:
        """Whether senders hand in alerts one after the other just now."""
        return time.monotonic() - self._heard_before < _BUSY_SECONDS

    async def submit(self, source: str, signals: Sequence[Signal], once: str = "") -> None:
        """Store what `source` said; returns when it is durable. Raises `StoreUnavailable` when it could not be kept.

        Under one key `once` a source is heard once within 24 hours: what comes again is known, and changes nothing.
        """
        if not signals:
            return
        self._heard_before, self._heard_at = self._heard_at, time.monotonic()
        try:
            await self._store_mended(source, signals, once)
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            if is_trouble(error):
                self.refused(source, signals)
            raise StoreUnavailable("the alerts could not be stored; send them again") from error

    async def _store_mended(self, source: str, signals: Sequence[Signal], once: str) -> None:
        """Store the signals as they are, else with what a database refuses made storable: looking first would cost."""
        try:
            await self._store.write(lambda tx: self.keep(tx, source, signals, once))
        except (Unstorable, UnicodeEncodeError, DBAPIError):
            mended = [_storable(signal) for signal in signals]
            if mended == list(signals):
                raise
            await self._store.write(lambda tx: self.keep(tx, source, mended, once))

    def keep(self, tx: Tx, source: str, signals: Sequence[Signal], once: str = "") -> None:
        """Store what `source` said, as part of a transaction; nothing when it said it `once` before."""
        if once and not first_time(tx, f"source:{source}", once):
            return
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
                acknowledged.append((alert, safe_line(signal.annotations.get("acknowledged_by", source), _NAME)))
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
        for page in pages.active_of_alert(tx.conn, alert.id):
            self._escalation.acknowledge_taken(tx, page)

    async def expire(self, heard_since: datetime | None = None) -> None:
        """Resolve the firing alerts whose end passed without being sent again; only those heard of since, if given."""
        while await self._store.write(lambda tx: expire_due(tx, heard_since)) == _EXPIRE_BATCH:
            pass


def _storable(signal: Signal) -> Signal:
    """`signal` in text that every engine can hold. Sources see to it themselves; not every plugin may."""
    key = _text(signal.key)
    return msgspec.structs.replace(
        signal,
        key=key if len(key) <= _LONGEST_KEY else label_fingerprint({"key": key}),
        labels={_text(name): _text(value) for name, value in signal.labels.items()},
        annotations={_text(name): _text(value) for name, value in signal.annotations.items()},
        generator_url=_text(signal.generator_url),
    )


def _text(text: str) -> str:
    return storable(text).encode("utf-8", "replace").decode()


def expire_due(tx: Tx, heard_since: datetime | None = None) -> int:
    """Resolve some of the alerts whose end passed; how many. Called again until it is 0."""
    due = alerts.expired(tx, _EXPIRE_BATCH, heard_since)
    for alert in due:
        state: AlertState = ended(alert.state(), alert.ends_at, tx.now, expired=True)
        alerts.set_state(tx, alert, state)
        tx.emit("alert.expired", alert.subject, {"name": alert.name, "ended_at": state.resolved_at})
    if due:
        tx.wake(Wake.ROUTER)
    return len(due)
