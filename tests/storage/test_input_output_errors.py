"""After an error of input or output nothing is tried again on what was open, and nobody is told that it is durable."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from incidentd.storage import meta
from incidentd.storage.engines import CHECKPOINT_COMMITS
from incidentd.storage.trouble import is_trouble

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def failed(code):
    """What the driver raises when SQLite says `code`."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return OperationalError("COMMIT", None, error)


async def test_a_failed_flush_fails_the_whole_batch_and_nothing_is_stored_any_more(store, make_store):
    ran = []

    def put(name):
        def command(tx):
            ran.append(name)
            if name == "b":
                raise failed(sqlite3.SQLITE_IOERR_FSYNC)
            meta.put(tx, name, "1")
            tx.emit("meta.put", f"meta:{name}")

        return command

    await store.write(put("first"))
    outcomes = await asyncio.gather(*(store.write(put(name)) for name in "abc"), return_exceptions=True)
    assert [type(one) for one in outcomes] == [OperationalError] * 3
    assert ran.count("a") == 1  # it was not tried again by itself
    assert "c" not in ran
    assert store.failing_since is not None
    assert store.suspect
    with pytest.raises(OSError, match="a new process"):
        await store.write(put("d"))
    assert store.failing_since is not None
    assert await store.disk_takes_writes()
    log = Path(f"{store.backend.path}-wal")
    await store.close()
    assert log.stat().st_size > 0  # left to whoever opens it anew
    again = await make_store()
    assert log.stat().st_size == 0
    assert await again.write(lambda tx: [meta.get(tx, name) for name in ("first", "a", "d")]) == ["1", None, None]
    await release(store)


async def fill(store, checkpoints):
    """Write so much that the log is due for moving so often."""
    for number in range(checkpoints * CHECKPOINT_COMMITS):
        await store.write(lambda tx, number=number: meta.put(tx, "a", f"{tx.now}{number}" * 100))


async def release(store):
    """What a process that ends leaves to the system."""
    store.backend.suspect = False
    await store.backend.close()


async def test_what_a_checkpoint_could_not_flush_stays_in_the_log(store):
    store.backend.suspect = True
    log = Path(f"{store.backend.path}-wal")
    await fill(store, 4)
    size = log.stat().st_size
    await fill(store, 1)
    assert log.stat().st_size > size
    await store.close()
    await release(store)


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_WRITE, True),
        (sqlite3.SQLITE_READONLY, True),
        (sqlite3.SQLITE_CONSTRAINT, False),
        (sqlite3.SQLITE_ERROR, False),
    ],
)
async def test_what_means_that_nothing_can_be_stored(store, code, trouble):
    assert is_trouble(failed(code)) is trouble

    def command(tx):
        raise failed(code)

    with pytest.raises(OperationalError):
        await store.write(command)
    assert (store.failing_since is not None) is trouble


async def test_the_log_is_moved_and_begun_anew(store):
    """A part of what there is, while a reader is in the way, and all of it then."""

    log = Path(f"{store.backend.path}-wal")
    await fill(store, 2)
    first = log.stat().st_size
    await fill(store, 8)
    assert log.stat().st_size == first
