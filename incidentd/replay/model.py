"""One side of a replay: the record, lived through by the real services under one configuration."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from incidentd import wire
from incidentd.core import Core
from incidentd.domain.escalation import policy_of_service
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.signals import Signal, SignalKind
from incidentd.replay.history import History, number, silence_then, window_then
from incidentd.replay.reactions import Reaction, Reactions
from incidentd.replay.seen import Episode, SeenPage, Taken, members, seen
from incidentd.services.escalation import lock_page
from incidentd.services.hand_back import hand_back
from incidentd.storage import alerts, deliveries, duty_changes, event_log, migrate, pages
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.pages import PageRow
from incidentd.storage.schema import events as events_table
from incidentd.storage.schema import pages as pages_table
from incidentd.storage.store import Store
from incidentd.storage.tx import NewEvent, Tx
from incidentd.virtual_time import Nowhere, VirtualClock, VirtualTime
from incidentd.wire import Event

Due = tuple[datetime, int, int, Reaction]


class Side:
    """A configuration at work on a record. `progress` hears the share that is done, 0 to 1."""

    def __init__(
        self, history: History, process: Process, roster: Roster, progress: Callable[[float], None] = lambda _: None
    ) -> None:
        self._history = history
        self._process = process
        self._roster = roster
        self._progress = progress
        self._reactions = Reactions(history)
        self._due: list[Due] = []
        self._turn = itertools.count()
        self._started: list[int] = []
        self._episodes_before: dict[int, int] = {}  # of a recorded alert, those that are not in the record
        self._own_ids: dict[int, int] = {}  # recorded id: the replay's
        self._recorded: dict[int, int] = {}  # the replay's id: the recorded
        self._core: Core | None = None

    async def run(self) -> list[SeenPage]:
        """Live through the whole record; the pages that began in the time in question."""
        clock = VirtualClock(self._start())
        backend = MemoryBackend()
        await migrate.prepare(backend)
        self._core = Core(
            Store(backend, clock),
            process=lambda: self._process,
            roster=lambda: self._roster,
            sender=Nowhere(),
            public_url=lambda: "",
            node="replay",
        )
        with backend.connect() as conn:
            self._live(VirtualTime(self._core, conn, clock, self._note_pages), clock, conn)
        return await self._core.store.read(self._seen)

    def _change_duty(self, tx: Tx) -> None:
        """Who stands in for whom is known from the beginning: it counts from its own time on."""
        duty = self._history.duty
        for override in duty.overrides:
            duty_changes.add(tx, override)
        for swap in duty.swaps:
            duty_changes.add(tx, swap)
        for absence in duty.absences:
            duty_changes.add(tx, absence)

    def _live(self, time: VirtualTime, clock: VirtualClock, conn: Connection) -> None:
        time.act(self._change_duty)
        for index, batch in enumerate(_batches((*self._history.earlier, *self._history.events))):
            self._live_until(time, clock, conn, batch[0].at)
            time.act(partial(self._happen, batch))
            if index % 100 == 0:
                self._progress(self._share(batch[0].at))
        self._live_until(time, clock, conn, self._history.until)

    @property
    def core(self) -> Core:
        """The services, after `run`: their traces can be read."""
        assert self._core is not None
        return self._core

    async def close(self) -> None:
        """Forget everything."""
        if self._core is not None:
            await self._core.store.close()

    async def trace(self, alert_id: int) -> wire.Trace | None:
        """The trace of a recorded alert; None when this side never heard of it."""
        own = self._own_ids.get(alert_id)
        return None if own is None else await self.core.alerts.trace(own)

    def recorded_id(self, own: int) -> int:
        """The recorded id of one of the replay's alerts, as traces speak of them."""
        return self._recorded.get(own, own)

    # ------------------------------------------------------------------ time
    def _start(self) -> datetime:
        return min([self._history.begins, *(one.at for one in self._history.earlier)])

    def _share(self, at: datetime) -> float:
        begin = self._start()
        return (at - begin) / (self._history.until - begin)

    def _live_until(self, time: VirtualTime, clock: VirtualClock, conn: Connection, at: datetime) -> None:
        """Go on to `at`, with what people do on the way."""
        while True:
            self._plan_reactions(conn)
            if time.jump(min(at, self._due[0][0]) if self._due else at):
                continue
            if not self._due or self._due[0][0] > clock.now():
                return
            _, _, page_id, reaction = heapq.heappop(self._due)
            time.act(partial(self._react, page_id, reaction))

    def _note_pages(self, events: Sequence[NewEvent]) -> None:
        self._started += [number(one) for one in events if one.kind == "page.started"]

    def _plan_reactions(self, conn: Connection) -> None:
        if not self._started:
            return
        began, self._started = self._started, []
        rows = [page for one in began if (page := pages.get(conn, one)) is not None]
        groups = members(_fired_in(conn, rows), self._recorded)
        for page in rows:
            about = self._as_recorded(groups[page.group_id].episodes) if page.group_id in groups else set()
            for one in self._reactions.to(page, about):
                heapq.heappush(self._due, (page.started_at + one.after, next(self._turn), page.id, one))
        conn.commit()  # reading began a transaction of its own

    # ------------------------------------------------------------------ what people do
    def _react(self, page_id: int, reaction: Reaction, tx: Tx) -> None:
        escalation = self.core.escalation
        page = lock_page(tx, page_id)
        person = self._who(tx, page_id, reaction.person)
        until = None if reaction.lasts is None else tx.now + reaction.lasts
        if reaction.kind == "acknowledge" and page.state in ("open", "exhausted"):
            escalation.acknowledge(tx, page_id, person, via="replay", note=reaction.note, until=until)
        elif reaction.kind == "hand_back" and page.state == "acknowledged":
            hand_back(tx, page_id, person, note=reaction.note)
        elif reaction.kind == "resolve":
            escalation.resolve(tx, page, f"{person} resolved it", person)
        elif reaction.kind == "escalate" and page.state == "open":
            escalation.next_step(tx, page, f"{person} escalated", person)

    def _who(self, tx: Tx, page_id: int, person: str) -> str:
        """The one who really reacted if this page wrote to them, or to nobody; else the first it wrote to."""
        people = deliveries.people_by_page(tx.conn, [page_id]).get(page_id, ())
        return person if person in people or not people else people[0]

    # ------------------------------------------------------------------ what happened
    def _happen(self, batch: Sequence[Event], tx: Tx) -> None:
        kind = batch[0].kind
        if kind.startswith(("silence.", "maintenance.")):
            for event in batch:
                self._hide(tx, event)
        elif kind == "page.started":
            for event in batch:
                self._page_by_hand(tx, event)
        else:
            self._signals(tx, batch)

    def _signals(self, tx: Tx, batch: Sequence[Event]) -> None:
        by_source: dict[str, list[tuple[Event, Signal]]] = {}
        for event in batch:
            signal = self._signal(event)
            if signal is not None:
                by_source.setdefault(self._history.alerts[number(event)].source, []).append((event, signal))
        for source, said in by_source.items():
            self.core.intake.keep(tx, source, [signal for _, signal in said])
            if batch[0].kind == "alert.fired":
                self._learn_ids(tx.conn, [event for event, _ in said])

    def _signal(self, event: Event) -> Signal | None:
        kinds = {
            "alert.fired": SignalKind.FIRING,
            "alert.moved": SignalKind.FIRING,  # its labels, or the tree, had changed
            "alert.resolved": SignalKind.RESOLVED,
            "alert.acknowledged": SignalKind.ACKNOWLEDGED,
        }
        alert = self._history.alerts.get(number(event)) if event.kind in kinds else None
        if alert is None:
            return None
        data: Mapping[str, Any] = event.data
        annotations = dict(alert.annotations) | ({"summary": data["summary"]} if data.get("summary") else {})
        if event.kind == "alert.acknowledged":
            annotations["acknowledged_by"] = data["by"]
        labels = data.get("labels_now" if event.kind == "alert.moved" else "labels") or alert.labels
        return Signal(key=alert.key, kind=kinds[event.kind], labels=labels, annotations=annotations, in_order=True)

    def _learn_ids(self, conn: Connection, fired: Sequence[Event]) -> None:
        for event in fired:
            recorded = number(event)
            if recorded in self._own_ids:
                continue
            alert = self._history.alerts[recorded]
            own = alerts.by_key(conn, alert.source, alert.key)
            if own is not None:
                self._own_ids[recorded], self._recorded[own.id] = own.id, recorded
                self._episodes_before[recorded] = int(str(event.data["episode"])) - 1

    def _hide(self, tx: Tx, event: Event) -> None:
        if (silence := silence_then(self._history, event)) is not None:
            self.core.silences.mirror(tx, silence)
        elif (window := window_then(self._history, event)) is not None:
            self.core.maintenance.mirror(tx, window)

    def _page_by_hand(self, tx: Tx, event: Event) -> None:
        """A page that a person sent: the same words to the same service or person."""
        sent = self._history.pages.get(number(event))
        if sent is None or sent.group_id is not None:
            return
        self.core.escalation.start(
            tx,
            actor=event.actor,
            title=sent.title,
            body=sent.body,
            labels=dict(sent.labels),
            service=sent.service,
            policy="" if sent.person else policy_of_service(self._roster, sent.service),
            person=sent.person,
            urgency=sent.urgency,
            severity=sent.severity,
            group_id=None,
            incident_id=None,
        )

    # ------------------------------------------------------------------ what came of it
    def _as_recorded(self, episodes: set[Episode]) -> set[Episode]:
        return {(alert, episode + self._episodes_before[alert]) for alert, episode in episodes}

    def _seen(self, conn: Connection) -> list[SeenPage]:
        rows = pages.listed(conn, select(pages_table).where(pages_table.c.started_at >= self._history.since))
        fired = conn.execute(select(events_table).where(events_table.c.kind == "alert.fired")).all()
        found = members(
            (Event(seq=e.seq, at=e.at, actor=e.actor, kind=e.kind, subject=e.subject, data=e.data) for e in fired),
            self._recorded,
        )
        groups = {group: Taken(one.route, self._as_recorded(one.episodes)) for group, one in found.items()}
        sent = [one for part in _parts(rows) for one in deliveries.of_pages(conn, [page.id for page in part])]
        return seen(rows, sent, groups)


def _fired_in(conn: Connection, rows: Sequence[PageRow]) -> list[Event]:
    """The beginnings of the alerts in the groups of some pages."""
    about = pages.alert_ids(conn, [page.group_id for page in rows if page.group_id is not None])
    subjects = {f"alert:{alert}" for ids in about.values() for alert in ids}
    return event_log.of_subjects(conn, sorted(subjects), ["alert.fired"])


def _parts(rows: Sequence[PageRow]) -> Iterator[Sequence[PageRow]]:
    return (rows[start : start + 500] for start in range(0, len(rows), 500))


def _batches(facts: Sequence[Event]) -> Iterator[list[Event]]:
    """Facts of one instant and kind that are handed in together, each about another thing, as submissions have them."""
    batch: list[Event] = []
    about: set[str] = set()
    for fact in facts:
        if batch and ((fact.at, fact.kind) != (batch[0].at, batch[0].kind) or fact.subject in about):
            yield batch
            batch, about = [], set()
        batch.append(fact)
        about.add(fact.subject)
    if batch:
        yield batch
