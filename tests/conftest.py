"""Fixtures for every test: a clock that stands still, and a store on each engine.

A test that takes `store` runs twice, on SQLite and on PostgreSQL, each time on a fresh, migrated database of its own;
but for service tests, see there.
`INCIDENTD_TEST_POSTGRES=postgresql://user@host/database` points at a server to use (its user may create databases);
without it a private one is started once for each test process.
"""

import asyncio
import fcntl
import gc
import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, TypeVar

import asyncpg  # type: ignore[import-untyped]
import pytest
from asyncpg import Connection
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from incidentd.clock import Clock
from incidentd.plugin.testing import FakeClock
from incidentd.simulation.assumptions import Assumptions
from incidentd.simulation.simulate import save, simulate
from incidentd.storage import postgresql
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.store import Store
from incidentd.storage.tables import metadata

ENGINES = ("sqlite", "postgresql")
TABLES = ("alembic_version", *(table.name for table in reversed(metadata.sorted_tables)))
OTHERS_GO = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
EMPTY = "".join(f'DELETE FROM "{name}";' for name in TABLES)
EMPTY += "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
SCHEMA = (
    "SELECT format('%s %s %s', attrelid::regclass, attname, atttypid::regtype) FROM pg_attribute"
    " JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
)
"""What must be as it was before a database is lent again: each column of each table and index."""
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if "CI" not in os.environ:  # where hypothesis has a profile of its own, untimed too
    settings.load_profile("untimed")
T = TypeVar("T")
Content = tuple[list[asyncpg.Record], dict[str, list[asyncpg.Record]]]
MakeStore = Callable[..., Awaitable[Store]]


