"""A store moves from SQLite to PostgreSQL and back: the same rows, all or nothing, and nobody else has it open."""

import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    String,
    create_engine,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from incidentd.cli.daemon import main
from incidentd.plugin.testing import FakeClock
from incidentd.storage import event_log, schema, store_copy
from incidentd.storage.columns import Json
from incidentd.storage.engines import open_backend
from incidentd.storage.store import Store
from incidentd.storage.store_copy import CannotCopy
from incidentd.storage.store_move import move, verify
from incidentd.storage.tables import metadata

AWKWARD = ("", " ", "'; --", '"', "\\", "\\u0000", "%_", "\n\t\r", "äß", "日本", "😀", "\u202e", "é", "\x7f\x01")


def quiet(table, rows):
    """Nobody looks on."""


@pytest.fixture
def pg(postgres):
    """The URL of a PostgreSQL database in which nothing has happened."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def lite(tmp_path, sqlite_template) -> Path:
    shutil.copyfile(sqlite_template, tmp_path / "incidentd.db")
    return tmp_path / "incidentd.db"


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


class Invented:
    """Rows for every table, whatever a daemon would have in it."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._number = 0
        self._kinds = (
            (Boolean, lambda: self._random.random() < 0.5),
            (Float, lambda: self._random.choice([0.0, -1.5, 1 / 3, 1e300, float(self._number)])),
            (LargeBinary, lambda: self._random.randbytes(self._random.randrange(40))),
            (BigInteger, lambda: 2**50 + self._number),
            (Integer, lambda: self._number),
            (String, self._text),
        )

    def _text(self):
        return f"{self._number}{self._random.choice(AWKWARD)}"

    def _value(self, column, nth, parents):
        """`nth` is another one for each row of a table: keys are different in each."""
        self._number += 1
        if column.nullable and self._random.random() < 0.3:
            return None
        for key in column.foreign_keys:
            rows = parents[key.column.table.name]
            return rows[nth % len(rows)][key.column.name]
        if isinstance(column.type, Json):
            awkward = self._random.choice(AWKWARD)
            return json.dumps({awkward: [self._number, None, 0.1, "\0", awkward]})
        kind = getattr(column.type, "impl_instance", column.type)
        return next(make() for of, make in self._kinds if isinstance(kind, of))

    def fill(self, file: Path, each: int) -> None:
        """Let every table have at least `each` rows."""
        engine = create_engine(url_of(file))
        parents: dict[str, list] = {}
        with engine.begin() as conn:
            for stored in metadata.sorted_tables:
                rows = [dict(row._mapping) for row in conn.execute(select(stored))]
                parents[stored.name] = rows
                for nth in range(max(each - len(rows), 0)):
                    # What refers to its own table refers to nothing in the first row.
                    known = parents | {stored.name: rows or [{"id": None}]}
                    made = {column.name: self._value(column, nth, known) for column in stored.columns}
                    conn.execute(insert(store_copy._as_stored(stored)), made)
                    rows.append(made)
        engine.dispose()


@pytest.fixture
def full(lite) -> Path:
    """Rows in every table."""
    Invented(2).fill(lite, 5)
    with closing(sqlite3.connect(lite)) as conn:
        assert all(conn.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] >= 5 for name in metadata.tables)
    return lite


async def test_there_and_back_every_table_is_the_same(full, pg, tmp_path):
    before = full.read_bytes()
    there = await move(url_of(full), pg, quiet)
    assert [one.table for one in there if not one.same] == []
    assert all(one.rows >= 5 for one in there)
    of_two_hosts = pg.replace("host=", "host=%2Fnowhere,") + "&target_session_attrs=read-write&sslmode=prefer"
    back = await move(of_two_hosts, url_of(tmp_path / "back.db"), quiet)
    assert [(one.table, one.rows, one.digest) for one in back] == [(one.table, one.rows, one.digest) for one in there]
    assert full.read_bytes() == before
    await a_daemon_can_go_on(pg)
    await a_daemon_can_go_on(url_of(tmp_path / "back.db"))


async def a_daemon_can_go_on(url):
    """New rows get numbers that are free, references are checked, and words are found."""
    store = await Store.open(url, FakeClock())
    try:
        last = await store.read(event_log.last_seq)
        await store.write(lambda tx: tx.emit("a", "b:1"))
        assert await store.read(event_log.last_seq) == last + 1
        highest = await store.read(lambda conn: max(conn.execute(select(schema.timers.c.id)).scalars()))
        row = {"kind": "k", "subject": "new:1", "due_at": store.clock.now(), "payload": {}, "failures": 0, "error": ""}
        new = insert(schema.timers).values(row).returning(schema.timers.c.id)
        assert await store.write(lambda tx: tx.conn.execute(new).scalar_one()) == highest + 1
        stray = insert(schema.group_alerts).values(
            group_id=-1, alert_id=-1, joined_at=store.clock.now(), announced=True
        )
        with pytest.raises(IntegrityError):
            await store.write(lambda tx: tx.conn.execute(stray))
        if store.engine == "sqlite":
            check = text("INSERT INTO learnings_search(learnings_search, rank) VALUES ('integrity-check', 1)")
            await store.write(lambda tx: tx.conn.execute(check))
    finally:
        await store.close()


