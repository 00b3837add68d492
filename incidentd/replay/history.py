"""What is recorded of a time, as far as a replay needs it: one consistent read, on either engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, or_, select

from incidentd.domain import drills
from incidentd.domain.duty_changes import Changes
from incidentd.domain.maintenance import Window
from incidentd.domain.matchers import parse_matcher
from incidentd.domain.silences import Silence
from incidentd.storage import alerts, deliveries, duty_changes, event_log, maintenance, pages, silences
from incidentd.storage.alerts import AlertRow
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.pages import PageRow
from incidentd.storage.schema import alerts as alerts_table
from incidentd.storage.schema import events as events_table
from incidentd.storage.schema import pages as pages_table
from incidentd.storage.schema_quiet import silences as silences_table
from incidentd.storage.tx import SYSTEM, NewEvent
from incidentd.wire import Event

LEAD_IN = timedelta(hours=6)
"""How long before the time in question a replay begins: groups and pages that were open then, it has to have opened."""
MAX_EPISODES = 200_000
_PART = 500
_SILENCE_SET = ("silence.created", "silence.changed", "silence.expired")
_WINDOW_SET = ("maintenance.planned", "maintenance.extended", "maintenance.cancelled", "maintenance.ended")
_FED = (
    "alert.fired", "alert.moved", "alert.resolved", "alert.acknowledged", "page.started", "page.acknowledged",
    "page.handed_back", "page.resolved", "page.step", "delivery.failed", "daemon.reloaded", *_SILENCE_SET, *_WINDOW_SET,
)  # fmt: skip
_BY_PEOPLE = ("page.step", "maintenance.ended")
"""The system's own follow from the rest."""


class TooMuch(Exception):  # noqa: N818
    """There is more recorded than a replay takes."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Everything recorded from `begins` to `until`; `since` is where the time in question starts.

    `earlier` are the beginnings of alerts that were firing when the record begins, and what was set silent, or planned,
    by then. `duty` is what was changed of schedules and not taken back.
    """

    begins: datetime
    since: datetime
    until: datetime
    earlier: tuple[Event, ...]
    events: tuple[Event, ...]
    alerts: Mapping[int, AlertRow]
    silences: Mapping[str, Silence]
    windows: Mapping[str, Window]
    duty: Changes
    pages: Mapping[int, PageRow]
    deliveries: tuple[DeliveryRow, ...]

    def of_kind(self, kind: str) -> Iterator[Event]:
        """The events of one kind in the time in question."""
        return (one for one in self.events if one.kind == kind and one.at >= self.since)


def number(event: Event | NewEvent) -> int:
    """The id in an event's subject."""
    return int(event.subject.rpartition(":")[2])


def read_history(conn: Connection, since: datetime, until: datetime) -> History:
    """The record of a time. Raises `TooMuch`."""
    begins = since - LEAD_IN
    first, last = _first_seq(conn, begins), _first_seq(conn, until)
    recorded = tuple(_between(conn, first, last))
    if sum(one.kind == "alert.fired" for one in recorded) > MAX_EPISODES:
        raise TooMuch(f"more than {MAX_EPISODES} alerts began in this time: choose a shorter one")
    silenced = _silences(conn, begins)
    fired = _firing_before(conn, begins, first, recorded)
    windows = {one.subject: one for one in maintenance.listed(conn, begins)}
    set_before = [one for one in _set(conn, silenced, windows) if one.seq < first]
    ids = {number(one) for one in (*fired, *recorded) if one.subject.startswith("alert:")}
    found = _pages(conn, recorded, since, until)
    return History(
        begins=begins,
        since=since,
        until=until,
        earlier=(*set_before, *fired),
        events=recorded,
        alerts={one.id: one for one in alerts.get_many(conn, sorted(ids)) if drills.of_source(one.source) is None},
        silences=silenced,
        windows=windows,
        duty=duty_changes.between(conn, begins, until),
        pages={one.id: one for one in found if one.drill_id is None},
        deliveries=tuple(_deliveries(conn, [one.id for one in found])),
    )


def _first_seq(conn: Connection, at: datetime) -> int:
    """The first seq recorded at or after `at`, by bisection: seqs have no gaps and times go up with them."""
    low, high = 1, event_log.last_seq(conn) + 1
    while low < high:
        middle = (low + high) // 2
        found = conn.execute(
            select(events_table.c.at).where(events_table.c.seq >= middle).order_by(events_table.c.seq).limit(1)
        ).scalar_one_or_none()
        if found is not None and found < at:
            low = middle + 1
        else:
            high = middle
    return low


