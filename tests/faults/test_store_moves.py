"""A store with a page that waits moves to PostgreSQL and back between two runs of a daemon, which goes on with it."""

import json
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1h" }]
"""
WAITS = '[route]\ngroup_wait = "20s"\ngroup_by = ["number"]\n'
EVENTS = 120_000


def add_history(file: Path) -> None:
    """As many events as years of a team leave, whatever they say."""
    with closing(sqlite3.connect(file)) as conn:
        (last,) = conn.execute("SELECT value FROM counters WHERE name = 'event_seq'").fetchone()
        data = json.dumps({"title": "x" * 200, "labels": {"a": "ä😀"}})
        rows = ((last + n, 10**15 + n, "system", "source.noted", "daemon:0", data) for n in range(1, EVENTS + 1))
        conn.executemany("INSERT INTO events (seq, at, actor, kind, subject, data) VALUES (?, ?, ?, ?, ?, ?)", rows)
        conn.execute("UPDATE counters SET value = ? WHERE name = 'event_seq'", (last + EVENTS,))
        conn.commit()


def alert(number: int) -> dict:
    return {"labels": {"alertname": "moved", "number": str(number)}, "endsAt": "2100-01-01T00:00:00Z"}


async def test_a_page_that_waits_goes_out_after_the_move(daemon, sink, session, postgres, eventually, experiment):
    def configure(url: str) -> None:
        storage = f'[storage]\nurl = "{url}"\n'
        main = f'{storage}[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n'
        daemon.configure(main=main, roster=ROSTER, process=WAITS)

    async def run(number: int) -> None:
        """Take an alert, and end before its page is due."""
        await daemon.start()
        assert await daemon.post(session, [alert(number)]) == 200
        await eventually(waits, 15, "the alert is routed")
        assert await daemon.end(signal.SIGTERM) == 0

    async def waits() -> bool:
        return (await daemon.health()).alerts_unrouted == 0

    def paged() -> set[str]:
        return {json.loads(request.body)["labels"]["number"] for request in sink.requests}

    def move(source: str, target: str) -> tuple[float, int]:
        began = time.monotonic()
        answer = daemon.command("migrate-store", "--json", source, target, timeout=600)
        assert answer.returncode == 0, answer.stderr
        return time.monotonic() - began, sum(one["rows"] for one in json.loads(answer.stdout))

    file, server = daemon.state / "incidentd.db", postgres.create()
    lite, back = f"sqlite:///{file}", daemon.state / "back.db"
    configure(lite)
    await run(1)
    add_history(file)
    there, rows = move(lite, server)
    configure(server)
    await daemon.start()
    await eventually(lambda: paged() == {"1"}, 60, "the page that waited, from PostgreSQL")
    assert await daemon.end(signal.SIGTERM) == 0
    await run(2)
    home, _ = move(server, f"sqlite:///{back}")
    shutil.move(back, file)
    configure(lite)
    await daemon.start()
    await eventually(lambda: paged() == {"1", "2"}, 60, "the page that waited, from SQLite")
    keys = [request.headers["idempotency-key"] for request in sink.requests]
    experiment(
        "a store moved to PostgreSQL and back",
        runs=2,
        lost=0,
        missed=0,
        duplicated=len(keys) - len(set(keys)),
        aimed="every row the same, pages that wait go out",
        seen=f"{rows:,} rows there in {there:.0f} s, back in {home:.0f} s, copied and compared",
    )
    assert len(keys) == 2
    await daemon.end(signal.SIGTERM)
    postgres.drop(server)
