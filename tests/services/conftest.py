"""One daemon's services on each engine, driven step by step: nothing happens unless a test lets it.

The loops of `Core` are never started. `settle` runs their rounds until nothing is due at the present instant, and
`advance` moves the clock from one due act to the next, as a running daemon would live through that time.

A test runs on SQLite; one with the marker `both_engines` on PostgreSQL, too. Those are as few as it takes to run every
statement of the services on PostgreSQL (together with the storage tests, which run on both), and those whose texts,
order or simultaneous writers the engines might treat differently. tests/asked.py fails a run of the whole suite in
which some function asks SQLite only. `make test-engines` runs every test on both.
"""

import asyncio
import itertools
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, and_, bindparam, case, exists, func, select

from incidentd.core import Core
from incidentd.domain.incidents import Status
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    Person,
    Roster,
    Service,
    Step,
    Target,
    TargetKind,
    Team,
)
from incidentd.domain.process import Process, default_process
from incidentd.domain.reachability import NotifierState
from incidentd.domain.routing import Route
from incidentd.domain.severity import Severity
from incidentd.domain.signals import Signal, SignalKind
from incidentd.plugin.testing import FakeClock
from incidentd.plugin.values import Receipt
from incidentd.services.delivery_outcomes import FALL_BACK_AFTER
from incidentd.services.health import HealthView
from incidentd.storage import alerts, deliveries, event_log, migrate, schema
from incidentd.storage.deliveries import IS_WAITING
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.store import Store
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reviews as wire_reviews

BOTH = ("sqlite", "postgresql")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def _look():
    alerts, timers, deliveries = schema.alerts.c, schema.timers.c, schema.deliveries.c
    next_try = case((deliveries.state == "sending", deliveries.lease_until), else_=deliveries.due_at)
    stuck = and_(
        IS_WAITING,
        deliveries.kind.in_(("page", "bundle")),
        ~deliveries.fell_back,
        func.coalesce(deliveries.tried_at, deliveries.due_at) <= bindparam("stuck_before"),
    )
    return select(
        select(func.min(alerts.ends_at)).where(alerts.status == "firing").scalar_subquery(),
        exists().where(alerts.pending),
        select(func.min(timers.due_at)).scalar_subquery(),
        select(func.min(next_try)).select_from(schema.deliveries).where(IS_WAITING).scalar_subquery(),
        exists().where(stuck),
    )


LOOK = _look()  # built once, for it runs at every step of every test


@dataclass(frozen=True)
class Look:
    """What the loops of a daemon would find to do if they all looked now."""

    now: datetime
    expiry: datetime | None
    pending: bool
    timer: datetime | None
    delivery: datetime | None
    stuck: bool

    def is_due(self, at):
        return at is not None and at <= self.now

    @property
    def nothing_to_do(self):
        return not (self.pending or self.stuck or self.is_due(self.next_due))

    @property
    def next_due(self):
        return min((at for at in (self.expiry, self.timer, self.delivery) if at is not None), default=None)


class RecordingSender:
    """Takes every message. `script[instance]` holds what happens to the next ones: an exception, or a receipt."""

    def __init__(self):
        self.sent = []  # (instance, notification) of every attempt
        self.written = []  # the same, of messages to customers
        self.arranged = []  # what was to be done with rooms of incidents
        self.announced = []  # the same, of what responders read in a chat
        self.issues = []  # the same, of issues to open
        self.forges = []  # the instances that can
        self.script = defaultdict(list)
        self.always = {}
        self.during = None  # awaited while a message is being sent
        self.states = {}  # an instance that is not ok
        self.able = defaultdict(frozenset)  # what an instance can do

    async def send(self, instance, notification):
        self.sent.append((instance, notification))
        if self.during is not None:
            await self.during(instance, notification)
        return self._outcome(instance)

    async def announce(self, instance, announcement):
        self.announced.append((instance, announcement))
        return self._outcome(instance)

    async def arrange(self, instance, order):
        self.arranged.append(order)
        return self._outcome(instance)

    async def open_issue(self, instance, order):
        self.issues.append((instance, order))
        return self._outcome(instance)

    def issue_channels(self):
        return self.forges

    async def write(self, instance, outgoing):
        self.written.append((instance, outgoing))
        return self._outcome(instance)

    def _outcome(self, instance):
        outcome = self.script[instance].pop(0) if self.script[instance] else self.always.get(instance, Receipt())
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def capabilities(self, instance):
        return self.able[instance]

    def state(self, instance):
        return NotifierState(state=self.states.get(instance, "ok"), silent="silent" in self.able[instance])

    def told(self, kind="page"):
        """(person, instance) of every attempt of one kind, in order."""
        return [(one.recipient, instance) for instance, one in self.sent if one.kind == kind]

    def clear(self):
        self.sent.clear()