class Authority:
    """A certificate authority of the test's own; writes certificates and keys as PEM files."""

    def __init__(self, directory: Path, name: str = "an authority") -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._count = 0
        extension = x509.BasicConstraints(ca=True, path_length=0)
        built = self._builder(self._name, self._key.public_key(), -1, 3650).add_extension(extension, critical=True)
        self.certificate = self._write("ca.pem", built.sign(self._key, hashes.SHA256()))

    def _builder(self, subject, public_key, begins: float, ends: float) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=begins))
            .not_valid_after(now + timedelta(days=ends))
        )

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        file = self._directory / name
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return file

    def issue(self, *names: str, begins: float = -1, ends: float = 365, key=None) -> tuple[Path, Path]:
        """(certificate, key) for host `names` or addresses, valid from `begins` to `ends`, in days from now."""
        self._count += 1
        stem = f"leaf{self._count}"
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        hosts = [x509.IPAddress(ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
        built = self._builder(subject, key.public_key(), begins, ends).add_extension(
            x509.SubjectAlternativeName(hosts), critical=False
        )
        key_file = self._directory / f"{stem}.key"
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return self._write(f"{stem}.pem", built.sign(self._key, hashes.SHA256())), key_file


def pytest_configure(config: pytest.Config) -> None:
    """Listen to what is asked of each engine, keep what experiments show, and share tests out."""
    config.pluginmanager.register(_beside("asked").Asked(), "asked")
    config.pluginmanager.register(_beside("experiments").Experiments(), "experiments")
    config.pluginmanager.register(_beside("shared_out"), "shared_out")


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Nothing that is made while tests are collected is rubbish: a tenth of that time was spent looking for some."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """`make test` does not try what is written in the code: Hypothesis read a thousand modules for that in each process
    and asked of every word in them whether a strategy allows it, two fifths of the time of a test of the API; and what
    was tried depended on the modules that other tests had imported. `make test-faults` tries them.
    """
    providers = sys.modules.get("hypothesis.internal.conjecture.providers")
    if providers is not None and "not faults" in config.option.markexpr:
        none = providers._local_constants
        providers._get_local_constants = lambda: none  # type: ignore[attr-defined]


def pytest_collection_finish() -> None:
    """Let the collector pass by what lives as long as the process: modules, thousands of tests. A quarter of the time
    of a test of the terminal UI went there.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def make_authority(tmp_path: Path) -> Callable[[str], Authority]:
    """Makes certificate authorities, each with a directory of its own."""

    def make(name: str = "ours") -> Authority:
        directory = tmp_path / f"authority-{name}"
        directory.mkdir()
        return Authority(directory, name)

    return make


@pytest.fixture
def authority(make_authority: Callable[[str], Authority]) -> Authority:
    """A certificate authority for one test."""
    return make_authority("ours")


def in_own_loop(coroutine):
    """Run a coroutine to its end from synchronous code, whether or not a loop runs in this thread."""
    outcome: list[tuple[object, BaseException | None]] = []

    def run() -> None:
        try:
            outcome.append((asyncio.run(coroutine), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


async def migrated(url: str) -> None:
    """Bring the database at `url` to the present schema."""
    store = await Store.open(url, FakeClock())
    await store.close()


def start_postgres() -> tuple[subprocess.Popen[str], str]:
    program = Path(__file__).with_name("postgres_server.py")
    server = subprocess.Popen(
        [sys.executable, str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C at the terminal is for the tests; the server hears of it by its pipe
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line:
        raise RuntimeError(f"PostgreSQL did not start (exit status {server.wait()}); its words are above")
    return server, json.loads(line)["url"]


class PostgresServer:
    """One server for a test process; lends databases that were migrated once.

    Making and dropping a database costs more than most tests do, so what was given back is emptied and lent again.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._template = f"incidentd_template_{uuid.uuid4().hex}"
        self._made: list[str] = []
        self._idle: list[str] = []
        self._run(f'CREATE DATABASE "{self._template}"')
        self._made.append(self._template)
        in_own_loop(migrated(self.url_of(self._template)))
        self._fresh = in_own_loop(self._in(self._template, self._content))

    def url_of(self, database: str) -> str:
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    async def _in(self, database: str, act: Callable[[Connection], Awaitable[T]]) -> T:
        connection = await asyncpg.connect(self.url_of(database))
        try:
            return await act(connection)
        finally:
            await connection.close()

    def _run(self, *statements: str) -> None:
        async def run(connection: Connection) -> None:
            for statement in statements:
                await connection.execute(statement)

        in_own_loop(self._in(make_url(self.url).database or "postgres", run))

    def create(self, *, empty: bool = False) -> str:
        """The URL of a new database: migrated, or `empty`."""
        if self._idle and not empty:
            return self.url_of(self._idle.pop())
        name = f"incidentd_test_{uuid.uuid4().hex}"
        template = "template0" if empty else self._template
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._made.append(name)
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Take a database back, also when a test left a connection to it."""
        name = make_url(url).database
        assert name in self._made
        if in_own_loop(self._in(name, self._emptied)):
            self._idle.append(name)
            return
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(name)

    async def _emptied(self, connection: Connection) -> bool:
        """Whether the database is as the template again; not when a test changed its schema."""
        schema, rows = self._fresh
        await connection.execute(OTHERS_GO)
        if await connection.fetch(SCHEMA) != schema:
            return False
        await connection.execute(EMPTY)
        for name, content in rows.items():
            await connection.copy_records_to_table(name, records=content)
        return True

    async def _content(self, connection: Connection) -> Content:
        """The schema, and every row."""
        rows = {name: await connection.fetch(f'SELECT * FROM "{name}"') for name in TABLES}
        return await connection.fetch(SCHEMA), {name: found for name, found in rows.items() if found}

    def drop_all(self) -> None:
        self._run(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in self._made))


class LentEngine(AsyncEngine):
    """Waits for the next store on its database when it was closed: it knows the statements that it has compiled."""

    idle: ClassVar[dict[URL, list["LentEngine"]]] = defaultdict(list)

    async def dispose(self, close: bool = True) -> None:
        await super().dispose(close)
        self.sync_engine.dialect.dispatch.do_connect.clear()  # how the store that had it opened connections
        self.idle[self.url].append(self)


def lend_engine(url: URL, **options: Any) -> AsyncEngine:
    """An engine without connections, as `create_async_engine` makes one."""
    idle = LentEngine.idle[url]
    return idle.pop() if idle else LentEngine(create_async_engine(url, **options).sync_engine)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this test process; started by the first test that needs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgresql, "create_async_engine", lend_engine)
        yield from postgres_servers()


def postgres_servers() -> Iterator[PostgresServer]:
    given = os.environ.get("INCIDENTD_TEST_POSTGRES")
    if given:
        server = PostgresServer(given)
        yield server
        server.drop_all()
        return
    process, url = start_postgres()
    try:
        yield PostgresServer(url)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: a migration costs more than most tests."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    in_own_loop(migrated(f"sqlite:///{path}"))
    return path


BUSY = Assumptions(fault_gap=timedelta(hours=30), alert_gap=timedelta(hours=24), version_days=(7, 14))
"""Of a test's weeks: a fault every day or so, and two changes of the process."""


@dataclass(frozen=True)
class SimulatedWeeks:
    """Weeks of the simulated team in which more goes wrong than in most. `file` is a SQLite database to read: copy it
    before you write.
    """

    file: Path
    seed: int = 7
    start: datetime = datetime(2029, 1, 1, tzinfo=UTC)
    days: int = 21
    assumed: Assumptions = BUSY

    @property
    def until(self) -> datetime:
        return self.start + timedelta(days=self.days)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"


async def live_through(template: Path, weeks: SimulatedWeeks, days: int) -> None:
    """Simulate the first `days` of `weeks` into its file."""
    backend = MemoryBackend()
    with backend.connect() as conn, closing(sqlite3.connect(template)) as source:
        source.backup(conn.connection.driver_connection)  # type: ignore[arg-type]
    world = await simulate(backend, seed=weeks.seed, start=weeks.start, days=days, assumed=weeks.assumed)
    save(backend, weeks.file)
    await world.core.store.close()


@pytest.fixture(scope="session")
def live_weeks(sqlite_template: Path) -> Callable[..., SimulatedWeeks]:
    """`live_weeks(file, days)` simulates the first days of the weeks once more; what is named is otherwise."""

    def live(file: Path, days: int, **otherwise: Any) -> SimulatedWeeks:
        weeks = SimulatedWeeks(file, **otherwise)
        in_own_loop(live_through(sqlite_template, weeks, days))
        return weeks

    return live


@pytest.fixture(scope="session")
def simulated_weeks(live_weeks, tmp_path_factory: pytest.TempPathFactory) -> SimulatedWeeks:
    """Three weeks of the simulated team, from a Monday on: seventeen incidents, alerts, reports, duty.

    The first process of a run that wants them lives through them; each has a copy of its own.
    """
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    made = shared / "weeks.db"
    with (shared / "weeks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            live_weeks(shared / "weeks-begun.db", SimulatedWeeks.days).file.rename(made)
    weeks = SimulatedWeeks(tmp_path_factory.mktemp("simulated") / made.name)
    shutil.copyfile(made, weeks.file)
    return weeks


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only the test moves."""
    return FakeClock()


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """sqlite and postgresql in turn; `@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)` for one."""
    return request.param


@pytest.fixture
def empty_database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create(empty=True)
    yield url
    server.drop(url)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database."""
    if engine_name == "sqlite":
        path = tmp_path / "incidentd.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
async def make_store(database_url: str, clock: FakeClock) -> AsyncIterator[MakeStore]:
    """`await make_store()` opens one more store on the test's database; all are closed at the end.

    A store that the test closed itself is left alone. `clock=` and `url=` may be given.
    """
    opened: list[Store] = []

    async def make(*, clock: Clock = clock, url: str = database_url) -> Store:
        store = await Store.open(url, clock)
        opened.append(store)
        return store

    yield make
    for store in opened:
        if not store.closed:
            await store.close()


@pytest.fixture
async def make_cut() -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """`await make_cut(database_url)` is a way to a PostgreSQL that can be cut: `url`, `silence`, `refuse`, `mend`."""
    made: list[Any] = []

    async def make(database_url: str) -> Any:
        made.append(_beside("cut").Cut(database_url))
        await made[-1].start()
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
async def store(make_store: MakeStore) -> Store:
    """An open store on a fresh database, on the `clock` of the test."""
    return await make_store()
