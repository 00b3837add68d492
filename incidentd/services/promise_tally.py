"""What became of promises: of the next update of an incident, and of the first response to who reports.

Each is followed from the event that made it, on the node that committed that event, and judged by the log and the rows
when somebody asks: what counts as kept is the same as in the measures of an incident. A node that is alone with its
store also takes up what was promised before its start.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, or_, select

from incidentd.domain.event_times import instant
from incidentd.domain.incidents import UPDATES_OWED
from incidentd.domain.promises import promises
from incidentd.domain.reports import State
from incidentd.storage import event_log
from incidentd.storage.schema import incidents
from incidentd.storage.schema_support import customers, reports
from incidentd.wire import Event

_HISTORY = ("incident.declared", "incident.update", "incident.status")
_OPENED = "report.opened"
KINDS = frozenset({*_HISTORY, _OPENED})
_MOST = 5_000
"""So many incidents, and so many reports, are followed at a time; what comes on top is not counted."""
_PART = 500
Promise = tuple[datetime, datetime, str]
"""When it was made, for when, and to which audience."""


class Asked(msgspec.Struct, frozen=True):
    """What one look is about: promises by incident, how many of each incident are new, and unanswered reports."""

    promises: Mapping[int, frozenset[Promise]]
    made: Mapping[int, int]
    reports: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.promises or self.made or self.reports)


class Judged(msgspec.Struct, frozen=True):
    """What one look found: promises and reports that came to an end, each with its outcome, and incidents of drills."""

    promises: Sequence[tuple[int, Promise, str]]
    reports: Sequence[tuple[int, str, str]]  # (report, kind of customer, outcome)
    drills: frozenset[int]


class PromiseTally:
    """`heard` is quick and runs at each commit; `look` reads, and `count` adds what it found."""

    def __init__(self) -> None:
        self._running: dict[int, set[Promise]] = defaultdict(set)
        self._changed: set[int] = set()
        self._made: Counter[int] = Counter()
        self._unanswered: set[int] = set()
        self.made = 0
        self.updates: Counter[str] = Counter()  # by outcome
        self.responses: Counter[tuple[str, str]] = Counter()  # by kind of customer and outcome

    def heard(self, event: Event) -> None:
        """An event of one of `KINDS` was committed."""
        number = int(event.subject.rpartition(":")[2])
        if event.kind == _OPENED:
            self._follow_report(number)
            return
        promised = instant(event.data.get("next_update_at" if event.kind == "incident.declared" else "next_at"))
        if promised is not None and self.follow(number, (event.at, promised, str(event.data.get("audience", "")))):
            self._made[number] += 1
        if number in self._running:
            self._changed.add(number)

    def follow(self, incident: int, promise: Promise) -> bool:
        """Follow a promise to its end; False where too many are followed already."""
        if incident not in self._running and len(self._running) >= _MOST:
            return False
        self._running[incident].add(promise)
        return True

    def _follow_report(self, number: int) -> None:
        if len(self._unanswered) < _MOST:
            self._unanswered.add(number)

    def seed(self, before: tuple[Sequence[tuple[int, Promise]], Sequence[int]]) -> None:
        """Take up what `unfinished` found."""
        for incident, promise in before[0]:
            self.follow(incident, promise)
        for number in before[1]:
            self._follow_report(number)

    def asked(self, now: datetime) -> Asked:
        """What may have come to an end by now; what changed is asked for once, unless it is `put_back`."""
        due = {number for number, those in self._running.items() if any(one[1] <= now for one in those)}
        changed, self._changed = self._changed, set()
        return Asked(
            {number: frozenset(self._running[number]) for number in changed | due},
            dict(self._made),
            frozenset(self._unanswered),
        )

    def put_back(self, asked: Asked) -> None:
        """The look failed: the same is asked again."""
        self._changed |= asked.promises.keys()

    def count(self, asked: Asked, found: Judged) -> None:
        """Add what a look found, and follow what came to an end no longer."""
        self._made -= Counter(asked.made)
        self.made += sum(number for incident, number in asked.made.items() if incident not in found.drills)
        for incident, promise, outcome in found.promises:
            self._running[incident].discard(promise)
            if incident not in found.drills:
                self.updates[outcome] += 1
        for incident in asked.promises:
            if not self._running[incident]:
                del self._running[incident]
        for number, kind, outcome in found.reports:
            self._unanswered.discard(number)
            self.responses[kind, outcome] += 1


def look(conn: Connection, asked: Asked, now: datetime) -> Judged:
    """What came to an end of what was `asked`."""
    return Judged(
        list(_ended(conn, asked.promises, now)),
        list(_responded(conn, asked.reports, now)),
        _of_drills(conn, sorted({*asked.promises, *asked.made})),
    )


def unfinished(conn: Connection, now: datetime) -> tuple[list[tuple[int, Promise]], list[int]]:
    """(promises of updates that are open, reports that wait for a first response): what was there before a start."""
    owed = select(incidents.c.id).where(incidents.c.status.in_(sorted(UPDATES_OWED)), incidents.c.drill_id.is_(None))
    ids = list(conn.execute(owed).scalars())
    found = [(number, promise) for number, promise, outcome in _outcomes(conn, ids, now) if outcome == "open"]
    waiting = (
        reports.c.first_responded_at.is_(None),
        reports.c.state != State.CLOSED,
        reports.c.first_response_due > now,
    )
    return found, list(conn.execute(select(reports.c.id).where(*waiting)).scalars())


def _outcomes(conn: Connection, ids: Sequence[int], now: datetime) -> Iterator[tuple[int, Promise, str]]:
    """Every promise of some incidents, with what became of it."""
    by_subject: dict[str, list[Event]] = {f"incident:{one}": [] for one in ids}
    for event in event_log.of_subjects(conn, list(by_subject), _HISTORY):
        by_subject[event.subject].append(event)
    for number, events in zip(ids, by_subject.values(), strict=True):
        for one in promises(events, now):
            yield number, (one.made_at, one.promised_at, one.audience), one.outcome


def _ended(
    conn: Connection, running: Mapping[int, frozenset[Promise]], now: datetime
) -> Iterator[tuple[int, Promise, str]]:
    """What was owed no longer may be owed again until its time has come: only then it is void."""
    for number, promise, outcome in _outcomes(conn, list(running), now):
        ended = outcome in ("kept", "missed") or (outcome == "void" and promise[1] <= now)
        if ended and promise in running[number]:
            yield number, promise, outcome


def _responded(conn: Connection, waiting: frozenset[int], now: datetime) -> Iterator[tuple[int, str, str]]:
    """A report that was closed before its clock ran out without a response, or has no clock, is void."""
    ids = sorted(waiting)
    over = or_(
        reports.c.first_responded_at.is_not(None),
        reports.c.state == State.CLOSED,
        reports.c.first_response_due <= now,
    )
    columns = (reports.c.id, reports.c.first_response_due, reports.c.first_responded_at, customers.c.kind)
    query = select(*columns).join(customers, customers.c.id == reports.c.customer_id)
    for start in range(0, len(ids), _PART):
        for row in conn.execute(query.where(reports.c.id.in_(ids[start : start + _PART]), over)):
            yield row.id, row.kind, _response(row.first_response_due, row.first_responded_at, now)


def _response(due: datetime | None, responded: datetime | None, now: datetime) -> str:
    if due is None:
        return "void"
    if responded is not None:
        return "kept" if responded <= due else "missed"
    return "missed" if due <= now else "void"


def _of_drills(conn: Connection, ids: Sequence[int]) -> frozenset[int]:
    found: set[int] = set()
    for start in range(0, len(ids), _PART):
        mine = incidents.c.id.in_(ids[start : start + _PART])
        found |= set(conn.execute(select(incidents.c.id).where(mine, incidents.c.drill_id.is_not(None))).scalars())
    return frozenset(found)