def person(handle, *notifiers):
    """Somebody with one contact method for each notifier; ("phone", 120) is used two minutes into a step."""
    pairs = [one if isinstance(one, tuple) else (one, 0) for one in notifiers]
    contacts = tuple(
        ContactMethod(notifier=name, address=f"{handle}@{name}", after=timedelta(seconds=after))
        for name, after in pairs
    )
    return Person(handle=handle, name=handle.title(), contacts=contacts)


def policy(name, *steps, repeat=1, **more):
    """Each step is (seconds to wait, "person" | "schedule:name" | "team:name" | "channel:team" ...)."""

    def target(text):
        kind, _, name = text.partition(":")
        return Target(TargetKind(kind), name) if name else Target(TargetKind.PERSON, kind)

    return EscalationPolicy(
        name=name,
        steps=tuple(
            Step(targets=tuple(map(target, targets)), delay=timedelta(seconds=delay)) for delay, *targets in steps
        ),
        repeat=repeat,
        **more,
    )


def roster_of(people, policies, **more):
    return Roster(people={p.handle: p for p in people}, policies={p.name: p for p in policies}, **more)


USUAL = roster_of(
    [person("ada", "push", ("phone", 120)), person("lin", "push"), person("sam", "mail")],
    [policy("default", (300, "ada"), (300, "lin")), policy("web", (300, "sam"))],
    services={"shop": Service(name="shop"), "web": Service(name="web", policy="web")},
)


