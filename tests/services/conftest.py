"""One daemon's services on each engine, driven step by step: nothing happens unless a test lets it.

The loops of `Core` are never started. `settle` runs their rounds until nothing is due at the present instant, and
`advance` moves the clock from one due act to the next, as a running daemon would live through that time.
"""

import asyncio
import itertools
from collections import defaultdict
from datetime import timedelta

import pytest

from incidentd.core import Core
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    Person,
    Roster,
    Service,
    Step,
    Target,
    TargetKind,
)
from incidentd.domain.process import Process
from incidentd.domain.reachability import NotifierState
from incidentd.domain.routing import Route
from incidentd.domain.signals import Signal, SignalKind
from incidentd.plugin.testing import FakeClock
from incidentd.plugin.values import Receipt
from incidentd.storage import alerts, claims, deliveries, event_log, timers

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class RecordingSender:
    """Takes every message. `script[instance]` holds what happens to the next ones: an exception, or a receipt."""

    def __init__(self):
        self.sent = []  # (instance, notification) of every attempt
        self.written = []  # the same, of messages to customers
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
        self.core = None

    async def start(self):
        store = await self.make_store()
        self.core = self.core_on(store)
        await self.core.links.start()
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

    async def settle(self):
        """Everything that is due now."""

        async def progress():
            return await self.store.read(event_log.last_seq), len(self.sender.sent)

        while True:
            before = await progress()
            await self.expire()
            await self.route_all()
            await self.fire_timers()
            await self.send_due()
            if await progress() == before:
                return

    async def next_due(self):
        def query(conn):
            return [timers.next_due(conn), claims.next_due(conn), alerts.next_expiry(conn)]

        return min((at for at in await self.store.read(query) if at is not None), default=None)

    async def advance(self, by):
        """Live through `by` (a timedelta or seconds)."""
        target = self.clock.now() + (by if isinstance(by, timedelta) else timedelta(seconds=by))
        await self.settle()
        while (due := await self.next_due()) is not None:
            due = due if due > self.clock.now() else self.clock.now() + 10 * SECOND  # what waits without a timer
            if due > target:
                break
            self.clock.set(due)
            await self.settle()
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
        from sqlalchemy import select

        from incidentd.storage.schema import timers as table

        query = select(table.c.kind, table.c.subject).order_by(table.c.id)
        return [tuple(row) for row in await self.store.read(lambda conn: conn.execute(query).all())]


@pytest.fixture
async def daemon(make_store, clock: FakeClock) -> Harness:
    """The services of a daemon with the usual people; `route`, `roster` and `sender` can be changed at any time."""
    return await Harness(make_store, clock).start()


@pytest.fixture
def harness_class():
    """For tests that make their own daemons."""
    return Harness
