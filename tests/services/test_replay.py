"""A replay of the record under the same configuration is the record; under another one it says what would differ."""

import asyncio
from datetime import time, timedelta
from functools import partial

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidentd.core import Core
from incidentd.domain.matchers import parse_matcher
from incidentd.domain.people import Layer, Rotation, Schedule, Service, Unit
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.domain.signals import Signal, SignalKind
from incidentd.plugin.testing import FakeClock
from incidentd.replay.history import read_history
from incidentd.replay.report import Configured, compare
from incidentd.storage import migrate, pages
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.schema import events as events_table
from incidentd.storage.schema import pages as pages_table
from incidentd.storage.store import Store
from incidentd.virtual_time import VirtualClock, VirtualTime
from incidentd.wire import RaisePage
from incidentd.wire.duty import SetOverride
from incidentd.wire.quieting import ExtendMaintenance, MaintenancePlan, PlanMaintenance
from incidentd.wire.silences import SetSilence

pytestmark = pytest.mark.usefixtures("migrated_memories")


async def replayed(daemon, *, process=None, roster=None, explain="", since=None, heard=None):
    """The report of a replay of everything `daemon` has lived through."""
    begin = since or daemon.began
    history = await daemon.store.read(lambda conn: read_history(conn, begin, daemon.clock.now()))
    before = Configured(process=daemon.process, roster=daemon.roster)
    after = Configured(process=process or daemon.process, roster=roster or daemon.roster)
    return await compare(history, before, after, explain, heard or (lambda share: None))


@pytest.fixture
async def lived(daemon):
    """A daemon that knows when it began."""
    daemon.began = daemon.clock.now()
    daemon.clock.advance(1)
    return daemon


def tree(*routes, **root):
    children = tuple(
        Route(id=f"root/{index}", matchers=(parse_matcher(text),), **values)
        for index, (text, values) in enumerate(routes)
    )
    return Process(version="edited", route=Route(**({"id": "root", "routes": children} | root)))


async def an_eventful_day(daemon):
    await daemon.fire("disk")
    await daemon.advance(40)
    await daemon.core.pages.acknowledge(1, "ada", note="mine")
    await daemon.fire("cpu", labels={"alertname": "cpu", "service": "web"})
    await daemon.advance(700)
    await daemon.resolve("disk")
    await daemon.advance(100)
    await daemon.fire("disk")
    until = daemon.clock.now() + timedelta(hours=1)
    await daemon.core.silences.set(SetSilence(matchers=("alertname=net",), ends_at=until, comment="known"), "lin")
    await daemon.fire("net")
    await daemon.advance(400)
    await daemon.core.pages.raise_page(RaisePage(title="Look at this", service="shop"), "lin")
    await daemon.acknowledge_at_source("disk", labels={"alertname": "disk", "service": "shop"})
    await daemon.advance(2000)


async def test_the_same_configuration_gives_what_happened(lived):
    await an_eventful_day(lived)
    report = await replayed(lived)
    assert report.changes == ()
    assert report.pages_before == report.pages_after == report.same == len(await lived.pages())
    assert report.fidelity.alike == report.fidelity.recorded == report.fidelity.replayed
    assert report.fidelity.differing == ()
    assert report.exact_since == lived.began


@pytest.mark.both_engines
async def test_planned_work_hides_as_it_did(lived):
    now = lived.clock.now
    plan = MaintenancePlan(services=("shop",), text="new database")

    async def planned(starts_in, lasts):
        begin = now() + starts_in
        body = PlanMaintenance(plan=plan, starts_at=begin, ends_at=begin + lasts)
        return (await lived.core.maintenance.plan(body, "lin")).id

    first = await planned(timedelta(minutes=5), timedelta(minutes=30))
    called_off = await planned(timedelta(hours=2), timedelta(hours=1))
    await lived.advance(600)
    await lived.fire("disk")
    await lived.core.maintenance.extend(first, ExtendMaintenance(by=1800), "lin")
    await lived.core.maintenance.end(called_off, "lin")
    await lived.advance(2400)  # its first end has passed
    await lived.core.maintenance.end(first, "lin")
    await lived.fire("cpu", labels={"alertname": "cpu", "service": "shop"})
    await lived.advance(7200)
    report = await replayed(lived)
    assert (report.changes, report.fidelity.differing) == ((), ())
    assert report.fidelity.alike == len(await lived.pages()) > 0
    later = await replayed(lived, since=now() - timedelta(minutes=1))
    assert (later.changes, later.fidelity.differing) == ((), ())


