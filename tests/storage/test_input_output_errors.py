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


async def test_a_failed_flush_fails_the_whole_batch_and_nothing_is_moved_any_more(store):
    ran = []

    def put(name):
        def command(tx):
            ran.append(name)
            if name == "b":
                raise failed(sqlite3.SQLITE_IOERR_FSYNC)
            meta.put(tx, name, "1")
            tx.emit("meta.put", f"meta:{name}")

        return command

    outcomes = await asyncio.gather(*(store.write(put(name)) for name in "abc"), return_exceptions=True)
    assert [type(one) for one in outcomes] == [OperationalError] * 3
    assert ran.count("a") == 1  # it was not tried again by itself
    assert "c" not in ran
    assert store.failing_since is not None
    await store.write(put("d"))
    assert store.failing_since is None
    assert store.suspect
    log = Path(f"{store.backend.path}-wal")
    for number in range(CHECKPOINT_COMMITS + 1):
        await store.write(put(f"n{number}"))
    size = log.stat().st_size
    for number in range(CHECKPOINT_COMMITS + 1):
        await store.write(put(f"m{number}"))
    assert log.stat().st_size > size  # it was never begun anew
    assert await store.write(lambda tx: meta.get(tx, "a")) is None
    assert await store.write(lambda tx: meta.get(tx, "d")) == "1"
    await store.close()
    assert log.exists()  # to whoever opens it anew
    store.backend.suspect = False
    await store.backend.close()


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

    def put(tx):
        meta.put(tx, "a", "x" * 4000)

    log = Path(f"{store.backend.path}-wal")
    for _ in range(4 * CHECKPOINT_COMMITS):
        await store.write(put)
    first = log.stat().st_size
    for _ in range(8 * CHECKPOINT_COMMITS):
        await store.write(put)
    assert log.stat().st_size == first