class Harness:
    """The services of one daemon process after another on one database."""

    person = staticmethod(person)
    policy = staticmethod(policy)
    roster_of = staticmethod(roster_of)

    def __init__(self, make_store, clock):
        self.make_store = make_store
        self.clock = clock
        self.process = Process(version="test", route=Route(id="root"))
        self.roster = USUAL
        self.sender = RecordingSender()
        self.public_url = "https://incidents.example"
        self._numbers = itertools.count(1)
        self._committed = 0  # events of this process
        self.core = None

    async def start(self):
        store = await self.make_store()
        store.on_commit.append(self._count)
        self.core = self.core_on(store)
        await self.core.operations.keys.start()
        await self.reload()
        return self

    def core_on(self, store, node="n1", sender=None):
        return Core(
            store,
            process=lambda: self.process,
            roster=lambda: self.roster,
            sender=sender or self.sender,
            public_url=lambda: self.public_url,
            node=node,
        )

    @property
    def store(self):
        return self.core.store

    async def restart(self):
        """The process ends, nothing else happens, a new one opens the same database."""
        await self.store.close()
        await self.start()

    # ---------------------------------------------------------------- configuration
    async def reload(self):
        """What a daemon does after a start and after it has read its files again."""
        await self.store.write(self.core.grouping.follow_configuration)

    def route(self, **values):
        """Replace the routing tree by one route (or a root with `routes`)."""
        self.process = Process(version="test", route=Route(**({"id": "root"} | values)))

    # ---------------------------------------------------------------- what comes in
    async def signal(self, key, kind, source="prom", labels=None, **values):
        labels = {"alertname": key, "service": "shop"} if labels is None else labels
        await self.core.intake.submit(source, [Signal(key=key, kind=kind, labels=labels, **values)])

    async def fire(self, key="disk", **values):
        await self.signal(key, SignalKind.FIRING, **values)

    async def resolve(self, key="disk", **values):
        await self.signal(key, SignalKind.RESOLVED, **values)

    async def acknowledge_at_source(self, key="disk", by="grace", **values):
        await self.signal(key, SignalKind.ACKNOWLEDGED, annotations={"acknowledged_by": by}, **values)

    async def alarm_codes(self):
        """What health says of the store, by code."""
        view = HealthView(self.store, adapters=list, lag_ms=lambda: 0.0, notes=list, config_files=list)
        return [one.code for one in (await view.health()).alarms]

    # ---------------------------------------------------------------- the loops
    async def route_all(self):
        await self.core._loops[0]._work()

    async def expire(self):
        await self.core._loops[1]._work()

    async def fire_timers(self):
        await self.core._loops[2]._work()

    async def send_due(self, core=None):
        """Claim and send until nothing is due."""
        worker = (core or self.core).deliveries
        while await worker._work() == 0.0:
            await asyncio.gather(*worker._sending)

    def _count(self, events):
        self._committed += len(events)

    def _progress(self):
        return self._committed, len(self.sender.sent), len(self.sender.written)

    async def look(self):
        """What there is to do, in one statement; the loops' own looks would be a dozen."""
        now = self.clock.now()
        stuck_before = now - FALL_BACK_AFTER
        found = await self.store.read(lambda conn: conn.execute(LOOK, {"stuck_before": stuck_before}).one())
        return Look(now, *found)

    async def settle(self):
        """Everything that is due now. Returns when something is due next."""
        look = await self.look()
        while not look.nothing_to_do:
            before = look, self._progress()
            if look.is_due(look.expiry):
                await self.expire()
            if look.pending:
                await self.route_all()
            if look.is_due(look.timer):
                await self.fire_timers()
            if look.stuck or look.is_due(look.delivery):
                await self.send_due()
            look = await self.look()
            if (look, self._progress()) == before:
                break
        return look.next_due

    async def advance(self, by):
        """Live through `by` (a timedelta or seconds)."""
        target = self.clock.now() + (by if isinstance(by, timedelta) else timedelta(seconds=by))
        due = await self.settle()
        while due is not None:
            due = due if due > self.clock.now() else self.clock.now() + 10 * SECOND  # what waits without a timer
            if due > target:
                break
            self.clock.set(due)
            due = await self.settle()
        self.clock.set(max(target, self.clock.now()))
        await self.settle()

    # ---------------------------------------------------------------- what is there
    async def alert(self, key="disk", source="prom"):
        row = await self.store.read(lambda conn: alerts.by_key(conn, source, key))
        return None if row is None else await self.core.alerts.get(row.id)

    async def alert_row(self, key="disk", source="prom"):
        return await self.store.read(lambda conn: alerts.by_key(conn, source, key))

    async def trace(self, key="disk", source="prom"):
        return await self.core.alerts.trace((await self.alert(key, source)).id)

    async def verdict(self, key="disk", source="prom"):
        return (await self.trace(key, source)).verdict

    async def pages(self, state="all"):
        """Oldest first."""
        return (await self.core.pages.list(state, None, 100, "", "ada")).pages[::-1]

    async def page(self):
        """The newest page."""
        return (await self.pages())[-1]

    async def deliveries(self, page_id=None):
        page_id = (await self.page()).id if page_id is None else page_id
        return await self.store.read(lambda conn: deliveries.of_pages(conn, [page_id]))

    async def events(self, *kinds):
        found = await self.store.read(lambda conn: event_log.after(conn, 0, 100_000))
        return [event for event in found if not kinds or event.kind in kinds]

    async def armed(self):
        """(kind, subject) of every timer."""
        table = schema.timers
        query = select(table.c.kind, table.c.subject).order_by(table.c.id)
        return [tuple(row) for row in await self.store.read(lambda conn: conn.execute(query).all())]


def driver_of(conn: Connection) -> sqlite3.Connection:
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def copy(template: sqlite3.Connection, backend: MemoryBackend):
    """Make a database in memory as the template is: a migration costs a hundred times as much."""
    with backend.connect() as conn:
        template.backup(driver_of(conn))


