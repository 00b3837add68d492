"""The dead man's switch of a sender: a source that is expected to send, and fell silent, raises an alert.

The latest signal of each source is durable and shared by the nodes: a sender may speak to any. The alarm is a timer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from incidentd.domain.signals import Signal, SignalKind
from incidentd.services.escalation import Handler
from incidentd.services.intake import Intake
from incidentd.services.source_traffic import Traffic
from incidentd.storage import alerts, sources, timers
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

SILENT = "source.silent"
OWN_SOURCE = "incidentd"
"""The source of alerts that the daemon raises about itself and its senders."""
ALERTNAME = "SourceSilent"
NOTE_EVERY = timedelta(seconds=5)
"""How exactly it is written down when a source was last heard of."""


class SourceWatch:
    """`expected` is asked at each use: how often each watched source has to send at least."""

    def __init__(
        self, store: Store, intake: Intake, traffic: Traffic, expected: Callable[[], Mapping[str, timedelta]]
    ) -> None:
        self._store = store
        self._intake = intake
        self._traffic = traffic
        self._expected = expected
        self._noted: dict[str, datetime] = {}
        self._watched: Mapping[str, timedelta] | None = None

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {SILENT: self._on_due}

    async def work(self) -> float | None:
        """Write down who was heard of, and watch whom the configuration wants watched."""
        expected = dict(self._expected())
        if expected != self._watched:
            await self._store.write(lambda tx: self._arm_all(tx, expected))
            self._watched = expected
        now = self._store.clock.now()
        news = {
            source: at
            for source, at in self._traffic.news(self._noted).items()
            if source not in self._noted or now - self._noted[source] >= NOTE_EVERY
        }
        if news:
            await self._store.write(lambda tx: self._note(tx, news, expected))
            self._noted |= news
        return None

    async def last_signals(self) -> Mapping[str, datetime]:
        """When each source was last heard of, on this node or another."""
        heard = await self._store.read(sources.heard)
        return heard | self._traffic.news(heard)

    def _arm_all(self, tx: Tx, expected: Mapping[str, timedelta]) -> None:
        """A source has its whole time from the start on: what it sent while nobody listened is not known."""
        heard = sources.heard(tx.conn)
        for source, every in expected.items():
            due = heard.get(source, tx.now) + every
            timers.arm(tx, SILENT, _subject(source), due if due > tx.now else tx.now + every)
        for source in _alarmed(tx.conn) - expected.keys():
            timers.cancel(tx, SILENT, _subject(source))
            self._end(tx, source, f"{source} is no longer watched")

    def _note(self, tx: Tx, news: Mapping[str, datetime], expected: Mapping[str, timedelta]) -> None:
        sources.note(tx, news)
        for source in news.keys() & expected.keys():
            timers.arm(tx, SILENT, _subject(source), news[source] + expected[source])
            self._end(tx, source, f"{source} sends again")

    def _on_due(self, tx: Tx, timer: Timer) -> None:
        source = timer.subject.partition(":")[2]
        every, last = self._expected().get(source), sources.heard(tx.conn).get(source)
        if every is None:
            return
        if last is not None and last + every > tx.now:  # another node heard of it meanwhile
            timers.arm(tx, SILENT, timer.subject, last + every)
            return
        since = f"since {last:%Y-%m-%d %H:%M:%S} UTC" if last is not None else "yet"
        summary = f"{source} is silent: no signal {since}, one is expected every {every.total_seconds():g} s"
        self._intake.keep(tx, OWN_SOURCE, [_signal(source, SignalKind.FIRING, summary)])

    def _end(self, tx: Tx, source: str, summary: str) -> None:
        alert = alerts.by_key(tx.conn, OWN_SOURCE, _key(source))
        if alert is not None and alert.firing:
            self._intake.keep(tx, OWN_SOURCE, [_signal(source, SignalKind.RESOLVED, summary)])


def _signal(source: str, kind: SignalKind, summary: str) -> Signal:
    labels = {"alertname": ALERTNAME, "source": source, "severity": "critical"}
    return Signal(key=_key(source), kind=kind, labels=labels, annotations={"summary": summary})


def _key(source: str) -> str:
    return f"silent:{source}"


def _subject(source: str) -> str:
    return f"source:{source}"


def _alarmed(conn: Connection) -> set[str]:
    """Sources whose alarm is armed, or rang."""
    return timers.subjects(conn, SILENT, "source:") | alerts.firing_keys(conn, OWN_SOURCE, "silent:")
