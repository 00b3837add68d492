"""Figures of very many incidents: how long the first look takes, and one after it, beside measures one by one."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.tables import table
from incidentd.clock import SystemClock
from incidentd.domain.incidents import Status
from incidentd.domain.people import Person, Roster, Service, Team
from incidentd.domain.process import Process, default_process
from incidentd.domain.severity import Severity
from incidentd.services.figures import Figures
from incidentd.services.incident_views import Seen, existing
from incidentd.services.insight_contracts import CompareQuery, ScopeQuery
from incidentd.services.measuring import measures
from incidentd.storage import incidents
from incidentd.storage.schema import pages
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

_START = datetime(2016, 1, 1, tzinfo=UTC)
_SERVICES = [f"service-{number}" for number in range(40)]
_AT_ONCE = 200
_ASKED = 100
_SPLIT = CompareQuery(at="2016-05-01")
_LOOK = 0.01  # seconds between two looks at how late the event loop is
_ROSTER = Roster(
    people={"ada": Person(handle="ada", name="Ada")},
    teams={"all": Team(name="all", members=("ada",))},
    services={name: Service(name=name, team="all") for name in _SERVICES},
)


class _History:
    """Incidents as responses leave them: seventeen events each, about them and about a page."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def some(self, tx: Tx, numbers: range) -> None:
        for number in numbers:
            self._incident(tx, number)

    def _incident(self, tx: Tx, number: int) -> None:
        began = _START + timedelta(hours=6 * number)
        lasted = timedelta(seconds=self._chance.lognormvariate(8, 1.0))
        service, severity = self._chance.choice(_SERVICES), self._chance.choice(list(Severity))
        made = incidents.create(
            tx, title="down", summary="", status=Status.CLOSED, severity=severity, service=service,
            many_stakeholders=False, declared_at=began, declared_by="ada", started_at=began, next_update_at=None,
            resolved_at=began + lasted, closed_at=began + lasted, process_version=f"v{number // 2500}", drill_id=None,
        )  # fmt: skip
        emit = partial(self._emit, tx, made.subject, began)
        emit(0, "declared", status="active", severity=severity, started_at=began, alert_ids=[], many_stakeholders=False,
             next_update_at=began + timedelta(minutes=15))  # fmt: skip
        for minute, role in ((1, "mitigation_lead"), (2, "communications_lead")):
            emit(minute, "role", role=role, person="ada", ended=[], at=None)
        for minute in (14, 31, 44, 59):
            at = began + timedelta(minutes=minute)
            incidents_update = {"audience": "internal", "phase": "investigating", "text": f"look {minute}"}
            emit(minute, "update", next_at=at + timedelta(minutes=15), **incidents_update)
        for to, after in (("mitigated", lasted / 2), ("resolved", lasted)):
            emit(after / timedelta(minutes=1), "status", **{"from": "active", "to": to, "at": began + after})
        emit(lasted / timedelta(minutes=1), "severity", **{"from": severity, "to": severity, "reason": ""})
        self._page(tx, made.id, service, began)

    def _page(self, tx: Tx, incident_id: int, service: str, began: datetime) -> None:
        values = {
            "title": "down", "body": "", "labels": {}, "service": service, "policy": "default", "person": "",
            "urgency": "high", "state": "resolved", "step": 1, "round": 1, "incident_id": incident_id,
            "started_at": began, "acknowledged_by": "ada", "acknowledged_via": "api", "version": 3,
            "resolved_at": began + timedelta(hours=1),
        }  # fmt: skip
        number = tx.conn.execute(insert(pages).values(**values).returning(pages.c.id)).scalar_one()
        waited = self._chance.lognormvariate(5, 1.0)
        told = (("started", 0.0, {}), ("step", 0.0, {"step": 1, "round": 1, "people": ["ada"]}),
                ("acknowledged", waited, {}), ("resolved", 3600.0, {}))  # fmt: skip
        for kind, after, data in told:
            tx.emit(f"page.{kind}", f"page:{number}", data, actor="ada", at=began + timedelta(seconds=after))

    def _emit(self, tx: Tx, subject: str, began: datetime, minutes: float, kind: str, **data: Any) -> None:
        tx.emit(f"incident.{kind}", subject, data, actor="ada", at=began + timedelta(minutes=minutes))


class _Lag:
    """How late the event loop is at worst while something runs."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def measure(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_LOOK)
            self.worst = max(self.worst, time.perf_counter() - before - _LOOK)


async def run(*, counts: Sequence[int]) -> str:
    """The table."""
    rows = [row for count in counts for row in await _of_many(count)]
    return f"Figures on SQLite:\n\n{table(['', 'incidents', 'ms', 'ms of CPU', 'loop late by ms'], rows)}"


async def _of_many(count: int) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as directory:
        store = await Store.open(f"sqlite:///{Path(directory) / 'bench.db'}", SystemClock())
        try:
            history = _History(count)
            for first in range(0, count, _AT_ONCE):
                some = range(first, min(first + _AT_ONCE, count))
                await store.write(partial(history.some, numbers=some))
            return await _measure(store, count)
        finally:
            await store.close()


async def _measure(store: Store, count: int) -> list[list[str]]:
    process = default_process()
    figures = Figures(store, lambda: process, lambda: _ROSTER)
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "every figure, the first look": lambda: figures.list(ScopeQuery(), ""),
        "every figure, a look after it": lambda: figures.list(ScopeQuery(), ""),
        "one figure with its cases": lambda: figures.get("time-to-mitigate", ScopeQuery(), ""),
        "comparing medians": lambda: figures.compare("time-to-mitigate", ScopeQuery(), _SPLIT, ""),
        "comparing shares": lambda: figures.compare("update-promises-kept", ScopeQuery(), _SPLIT, ""),
    }
    rows = [[name, str(count), *await _timed(call)] for name, call in calls.items()]
    alone = await _timed(lambda: _one_by_one(store, process, min(count, _ASKED)))
    return [*rows, [f"the measures of {min(count, _ASKED)}, one by one", str(count), *alone]]


async def _one_by_one(store: Store, process: Process, count: int) -> None:
    for number in range(1, count + 1):
        await store.read(
            lambda conn, number=number: measures(  # type: ignore[misc]
                Seen(conn=conn, now=store.clock.now(), process=process), existing(conn, number)
            )
        )


async def _timed(call: Callable[[], Awaitable[object]]) -> list[str]:
    """Milliseconds by the clock and of the processor, and how late the event loop was at worst."""
    lag = _Lag()
    looking = asyncio.create_task(lag.measure())
    await asyncio.sleep(0)
    began, of_cpu = time.perf_counter(), time.process_time()
    await call()
    seconds = time.perf_counter() - began, time.process_time() - of_cpu, lag.worst
    looking.cancel()
    return [f"{one * 1000:.0f}" for one in seconds]