class Memory(MemoryBackend):
    """A database in memory that outlives the stores on it, so that a restart finds it, and one test after another.

    What a file costs (threads, statements compiled anew, the disk) is paid in the tests of the store, on files.
    """

    def __init__(self, template: Path):
        super().__init__()
        self._template = sqlite3.connect(template)
        with self.connect() as conn:
            conn.exec_driver_sql("PRAGMA foreign_keys=ON")

    def renew(self):
        """Empty it."""
        copy(self._template, self)

    async def read(self, query):
        """As on a file: what reads cannot write."""
        with self.connect() as conn:
            driver = driver_of(conn)
            driver.execute("PRAGMA query_only=ON")
            try:
                return query(conn)
            finally:
                driver.execute("PRAGMA query_only=OFF")

    async def close(self):
        """Nothing: the next store finds what this one left."""

    async def end(self):
        await super().close()
        self._template.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On which engines a test runs, where it does not say so itself."""
    said = any("engine_name" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "engine_name" in metafunc.fixturenames and not said:
        both = os.environ.get("INCIDENTD_TEST_BOTH") or metafunc.definition.get_closest_marker("both_engines")
        metafunc.parametrize("engine_name", BOTH if both else BOTH[:1], indirect=True)


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine of this test."""
    return request.param


@pytest.fixture(scope="session")
def memory(sqlite_template) -> Iterator[Memory]:
    """The database in memory of this test process."""
    memory = Memory(sqlite_template)
    yield memory
    asyncio.run(memory.end())


@pytest.fixture
def in_memory(engine_name) -> bool:
    """Whether the store is in memory; false where something else than the test opens its file."""
    return engine_name == "sqlite"


@pytest.fixture
async def make_store(make_store, in_memory, clock, request):
    """`await make_store()` opens one more store on the test's database."""
    if not in_memory:
        yield make_store
        return
    memory = request.getfixturevalue("memory")
    memory.renew()
    opened = []

    async def make():
        opened.append(Store(memory, clock))
        return opened[-1]

    yield make
    for store in opened:
        await store.close()


@pytest.fixture
def new_database(engine_name, request):
    """`make_store = new_database(clock)` opens stores on one more fresh database, when those before are closed."""
    made = []

    def in_memory(clock):
        memory = request.getfixturevalue("memory")
        memory.renew()

        async def make_store():
            return Store(memory, clock)

        return make_store

    def on_a_server(clock):
        url = request.getfixturevalue("postgres").create()
        made.append(url)

        async def make_store():
            return await Store.open(url, clock)

        return make_store

    yield in_memory if engine_name == "sqlite" else on_a_server
    for url in made:
        request.getfixturevalue("postgres").drop(url)


@pytest.fixture(scope="session")
def migrated_memories(sqlite_template):
    """Databases in memory that a test's subject makes are copies as well."""
    prepare, template = migrate.prepare, sqlite3.connect(sqlite_template)

    async def copied(backend):
        if isinstance(backend, MemoryBackend):
            copy(template, backend)
        else:
            await prepare(backend)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "prepare", copied)
        yield
    template.close()


@pytest.fixture
async def daemon(make_store, clock: FakeClock) -> Harness:
    """The services of a daemon with the usual people; `route`, `roster` and `sender` can be changed at any time."""
    return await Harness(make_store, clock).start()


@pytest.fixture
def harness_class():
    """For tests that make their own daemons."""
    return Harness


@pytest.fixture
async def reviewed(daemon):
    """`await reviewed()` has one more incident of shop whose review ada holds."""
    daemon.process = default_process()
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push"), daemon.person("lin", "push"), daemon.person("sam", "mail")],
        [daemon.policy("default", (300, "lin"))],
        services={"shop": Service(name="shop", team="web")},
        teams={"web": Team(name="web", members=("sam", "lin"))},
    )

    async def make():
        declared = wire_incidents.DeclareIncident(title="503 at the balancer", severity=Severity.SEV3, service="shop")
        made = await daemon.core.incidents.declare(declared, "ada")
        for to in (Status.MITIGATED, Status.RESOLVED):
            body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
            await daemon.core.incidents.change_status(made.id, body, "ada", None)
        await daemon.advance(3600)
        await daemon.core.reviews.workshops.start(made.id, wire_reviews.StartReview(), "ada")
        return made.id

    return make