async def test_a_page_that_was_handed_back_goes_on(lived):
    await lived.fire("disk")
    await lived.advance(60)
    await lived.core.pages.acknowledge(1, "ada")
    await lived.advance(60)
    await lived.core.pages.hand_back(1, "ada", "in a tunnel", None)
    await lived.advance(1200)
    assert {row.person for row in await lived.deliveries(1)} == {"ada", "lin"}
    report = await replayed(lived)
    assert (report.changes, report.fidelity.differing) == ((), ())


async def test_who_stood_in_is_who_was_paged(lived):
    days = Rotation(people=("ada",), start=lived.began.date(), handover=time(0), unit=Unit.DAYS)
    lived.roster = lived.roster_of(
        lived.roster.people.values(),
        [lived.policy("default", (300, "schedule:core"))],
        schedules={"core": Schedule(name="core", layers=(Layer(name="all", rotation=days),))},
    )
    end = lived.clock.now() + timedelta(hours=4)
    await lived.core.duty.set_override(SetOverride(schedule="core", person="sam", ends_at=end), "lin")
    await lived.fire("disk")
    await lived.advance(60)
    assert lived.sender.told() == [("sam", "mail")]
    report = await replayed(lived)
    assert (report.changes, report.fidelity.differing) == ((), ())


async def test_a_replay_leaves_the_daemon_as_it_was(lived):
    await an_eventful_day(lived)
    before = (await lived.events(), await lived.armed(), list(lived.sender.sent))
    await replayed(lived, process=tree(page=False))
    assert (await lived.events(), await lived.armed(), list(lived.sender.sent)) == before


async def test_a_route_that_pages_nobody_drops_the_page_and_says_so(lived):
    await lived.fire("disk")
    await lived.advance(60)
    report = await replayed(lived, process=tree(("alertname=disk", {"page": False})), explain="P-1")
    (change,) = report.changes
    assert (change.kind, change.id, change.alert_ids, change.after) == ("dropped", "P-1", (1,), None)
    assert change.reason == "Nobody was paged: its route pages nobody."
    (explained,) = report.explained
    assert any("paging ada" in one.text for one in explained.before)
    assert not any("paging" in one.text for one in explained.after)
    assert [(one.person, one.before, one.after) for one in report.people] == [("ada", 1, 0)]


async def test_another_policy_moves_the_page_and_its_acknowledgement(lived):
    await lived.fire("disk")
    await lived.advance(60)
    await lived.core.pages.acknowledge(1, "ada")
    await lived.advance(1200)
    report = await replayed(
        lived, process=tree(("alertname=disk", {"policy": "web", "group_wait": timedelta(minutes=2)}))
    )
    (change,) = report.changes
    assert (change.kind, change.id) == ("moved", "P-1")
    told = {one.what: (one.before, one.after) for one in change.differences}
    assert told["people"] == ("ada", "sam")
    assert told["policy"] == ("default", "web")
    assert "time" in told
    assert (change.before.acknowledged_by, change.after.acknowledged_by) == ("ada", "sam")
    waited = change.after.people[0].at - change.before.people[0].at
    assert waited.total_seconds() == 90


async def test_a_page_that_was_never_sent_has_nobodys_acknowledgement(lived):
    lived.process = tree(("alertname=disk", {"page": False}))
    await lived.fire("disk")
    await lived.advance(1200)
    report = await replayed(lived, process=tree())
    (change,) = report.changes
    assert (change.kind, change.before) == ("sent", None)
    assert change.id.startswith("R-")
    assert [one.person for one in change.after.people] == ["ada", "lin"]
    assert any("as if nobody did" in note for note in report.notes)


async def test_another_roster_moves_pages_sent_by_hand_too(lived):
    await lived.core.pages.raise_page(RaisePage(title="Look", service="shop"), "lin")
    await lived.advance(10)
    services = {"shop": Service(name="shop", policy="web"), "web": Service(name="web", policy="web")}
    report = await replayed(lived, roster=msgspec.structs.replace(lived.roster, services=services))
    (change,) = report.changes
    assert (change.id, change.differences[0].after) == ("P-1", "sam")


