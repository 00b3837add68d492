"""Finding the similar incidents of a review among very many: what is looked at closely, and how long it takes."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from benchmarks.tables import percentile, table
from incidentd.clock import SystemClock
from incidentd.domain.incidents import Status
from incidentd.domain.severity import Severity
from incidentd.domain.symptom_words import promising, symptom_words
from incidentd.services.incident_views import existing
from incidentd.services.similar_lists import SimilarLists
from incidentd.services.symptoms import known_of
from incidentd.storage import incidents
from incidentd.storage import symptom_words as stored
from incidentd.storage.schema import alerts
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

_START = datetime(2016, 1, 1, tzinfo=UTC)
_SERVICES = [f"service-{number}" for number in range(40)]
_ALERTS = 300
_AT_ONCE = 500
_ASKED = 30


class _History:
    """Incidents as a team of some years has them: few words are in many of their texts, most in few."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self._words = ["".join(self._chance.choices(letters, k=self._chance.randint(4, 9))) for _ in range(6000)]

    def _text(self, count: int) -> str:
        ranks = (int(self._chance.paretovariate(0.6)) for _ in range(count))
        return " ".join(self._words[min(rank, len(self._words)) - 1] for rank in ranks)

    def alerts(self, tx: Tx) -> None:
        rows = [self._alert(number, tx.now) for number in range(_ALERTS)]
        tx.conn.execute(insert(alerts), rows)

    def _alert(self, number: int, now: datetime) -> dict[str, Any]:
        service = _SERVICES[number % len(_SERVICES)]
        name = f"Alert{number}"
        return {
            "source": "bench", "key": name, "status": "resolved", "name": name, "summary": "", "severity": "",
            "labels": {"alertname": name, "service": service, "region": f"r{number % 4}"}, "annotations": {},
            "generator_url": "", "starts_at": now, "first_seen": now, "last_seen": now, "expired": False, "count": 1,
            "episode": 1, "routed_episode": 1, "pending": False, "service": service, "acknowledged_by": "",
            "flapping": False, "changes": [], "version": 1, "acknowledged_episode": 0,
        }  # fmt: skip

    def incidents(self, tx: Tx, numbers: range) -> None:
        for number in numbers:
            self._incident(tx, number)

    def _incident(self, tx: Tx, number: int) -> None:
        at = _START + timedelta(hours=6 * number)
        made = incidents.create(
            tx,
            title=self._text(5),
            summary=self._text(30),
            status=Status.CLOSED,
            severity=Severity.SEV3,
            service=self._chance.choice(_SERVICES),
            many_stakeholders=False,
            declared_at=at,
            declared_by="ada",
            started_at=at,
            next_update_at=None,
            process_version="bench",
            drill_id=None,
        )
        incidents.link_alerts(tx, made.id, self._chance.sample(range(1, _ALERTS + 1), 2), "ada")


async def run(*, incidents: int) -> str:
    """The table."""
    with tempfile.TemporaryDirectory() as directory:
        store = await Store.open(f"sqlite:///{Path(directory) / 'bench.db'}", SystemClock())
        try:
            return await _measure(store, incidents)
        finally:
            await store.close()


async def _measure(store: Store, count: int) -> str:
    history = _History(count)
    await store.write(history.alerts)
    for first in range(0, count, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, count))
        await store.write(partial(history.incidents, numbers=some))
    lists = SimilarLists(store, None)
    read = await _timed(lists.words.catch_up)
    taken, looked_at = [], []
    for incident_id in range(count - _ASKED + 1, count + 1):
        taken.append(await _timed(partial(lists.compose, incident_id)))
        looked_at.append(await store.read(partial(_candidates, incident_id=incident_id)))
    rows = [["reading the words of all, once", str(count), *_milliseconds(read)]]
    for name, percent in (("median", 50), ("95 of 100", 95)):
        both = (percentile([one[at] for one in taken], percent) for at in (0, 1))
        rows.append(
            [f"choosing the list of one, {name}", f"{percentile(looked_at, percent):.0f}", *_milliseconds(both)]
        )
    return f"{count} incidents of some years on SQLite:\n\n{table(['', 'incidents', 'ms', 'ms of CPU'], rows)}"


async def _timed(call: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor: another program may have it in between."""
    began, used = time.perf_counter(), time.process_time()
    await call()
    return time.perf_counter() - began, time.process_time() - used


def _milliseconds(seconds: Iterable[float]) -> list[str]:
    return [f"{one * 1000:.0f}" for one in seconds]


def _candidates(conn: Connection, incident_id: int) -> int:
    (known,) = known_of(conn, [existing(conn, incident_id)])
    return len(promising(stored.sharing(conn, symptom_words(known), incident_id)))
