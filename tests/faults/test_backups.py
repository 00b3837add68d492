"""Backups while alerts come in, and what is left of a store whose file is damaged: figures, with a real daemon."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from incidentd.client import Client
from incidentd.storage.backup import look_into
from incidentd.storage.backup_directory import last_good, listed

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
PROCESS = """
[route]
group_wait = "0s"
group_by = ["number"]
[[route.routes]]
match = ["page=no"]
page = false
"""
ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1h" }]
"""
TEXT = "x" * 4000
SENDERS = 4


def alert(number: int, page: str = "no") -> dict:
    return {
        "labels": {"alertname": "fault", "number": str(number), "page": page},
        "annotations": {"description": TEXT},
        "endsAt": "2100-01-01T00:00:00Z",
    }


async def fill(daemon, session, count: int) -> None:
    """A store of some size: about 10 KiB an alert."""
    for start in range(0, count, 100):
        numbers = range(10**6 + start, 10**6 + start + 100)
        assert await daemon.post(session, [alert(number) for number in numbers]) == 200


async def back_up(daemon):
    async with Client(daemon.directory / "run" / "api.sock") as client:
        return await client.make_backup()


def numbers_in(file: Path) -> set[int]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as conn:
        return {int(json.loads(labels)["number"]) for (labels,) in conn.execute("SELECT labels FROM alerts")}


class Senders:
    """Send one alert after the other, and remember how long each took."""

    def __init__(self, daemon, session) -> None:
        self._daemon = daemon
        self._session = session
        self._numbers = iter(range(10**6))
        self.acknowledged: list[tuple[float, int]] = []
        self._took: list[tuple[float, float]] = []
        self.refused = 0

    async def send_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            number, began = next(self._numbers), time.monotonic()
            status = await self._daemon.post(self._session, [alert(number)])
            ended = time.monotonic()
            self._took.append((began, ended - began))
            if status == 200:
                self.acknowledged.append((ended, number))
            self.refused += status != 200

    def before(self, moment: float) -> set[int]:
        return {number for at, number in self.acknowledged if at < moment}

    def p99_ms(self, begin: float, end: float) -> float:
        took = sorted(seconds for began, seconds in self._took if begin <= began < end)
        return took[int(len(took) * 0.99)] * 1000 if took else 0.0


async def test_a_backup_under_load_has_what_was_acknowledged_before_it(daemon, session, experiment, runs):
    daemon.configure(process=PROCESS)
    await daemon.start()
    await fill(daemon, session, 10_000)
    stop, senders = asyncio.Event(), Senders(daemon, session)
    sending = [asyncio.create_task(senders.send_until(stop)) for _ in range(SENDERS)]
    began = time.monotonic()
    await asyncio.sleep(10)
    usual, made = senders.p99_ms(began + 2, time.monotonic()), []
    for _ in range(runs(5, 2)):
        began = time.monotonic()
        made.append((began, await back_up(daemon), time.monotonic()))
        await asyncio.sleep(1.1)  # their names have seconds
    stop.set()
    await asyncio.gather(*sending)
    assert await daemon.end(signal.SIGTERM) == 0
    backups = daemon.state / "backups"
    lost = sum(len(senders.before(began) - numbers_in(backups / one.file)) for began, one, _ in made)
    began, first, _ = made[0]
    restored = daemon.command("restore", "--yes", str(backups / first.file), timeout=120)
    assert restored.returncode == 0, restored.stderr
    await daemon.start()
    lost += len(senders.before(began) - {int(one["labels"]["number"]) for one in await daemon.firing(session)})
    took = sorted(end - begin for begin, _, end in made)
    slowest = max(senders.p99_ms(begin, end) for begin, _, end in made)
    experiment(
        "backup under load, then restored",
        runs=len(made),
        lost=lost,
        missed=None,
        aimed="acknowledged before it and lost = 0",
        seen=f"{first.bytes / 2**20:.0f} MiB in {took[len(took) // 2]:.1f} s; p99 of ingest {usual:.0f} ms before, "
        f"{slowest:.0f} ms while it ran; {len(senders.acknowledged)} alerts sent, {senders.refused} refused",
    )
    assert lost == 0