async def test_labels_are_those_of_the_time(lived):
    await lived.fire("disk", labels={"alertname": "disk", "service": "shop", "severity": "critical"})
    await lived.advance(60)
    await lived.fire("disk", labels={"alertname": "disk", "service": "shop", "severity": "warning"})
    await lived.advance(60)
    report = await replayed(lived, process=tree(("severity=warning", {"page": False})))
    assert report.changes == ()
    assert (await replayed(lived, process=tree(("severity=critical", {"page": False})))).dropped == 1


async def test_a_record_without_labels_says_from_when_on_it_is_exact(lived):
    await lived.fire("old")
    await lived.advance(60)

    def forget(tx):
        (row,) = tx.conn.execute(events_table.select().where(events_table.c.kind == "alert.fired")).all()
        data = {name: value for name, value in row.data.items() if name != "labels"}
        tx.conn.execute(events_table.update().where(events_table.c.seq == row.seq).values(data=data))

    await lived.store.write(forget)
    assert (await replayed(lived)).exact_since is None
    await lived.fire("new")
    began = lived.clock.now()
    await lived.advance(60)
    report = await replayed(lived)
    assert report.exact_since == began
    assert "last labels are used" in report.notes[0]
    assert report.fidelity.alike == 2


async def test_what_fired_before_the_time_is_part_of_it(lived):
    await lived.fire("disk")
    await lived.advance(8 * 3600)
    since = lived.clock.now()
    await lived.advance(10)
    await lived.fire("disk2", labels={"alertname": "disk", "service": "shop", "n": "2"})
    await lived.advance(600)
    report = await replayed(lived, since=since)
    assert (report.pages_before, report.changes) == (0, ())  # it joined a group that is known since long


async def test_progress_goes_up(lived):
    await an_eventful_day(lived)
    heard = []
    await replayed(lived, heard=heard.append)
    assert heard == sorted(heard)
    assert 0 <= heard[0] < heard[-1] <= 1


# ------------------------------------------------------------------ any history replays to itself
KEYS = ("a", "b", "c")
acts = st.lists(
    st.tuples(
        st.sampled_from([1, 29, 31, 200, 299, 301, 900, 4000]),
        st.sampled_from(["fire", "resolve", "taken", "acknowledge", "escalate", "end"]),
        st.sampled_from(KEYS),
    ),
    min_size=1,
    max_size=25,
)


async def live(roster, steps, sender):
    """A daemon's virtual life; its record."""
    start = FakeClock().now()
    clock, backend = VirtualClock(start), MemoryBackend()
    await migrate.prepare(backend)
    store = Store(backend, clock)
    process = Process(version="p", route=Route(id="root"))
    core = Core(store, process=lambda: process, roster=lambda: roster, sender=sender, public_url=lambda: "", node="n")  # type: ignore[arg-type]
    with backend.connect() as conn:
        time = VirtualTime(core, conn, clock, lambda events: None)
        for wait, what, key in steps:
            until = clock.now() + timedelta(seconds=wait)
            while time.jump(until):
                pass
            time.act(partial(act, core, what, key))
        until = clock.now() + timedelta(hours=1)
        while time.jump(until):
            pass
    try:
        return await store.read(lambda conn: read_history(conn, start, clock.now())), process
    finally:
        await store.close()


def act(core, what, key, tx):
    kinds = {"fire": SignalKind.FIRING, "resolve": SignalKind.RESOLVED, "taken": SignalKind.ACKNOWLEDGED}
    if what in kinds:
        labels = {"alertname": "disk" if key != "c" else "cpu", "service": "shop", "key": key}
        core.intake.keep(tx, "prom", [Signal(key=key, kind=kinds[what], labels=labels)])
        return
    for page in pages.listed(
        tx.conn, pages_table.select().where(pages_table.c.state == "open").order_by(pages_table.c.id).limit(1)
    ):
        if what == "acknowledge":
            core.escalation.acknowledge(tx, page.id, "lin", via="api")
        elif what == "escalate":
            core.escalation.next_step(tx, page, "lin escalated", "lin")
        else:
            core.escalation.resolve(tx, page, "lin resolved it", "lin")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=acts)
def test_any_history_replays_to_itself(harness_class, steps):
    harness = harness_class(None, FakeClock())
    roster = harness.roster

    async def run():
        history, process = await live(roster, steps, harness.sender)
        same = Configured(process=process, roster=roster)
        return await compare(history, same, same, "", lambda share: None)

    report = asyncio.run(run())
    assert report.changes == ()
    assert report.fidelity.differing == ()
    assert report.fidelity.alike == report.fidelity.recorded == report.fidelity.replayed
