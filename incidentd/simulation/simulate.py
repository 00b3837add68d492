"""A simulated time, from its first instant to its last."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from incidentd import wire
from incidentd.simulation.assumptions import DEFAULTS, Assumptions
from incidentd.simulation.changes import Changes
from incidentd.simulation.customers import Customers
from incidentd.simulation.detection import Detection, Noticed
from incidentd.simulation.drills import Drills
from incidentd.simulation.duty import Duty
from incidentd.simulation.experiments import Experiments
from incidentd.simulation.letters import Letters
from incidentd.simulation.noise import Noise
from incidentd.simulation.pagers import Pagers
from incidentd.simulation.quiet import Quiet
from incidentd.simulation.response import Response
from incidentd.simulation.retros import Retros
from incidentd.simulation.reviews import Reviews
from incidentd.simulation.world import World
from incidentd.storage import migrate
from incidentd.storage.engines import MemoryBackend

Passed = Callable[[datetime], None]
_MONTH = timedelta(days=30)


async def simulate(
    backend: MemoryBackend,
    *,
    seed: int,
    start: datetime,
    days: int,
    assumed: Assumptions = DEFAULTS,
    passed: Passed = lambda _: None,
) -> World:
    """Live through `days` from `start` in a migrated, empty database: the first days of a longer time are the same.

    `passed` hears after every thirty days how far it has come. The store of the world that is left is open; closing it
    ends the database.
    """
    world = World(backend, start, seed, assumed)

    def begins(noticed: Noticed, incident: wire.Incident, person: str) -> None:
        Response(world, start, noticed, incident, person, detection.end_alert, reviews.over)

    reviews = Reviews(world)
    detection = Detection(world, Customers(world), begins)
    Pagers(world, detection.taken)
    Noise(world)
    Duty(world)
    Changes(world)
    Retros(world)
    Experiments(world)
    Letters(world)
    Quiet(world)
    Drills(world)
    await world.core.prepare()
    until = start + timedelta(days=days)
    for month in range(1, (until - start) // _MONTH + 1):
        at = start + month * _MONTH
        await world.live(at)
        passed(at)
    await world.live(until)
    return world


async def simulate_into(
    file: Path,
    *,
    seed: int,
    start: datetime,
    days: int,
    assumed: Assumptions = DEFAULTS,
    passed: Passed = lambda _: None,
) -> None:
    """As `simulate`, and keep what happened in a new SQLite database. Raises `FileExistsError`."""
    backend = MemoryBackend()
    await migrate.prepare(backend)
    world = await simulate(backend, seed=seed, start=start, days=days, assumed=assumed, passed=passed)
    save(backend, file)
    await world.core.store.close()


def save(backend: MemoryBackend, file: Path) -> None:
    """Write a database in memory to a new file. Raises `FileExistsError`."""
    file.touch(mode=0o600, exist_ok=False)  # it holds what people wrote, as a daemon's own does
    with backend.connect() as conn, closing(sqlite3.connect(file)) as copy:
        driver = conn.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.backup(copy)