async def test_a_kill_during_a_backup_leaves_none_that_is_half(daemon, session, experiment, runs):
    daemon.configure(process=PROCESS)
    await daemon.start()
    await fill(daemon, session, 2_000)
    half, count, backups = 0, runs(20, 2), daemon.state / "backups"
    for _ in range(count):
        making = asyncio.create_task(back_up(daemon))
        await asyncio.sleep(random.uniform(0.0, 1.5))
        await daemon.end(signal.SIGKILL)
        await asyncio.gather(making, return_exceptions=True)
        half += sum(not one.good for one in listed(backups))
        for file in backups.glob("incidentd-*.db"):
            look_into(file)  # whatever has the name of a backup is one
        await daemon.start()
    await back_up(daemon)
    rubbish = [one for one in backups.iterdir() if one.name.startswith(".")]
    seen = f"{len(listed(backups))} whole ones kept"
    experiment("kill -9 during a backup", runs=count, lost=half, missed=None, aimed="no half backup", seen=seen)
    assert (half, rubbish) == (0, [])


PLACES = {"the schema": 1, "a page in front": 3, "the middle": 0.5, "the end": 0.999, "anywhere": None}


def spoil(file: Path, place: float | None) -> None:
    """Overwrite a page of a running daemon's database."""
    pages = file.stat().st_size // 4096
    share = random.random() if place is None else place
    page = int(place) if place is not None and place >= 1 else max(1, int(pages * share))
    with file.open("r+b") as writing:
        writing.seek(page * 4096)
        writing.write(os.urandom(4096))


def is_damaged(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file)) as conn:
            return bool(conn.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError:
        return True


async def tells_damage(daemon) -> bool:
    return any("STORE IS DAMAGED" in problem for problem in (await daemon.health()).problems)


async def test_a_page_that_is_damaged_while_the_daemon_runs(daemon, sink, session, experiment, runs):
    """It goes on with what it can, says so, and the next start is refused with the name of the last good backup."""
    main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n'
    daemon.configure(main=main, roster=ROSTER, process=PROCESS)
    await daemon.start()
    await fill(daemon, session, 500)
    await back_up(daemon)
    backup = last_good(daemon.state / "backups")
    assert backup is not None
    seen = {"taken": 0, "refused": 0, "told in health": 0, "start refused": 0, "named the backup": 0}
    missed, count, places = 0, runs(20, 5), list(PLACES.values())
    for run in range(count):
        await daemon.end(signal.SIGTERM)  # the log is in the file now, and no page is in memory
        await daemon.start()
        spoil(daemon.state / "incidentd.db", places[run % len(places)])
        taken = []
        for number in range(1000 * (run + 1), 1000 * (run + 1) + 20):
            taken += [str(number)] if await daemon.post(session, [alert(number, "yes")]) == 200 else []
        await asyncio.sleep(5)
        sent = {json.loads(request.body)["labels"].get("number") for request in sink.requests}
        missed += len(set(taken) - sent)
        seen["taken"] += len(taken)
        seen["refused"] += 20 - len(taken)
        assert daemon.running
        seen["told in health"] += await tells_damage(daemon)
        await daemon.end(signal.SIGKILL)
        if is_damaged(daemon.state / "incidentd.db"):
            answer = daemon.command("serve", timeout=120)
            seen["start refused"] += answer.returncode == 69
            seen["named the backup"] += backup.file in answer.stderr
        restored = daemon.command("restore", "--yes", str(daemon.state / "backups" / backup.file), timeout=120)
        assert restored.returncode == 0, restored.stderr
        await daemon.start()
    experiment(
        "a page of the file damaged while it runs",
        runs=count,
        lost=None,
        missed=missed,
        aimed="what is taken is paged; the next start names the last good backup",
        seen=", ".join(f"{number} {what}" for what, number in seen.items()),
    )
    assert missed == 0
    assert seen["start refused"] == seen["named the backup"] > 0