async def on(url, statement):
    backend = open_backend(url)
    try:

        def run(conn):
            with conn.begin():
                conn.execute(statement)

        await backend.write_alone(run)
    finally:
        await backend.close()


async def test_it_is_moved_once_and_what_differs_later_is_found(lite, pg):
    Invented(3).fill(lite, 2)
    await move(url_of(lite), pg, quiet)
    with pytest.raises(CannotCopy, match="not empty"):
        await move(url_of(lite), pg, quiet)
    await on(pg, update(schema.views).values(query="other"))
    await on(pg, delete(schema.timers))
    assert {one.table for one in await verify(url_of(lite), pg) if not one.same} == {"views", "timers"}


SPOILED = {
    "a NUL character": "UPDATE views SET name = 'a' || char(0) || 'b' WHERE id = (SELECT min(id) FROM views)",
    "does not fit into 32 bits": "UPDATE alerts SET count = 3000000000 WHERE id = (SELECT min(id) FROM alerts)",
    "is no integer": "UPDATE alerts SET count = 'many' WHERE id = (SELECT max(id) FROM alerts)",
    "is no text": "UPDATE views SET query = x'00ff'",
}


async def test_what_postgresql_cannot_hold_is_named_and_nothing_is_kept(lite, pg):
    Invented(4).fill(lite, 2)
    with closing(sqlite3.connect(lite)) as conn:
        for statement in SPOILED.values():
            conn.execute(statement)
        conn.commit()
    with pytest.raises(CannotCopy) as refused:
        await move(url_of(lite), pg, quiet)
    assert [why for why in SPOILED if why not in str(refused.value)] == []
    assert "views (id " in str(refused.value)
    assert "column count: 3000000000 does not fit" in str(refused.value)
    backend = open_backend(pg)
    assert await backend.read(store_copy.not_fresh) == []
    await backend.close()


async def test_stores_that_a_daemon_has_are_refused(lite, pg, tmp_path):
    used = await Store.open(url_of(lite), FakeClock())
    with pytest.raises(CannotCopy, match="locked"):
        await move(url_of(lite), pg, quiet)
    await used.close()
    used = await Store.open(pg, FakeClock())
    with pytest.raises(CannotCopy, match="others are connected"):
        await move(url_of(lite), pg, quiet)
    with pytest.raises(CannotCopy, match="others are connected"):
        await move(pg, url_of(tmp_path / "new.db"), quiet)
    await used.close()


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("{0}/incidentd.db", "{0}/b.db", "FROM is no database incidentd knows: write"),
        ("sqlite:///{0}/incidentd.db", "sqlite:///{0}/b.db", "incidentd backup"),
        ("postgresql://a@b/c", "postgresql://a@b/d", "pg_dump"),
        ("sqlite:///{0}/incidentd.db", "mysql://a@b/c", "TO is no database incidentd knows: write"),
        ("sqlite:///{0}/none.db", "postgresql://a@127.0.0.1:1/c", "there is no database"),
        ("sqlite:///{0}/incidentd.db", "postgresql://a@127.0.0.1:1/c", "cannot be used"),
        ("@{0}/none", "sqlite:///{0}/b.db", "cannot read"),
    ],
)
def test_what_cannot_be_moved_is_said(lite, source, target, why):
    answer = CliRunner().invoke(main, ["migrate-store", source.format(lite.parent), target.format(lite.parent)])
    assert answer.exit_code in (2, 69)
    assert why in answer.output


def test_the_command_shows_a_table_and_what_comes_next(lite, pg):
    Invented(6).fill(lite, 2)
    (lite.parent / "url").write_text(f"{pg}\n")
    where = [url_of(lite), f"@{lite.parent / 'url'}"]
    answer = CliRunner().invoke(main, ["migrate-store", *where])
    assert answer.exit_code == 0, answer.output
    assert f'url = {{ file = "{lite.parent / "url"}" }}' in answer.output
    assert f"{len(metadata.tables)} tables are the same" in answer.output
    again = CliRunner().invoke(main, ["migrate-store", "--verify-only", "--json", *where])
    assert again.exit_code == 0
    assert {one["table"] for one in json.loads(again.output) if one["same"]} == set(metadata.tables)