def _between(conn: Connection, first: int, last: int) -> Iterator[Event]:
    """What a replay is fed with, of the events from `first` until before `last`."""
    within = and_(events_table.c.seq >= first, events_table.c.seq < last, events_table.c.kind.in_(_FED))
    for row in conn.execute(select(events_table).where(within).order_by(events_table.c.seq)):
        if row.kind not in _BY_PEOPLE or row.actor != SYSTEM:
            yield Event(seq=row.seq, at=row.at, actor=row.actor, kind=row.kind, subject=row.subject, data=row.data)


def _firing_before(conn: Connection, begins: datetime, first: int, recorded: Sequence[Event]) -> list[Event]:
    """The beginnings of the alerts that were firing at `begins`, oldest first."""
    once: dict[str, str] = {}
    for event in recorded:
        if event.kind in ("alert.fired", "alert.resolved"):
            once.setdefault(event.subject, event.kind)
    query = select(alerts_table.c.id).where(
        alerts_table.c.first_seen < begins,
        or_(alerts_table.c.status == "firing", alerts_table.c.resolved_at >= begins - LEAD_IN),
    )
    subjects = [f"alert:{one}" for one in conn.execute(query).scalars()]
    latest: dict[str, Event] = {}
    for event in event_log.of_subjects(conn, subjects, ("alert.fired", "alert.resolved")):
        if event.seq < first:
            latest[event.subject] = event
    found = [one for one in latest.values() if one.kind == "alert.fired" and once.get(one.subject) != "alert.fired"]
    return sorted(found, key=lambda event: event.seq)


def _silences(conn: Connection, begins: datetime) -> dict[str, Silence]:
    query = select(silences_table.c.id).where(silences_table.c.ends_at >= begins)
    found = (silences.get(conn, one) for one in list(conn.execute(query).scalars()))
    return {one.subject: one for one in found if one is not None}


def _set(conn: Connection, silenced: Mapping[str, Silence], windows: Mapping[str, Window]) -> list[Event]:
    """How these silences and windows were set, oldest first."""
    found = event_log.of_subjects(conn, [*silenced, *windows], (*_SILENCE_SET, *_WINDOW_SET))
    return [one for one in found if one.kind not in _BY_PEOPLE or one.actor != SYSTEM]


def silence_then(history: History, event: Event) -> Silence | None:
    """The silence an event speaks of, as it stood after that event; None when its row is gone."""
    row = history.silences.get(event.subject)
    if row is None:
        return None
    data: Mapping[str, Any] = event.data
    told: dict[str, Any] = {"ends_at": instant(data["until"])}
    if "matchers" in data:
        told["matchers"] = tuple(parse_matcher(text) for text in data["matchers"])
        told["starts_at"] = instant(data["starts_at"])
    return msgspec.structs.replace(row, **told)


def window_then(history: History, event: Event) -> Window | None:
    """The maintenance window an event speaks of, as it stood after that event; None when its row is gone."""
    row = history.windows.get(event.subject)
    if row is None:
        return None
    data: Mapping[str, Any] = event.data
    return msgspec.structs.replace(row, starts_at=instant(data["starts_at"]), ends_at=instant(data["until"]))


def instant(value: Any) -> datetime:
    """A time of an event's data, which is text once it was stored."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _pages(conn: Connection, recorded: Sequence[Event], since: datetime, until: datetime) -> list[PageRow]:
    """The pages that began in the time, and those that people did something to."""
    ids = sorted({number(one) for one in recorded if one.subject.startswith("page:")})
    found = pages.listed(
        conn, select(pages_table).where(pages_table.c.started_at >= since, pages_table.c.started_at < until)
    )
    known = {one.id for one in found}
    for start in range(0, len(ids), _PART):
        part = [one for one in ids[start : start + _PART] if one not in known]
        found += pages.listed(conn, select(pages_table).where(pages_table.c.id.in_(part)))
    return found


def _deliveries(conn: Connection, page_ids: Sequence[int]) -> Iterator[DeliveryRow]:
    for start in range(0, len(page_ids), _PART):
        yield from deliveries.of_pages(conn, page_ids[start : start + _PART])
