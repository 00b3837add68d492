"""Virtual time: the services of a daemon without its loops, on a clock that jumps from one due act to the next.

What a daemon lives through in a day passes in as long as its work takes, always in the same order, and no message
leaves. Everything of one instant is one transaction on a database in memory. The owner hands in what happens outside
(signals, acknowledgements) at the instants he chooses; the services are the real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection, text

from incidentd.clock import from_micros
from incidentd.core import Core
from incidentd.domain.reachability import NotifierState
from incidentd.plugin.chat import Announcement, RoomOrder
from incidentd.plugin.issues import IssueOrder
from incidentd.plugin.support import Outgoing
from incidentd.plugin.values import Notification, Receipt
from incidentd.services.grouping import ROUTE_BATCH
from incidentd.services.intake import expire_due
from incidentd.services.workers import fire
from incidentd.storage import event_log, timers
from incidentd.storage.tx import NewEvent, Tx, Wake

Act = Callable[[Tx], object]
# One statement for what the loops ask in four; in a replay it is asked more often than anything else.
_NEXT_DUE = text(
    "SELECT (SELECT min(due_at) FROM timers),"
    " (SELECT min(due_at) FROM deliveries WHERE state IN ('pending', 'sending')),"
    " (SELECT min(ends_at) FROM alerts WHERE status = 'firing')"
)
_TIMERS = 64
_Next = tuple[datetime | None, datetime | None, datetime | None]
"""When the next timer, delivery and expiry are due."""
log = structlog.get_logger("incidentd.virtual_time")


class Nowhere:
    """The sender of a world from which no message leaves: its time counts each as sent."""

    async def send(self, instance: str, notification: Notification) -> Receipt:
        raise NotImplementedError("virtual time sends nothing")

    async def announce(self, instance: str, announcement: Announcement) -> Receipt:
        raise NotImplementedError("virtual time sends nothing")

    async def arrange(self, instance: str, order: RoomOrder) -> Receipt:
        raise NotImplementedError("virtual time sends nothing")

    async def open_issue(self, instance: str, order: IssueOrder) -> Receipt:
        raise NotImplementedError("virtual time sends nothing")

    def issue_channels(self) -> Collection[str]:
        """None: no issue leaves either."""
        return ()

    async def write(self, instance: str, outgoing: Outgoing) -> Receipt:
        raise NotImplementedError("virtual time sends nothing")

    def capabilities(self, instance: str) -> Collection[str]:
        """Limits that a notifier's nature brings along are not known here; those of the files are."""
        return ()

    def state(self, instance: str) -> NotifierState:
        """Every notifier works."""
        return NotifierState()


class VirtualClock:
    """Stands still until it is set; never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The present instant of the virtual world."""
        return self._now

    def set(self, at: datetime) -> None:
        """Go on to `at`; an instant that has passed changes nothing."""
        self._now = max(self._now, at)


class VirtualTime:
    """Drives a `Core` that was not started, on the only connection of its store. `heard` gets the events in order."""

    def __init__(
        self, core: Core, conn: Connection, clock: VirtualClock, heard: Callable[[Sequence[NewEvent]], None]
    ) -> None:
        self._core = core
        self._conn = conn
        self._clock = clock
        self._heard = heard
        self._next: _Next = (None, None, None)

    def act(self, act: Act) -> None:
        """Let something happen now, and everything that follows from it at this instant."""
        with self._conn.begin():
            tx = Tx(self._conn, self._clock.now())
            act(tx)
            self._follow(tx)
            event_log.append_pending(tx)
            self._next = _next_due(self._conn)
        self._heard(tx.events)

    def jump(self, limit: datetime) -> bool:
        """Go on to the next instant up to `limit` at which something is due and do it all.

        False when nothing is due until then: the clock stands at `limit`.
        """
        due = min((at for at in self._next if at is not None), default=None)
        if due is None or due > limit:
            self._clock.set(limit)
            return False
        self._clock.set(due)
        self.act(self._due)
        return True

    def _due(self, tx: Tx) -> None:
        """What nobody was woken for: its time has come."""
        timer, delivery, expiry = (at is not None and at <= tx.now for at in self._next)
        if expiry:
            expire_due(tx)
        if timer:
            tx.wake(Wake.TIMERS)
        if delivery:
            tx.wake(Wake.DELIVERIES)

    def _follow(self, tx: Tx) -> None:
        """What the loops would do, woken by the transaction, until there is nothing left."""
        while tx.wakes:
            if Wake.ROUTER in tx.wakes:
                tx.wakes.discard(Wake.ROUTER)
                while self._core.grouping.route_pending(tx) == ROUTE_BATCH:
                    pass
            elif Wake.TIMERS in tx.wakes:
                tx.wakes.discard(Wake.TIMERS)
                self._fire_due(tx)
            else:
                tx.wakes.discard(Wake.DELIVERIES)
                self._core.deliveries.send_nothing(tx)

    def _fire_due(self, tx: Tx) -> None:
        due = timers.due(tx.conn, tx.now, _TIMERS)
        for timer_id in due:
            self._fire(tx, timer_id)
        if len(due) == _TIMERS:  # what a timer armed has woken them again
            tx.wake(Wake.TIMERS)

    def _fire(self, tx: Tx, timer_id: int) -> None:
        try:
            fire(tx, self._core.handlers, timer_id)
        except Exception as error:  # as in the daemon, one bad timer does not hold up the others
            log.error("timer_failed", timer=timer_id, error=repr(error))
            timers.postpone(tx, timer_id, repr(error))


def _next_due(conn: Connection) -> _Next:
    timer, delivery, expiry = (None if at is None else from_micros(at) for at in conn.execute(_NEXT_DUE).one())
    return timer, delivery, expiry
