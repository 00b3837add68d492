"""How long pages took: from the page to its first message that went out, and to its first acknowledgement.

The events of this node's commits say which pages to look at; when one is asked, the log says what came first. So a
page that began before the start, or on another node, counts as well, and each duration once: on the node that
committed its end. Pages of drills count for nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, select

from incidentd.services.histogram import Histogram
from incidentd.storage import event_log
from incidentd.storage.schema import pages
from incidentd.wire import Event

STARTED, SENT, ACKNOWLEDGED = "page.started", "delivery.sent", "page.acknowledged"
KINDS = frozenset({STARTED, SENT, ACKNOWLEDGED})
TO_SEND = (1, 2, 5, 10, 20, 45, 60, 120, 300, 600, 1800)
"""A message leaves within a poll of a second or two. After 45 s the next contact method is used as well, with a poll
that is within a minute; what takes longer was held by a limit, by somebody's hours, or by a vendor that is down."""
TO_ACKNOWLEDGE = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
"""From a hand at the phone to four hours: five, ten and fifteen minutes are the usual delays of the steps of a policy,
so each bound tells whether one more step was needed."""
_MOST = 10_000
"""So many events wait for a look at most; the oldest are left out where nobody asks."""


class Durations(msgspec.Struct, frozen=True):
    """What one look found: pages that began, seconds to send and to acknowledge, each with the urgency."""

    started: list[str]
    sent: list[tuple[str, float]]
    acknowledged: list[tuple[str, float]]


class PageTimes:
    """`heard` is quick and runs at each commit; `look` reads, and `count` adds what it found."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque(maxlen=_MOST)
        self.started: dict[str, int] = {}
        self.to_send: dict[str, Histogram] = {}
        self.to_acknowledge: dict[str, Histogram] = {}

    def heard(self, event: Event) -> None:
        """An event of one of `KINDS` was committed."""
        if event.subject.startswith("page:"):
            self._waiting.append(msgspec.structs.replace(event, data={}))  # nobody may ask for long

    def taken(self) -> list[Event]:
        """What waits for a look; it waits no longer."""
        found = list(self._waiting)
        self._waiting.clear()
        return found

    def put_back(self, events: Iterable[Event]) -> None:
        """The look failed: they wait again."""
        self._waiting.extendleft(reversed(list(events)))

    def count(self, found: Durations) -> None:
        """Add what a look found."""
        for urgency in found.started:
            self.started[urgency] = self.started.get(urgency, 0) + 1
        for urgency, seconds in found.sent:
            self.to_send.setdefault(urgency, Histogram(TO_SEND)).observe(seconds)
        for urgency, seconds in found.acknowledged:
            self.to_acknowledge.setdefault(urgency, Histogram(TO_ACKNOWLEDGE)).observe(seconds)


def look(conn: Connection, waiting: Iterable[Event]) -> Durations:
    """What the log says about these events."""
    found = Durations([], [], [])
    by_seq = {event.seq: event for event in waiting}
    urgencies = _urgencies(conn, sorted({event.subject for event in by_seq.values()}))
    began, firsts = _firsts(event_log.of_subjects(conn, list(urgencies), sorted(KINDS)))
    for seq, event in by_seq.items():
        urgency = urgencies.get(event.subject)
        if urgency is None or event.subject not in began or firsts.get((event.kind, event.subject)) != seq:
            continue
        seconds = (event.at - began[event.subject].at).total_seconds()
        if event.kind == STARTED:
            found.started.append(urgency)
        elif event.kind == SENT:
            found.sent.append((urgency, seconds))
        else:
            found.acknowledged.append((urgency, seconds))
    return found


def _urgencies(conn: Connection, subjects: list[str]) -> dict[str, str]:
    """The urgency of each page that is real."""
    found: dict[str, str] = {}
    ids = [int(subject.removeprefix("page:")) for subject in subjects]
    for start in range(0, len(ids), 500):
        query = select(pages.c.id, pages.c.urgency).where(
            pages.c.id.in_(ids[start : start + 500]), pages.c.drill_id.is_(None)
        )
        found |= {f"page:{row.id}": row.urgency for row in conn.execute(query)}
    return found


def _firsts(events: Iterable[Event]) -> tuple[Mapping[str, Event], Mapping[tuple[str, str], int]]:
    """(how each page began, the seq of the first event of each kind about it); copies of messages reach nobody."""
    began: dict[str, Event] = {}
    firsts: dict[tuple[str, str], int] = {}
    for event in events:
        if event.kind == SENT and event.data.get("kind") != "page":
            continue
        if event.kind == STARTED:
            began.setdefault(event.subject, event)
        firsts.setdefault((event.kind, event.subject), event.seq)
    return began, firsts
