"""Drills: only those who take part are written to, and the real world hears nothing of it."""

import asyncio
from datetime import time, timedelta
from importlib.resources import files

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from incidentd.core import Core
from incidentd.domain.hours import Availability, Hours
from incidentd.domain.inhibition import InhibitRule
from incidentd.domain.matchers import parse_matcher
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.plugin.testing import FakeClock
from incidentd.plugin.values import TemporaryFailure
from incidentd.services.drill_pauses import STEP
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.health import HealthView
from incidentd.storage import deliveries, migrate
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.schema import deliveries as deliveries_table
from incidentd.storage.schema import pages as pages_table
from incidentd.storage.schema import timers as timers_table
from incidentd.storage.store import Store
from incidentd.virtual_time import VirtualClock, VirtualTime
from incidentd.wire import RaisePage
from incidentd.wire.drills import StartDrill
from incidentd.wire.incidents import AddNote, DeclareIncident
from incidentd.wire.silences import SetSilence

pytestmark = pytest.mark.usefixtures("migrated_memories")
SCENARIOS = sorted(one.name for one in (files("incidentd.demo") / "scenarios").iterdir() if one.name.endswith(".toml"))
SCENARIO = """
title = "The disk fills"
day = 2025-01-01
customers = "internal_team"
service = "shop"
severity = "SEV2"
severity_reason = "writes fail"
[[event]]
at = "10:00"
kind = "alert"
text = "Disk is full"
labels = { alertname = "disk", severity = "critical" }
[[event]]
at = "10:10"
kind = "observation"
text = "A log file grows"
[[event]]
at = "10:20"
kind = "mitigation"
text = "The log is rotated"
"""


def wanted(*people, **more):
    return StartDrill(**({"people": people, "scenario": SCENARIO} | more))


async def drill_alerts(daemon, drill):
    found = (await daemon.core.drills.get(drill.id)).alert_ids
    return [await daemon.core.alerts.get(one) for one in found]


@pytest.mark.both_engines
async def test_a_whole_drill(daemon):
    drill = await daemon.core.drills.start(wanted("sam"), "lin")
    assert drill.title == "DRILL The disk fills"
    await daemon.advance(60)
    (alert,) = await drill_alerts(daemon, drill)
    assert (alert.name, alert.drill, alert.labels["drill"], alert.status) == ("DRILL disk", "D-1", "D-1", "firing")
    page = await daemon.page()
    assert (page.title, page.drill) == ("DRILL [critical] disk: Disk is full · shop", "D-1")
    assert daemon.sender.told() == [("sam", "mail")]  # the policy would have written to ada
    begins, sent = (one for _, one in daemon.sender.sent)
    assert (begins.title, begins.kind, begins.urgency) == ("DRILL D-1 starts: The disk fills", "update", "low")
    assert begins.labels == {"drill": "D-1"}
    assert "D-1 was started by lin for sam; it takes about 20 min." in begins.body
    assert sent.title.startswith("DRILL ")
    assert sent.body.startswith("DRILL This is a drill")
    assert "stands in for ada" in sent.reason
    incident = await daemon.core.incidents.declare(DeclareIncident(title="Disk", alert_ids=(alert.id,)), "sam")
    assert (incident.title, incident.drill) == ("DRILL Disk", "D-1")
    await daemon.core.pages.acknowledge(page.id, "sam")
    await daemon.advance(3600)
    over = await daemon.core.drills.get(drill.id)
    assert over.state == "ended"
    assert over.summary.first_acknowledgement == 30
    assert [(one.person, one.after) for one in over.summary.acknowledged] == [("sam", 30)]
    assert over.summary.reached == ("sam",)
    assert over.summary.verdicts == {f"A-{alert.id} DRILL disk": "sam was paged; sam acknowledged by api."}
    closed = (await daemon.core.incidents.get(incident.id)).incident
    assert (closed.status, closed.review_due_at, closed.violations) == ("closed", None, ())
    texts = [one.text for one in (await daemon.core.incidents.timeline(incident.id)).entries]
    assert "A log file grows" in texts
    assert (await drill_alerts(daemon, drill))[0].status == "resolved"
    assert (await daemon.page()).state == "resolved"
    *_, last = (one for _, one in daemon.sender.sent)
    assert last.title == "DRILL D-1 is over: The disk fills"
    assert "The first page was taken on after 0:00:30." in last.body
    assert {one.recipient for _, one in daemon.sender.sent} == {"sam"}
    assert {one.data["title"] for one in await daemon.events("delivery.sent") if one.subject == "drill:1"} == {
        "DRILL D-1 starts: The disk fills", "DRILL D-1 is over: The disk fills",
    }  # fmt: skip
    assert not [one for one in await daemon.armed() if one[1] != "link"]


async def test_a_review_can_be_wanted(daemon):
    drill = await daemon.core.drills.start(wanted("sam", review=True), "lin")
    await daemon.advance(60)
    (alert,) = await drill_alerts(daemon, drill)
    incident = await daemon.core.incidents.declare(DeclareIncident(title="Disk", alert_ids=(alert.id,)), "sam")
    await daemon.core.drills.stop(drill.id, "lin")
    assert (await daemon.core.incidents.get(incident.id)).incident.status == "resolved"


async def test_stopping_leaves_nothing(daemon):
    drill = await daemon.core.drills.start(wanted("sam"), "lin")
    await daemon.advance(60)
    stopped = await daemon.core.drills.stop(drill.id, "lin")
    assert (stopped.state, stopped.why) == ("stopped", "lin stopped it")
    with pytest.raises(Conflict):
        await daemon.core.drills.stop(drill.id, "lin")
    await daemon.advance(600)  # the last message may wait for the limit of its contact method
    assert (await drill_alerts(daemon, drill))[0].status == "resolved"
    assert (await daemon.page()).state == "resolved"
    daemon.sender.clear()
    await daemon.advance(7200)
    assert daemon.sender.sent == []
    assert (await daemon.core.drills.get(drill.id)).position == 1


async def test_what_ends_in_a_drill_while_it_waits_is_told_to_nobody(daemon):
    closed = Availability(zone="UTC", working=(Hours(start=time(9), end=time(10), days=frozenset({7})),))
    daemon.route(urgency="low")
    daemon.roster = daemon.roster_of(
        [msgspec.structs.replace(daemon.person(name, "push"), hours=closed) for name in ("ada", "sam")],
        [daemon.policy("default", (300, "ada"))],
    )
    drill = await daemon.core.drills.start(wanted("sam"), "lin")
    await daemon.advance(60)
    assert await daemon.events("page.waiting") != []
    await daemon.core.drills.stop(drill.id, "lin")
    await daemon.advance(600)
    assert await daemon.events("page.told_later") == []


async def test_it_survives_a_restart(daemon):
    drill = await daemon.core.drills.start(wanted("sam"), "lin")
    await daemon.restart()
    await daemon.advance(600)
    await daemon.restart()
    await daemon.advance(3600)
    assert (await daemon.core.drills.get(drill.id)).state == "ended"


async def test_speed_and_service(daemon):
    drill = await daemon.core.drills.start(wanted("sam", speed=60.0, service="web"), "lin")
    await daemon.advance(25)
    (alert,) = await drill_alerts(daemon, drill)
    assert (alert.status, alert.service) == ("resolved", "web")  # 20 minutes at 60
    await daemon.advance(61)
    assert (await daemon.core.drills.get(drill.id)).state == "ended"
    assert daemon.sender.told() == []  # it ended before its group was to be told of


async def test_drills_and_the_real_world_are_apart(daemon):
    rule = InhibitRule(source=(parse_matcher("severity=critical"),), target=(parse_matcher("severity=warning"),))
    daemon.process = Process(version="t", route=Route(id="root"), inhibit=(rule,))
    until = daemon.clock.now() + timedelta(hours=3)
    drill = await daemon.core.drills.start(wanted("sam"), "lin")
    await daemon.core.silences.set(SetSilence(matchers=("alertname=disk",), ends_at=until, comment="real"), "lin")
    await daemon.advance(60)
    (practised,) = await drill_alerts(daemon, drill)
    assert practised.silenced_by == ()
    assert daemon.sender.told() == [("sam", "mail")]
    await daemon.fire("load", labels={"alertname": "load", "service": "shop", "severity": "warning"})
    await daemon.fire("disk", labels={"alertname": "x", "service": "shop", "severity": "critical"}, source="other")
    await daemon.resolve("disk", source="other")
    await daemon.fire("same", labels={**practised.labels, "drill": ""})
    await daemon.advance(60)
    real = await daemon.alert("load")
    assert not real.inhibited or real.drill == ""
    assert (await daemon.alert("same")).group_id != practised.group_id
    meant = await daemon.core.silences.set(SetSilence(matchers=("drill=D-1",), ends_at=until, comment="x"), "lin")
    assert (await drill_alerts(daemon, drill))[0].silenced_by == (meant.id,)


async def test_a_drill_inhibits_nothing_real(daemon):
    rule = InhibitRule(source=(parse_matcher("severity=critical"),), target=(parse_matcher("severity=warning"),))
    daemon.process = Process(version="t", route=Route(id="root"), inhibit=(rule,))
    await daemon.core.drills.start(wanted("sam"), "lin")
    await daemon.advance(5)
    await daemon.fire("load", labels={"alertname": "load", "service": "shop", "severity": "warning"})
    await daemon.advance(60)
    assert not (await daemon.alert("load")).inhibited
    assert ("ada", "push") in daemon.sender.told()


async def test_a_real_page_pauses_it(daemon):
    drill = await daemon.core.drills.start(wanted("ada", "sam"), "lin")
    await daemon.advance(60)
    await daemon.core.pages.raise_page(RaisePage(title="Real", person="ada"), "lin")
    paused = await daemon.core.drills.get(drill.id)
    assert (paused.state, paused.why) == ("paused", "ada had a real page, P-2")
    daemon.sender.clear()
    await daemon.advance(3000)
    assert not [one for _, one in daemon.sender.sent if one.title.startswith("DRILL")]
    assert (await daemon.core.drills.get(drill.id)).position == 1
    await daemon.core.drills.resume(drill.id, "lin")
    with pytest.raises(Conflict):
        await daemon.core.drills.resume(drill.id, "lin")
    await daemon.advance(70)
    assert [one for _, one in daemon.sender.sent if one.title.startswith("DRILL")]
    await daemon.advance(3600)
    assert (await daemon.core.drills.get(drill.id)).state == "ended"


@pytest.mark.both_engines
async def test_a_long_pause_ends_it(daemon):
    drill = await daemon.core.drills.start(wanted("ada"), "lin")
    await daemon.core.pages.raise_page(RaisePage(title="Real", person="ada"), "lin")
    await daemon.advance(5 * 3600)
    assert (await daemon.core.drills.get(drill.id)).state == "stopped"


@pytest.mark.both_engines
async def test_it_is_kept_out_of_health(daemon):
    await daemon.core.drills.start(wanted("sam"), "lin")
    view = HealthView(daemon.store, adapters=lambda: (), lag_ms=lambda: 0.0, notes=lambda: (), config_files=lambda: ())
    assert (await view.health()).deliveries_waiting == 0  # the message that it begins
    await daemon.fire_timers()
    assert (await view.health()).alerts_unrouted == 0
    await daemon.advance(60)
    assert (await view.health()).alerts_firing == 0
    daemon.sender.always["mail"] = TemporaryFailure("busy")
    await daemon.core.drills.stop(1, "lin")
    await daemon.advance(61)
    table = deliveries_table.c
    waiting = await daemon.store.read(
        lambda conn: conn.execute(select(table.kind, table.drill_id).where(table.state == "pending")).all()
    )
    assert waiting == [("bundle", 1)], "that its page is over, and that the drill is"
    assert (await view.health()).deliveries_waiting == 0
    await daemon.store.write(lambda tx: tx.conn.execute(pages_table.update().values(state="exhausted")))
    assert (await view.health()).status == "ok"


async def test_an_incident_holds_a_drill_or_the_real_world(daemon):
    drill = await daemon.core.drills.start(wanted("sam"), "lin")
    await daemon.fire("real")
    await daemon.advance(5)
    (practised,), real = await drill_alerts(daemon, drill), await daemon.alert("real")
    with pytest.raises(Invalid):
        await daemon.core.incidents.declare(DeclareIncident(title="x", alert_ids=(practised.id, real.id)), "sam")
    incident = await daemon.core.incidents.declare(DeclareIncident(title="x", alert_ids=(real.id,)), "sam")
    with pytest.raises(Invalid):
        await daemon.core.incidents.link_alerts(incident.id, (practised.id,), "sam")


async def test_a_stored_incident_is_replayed(daemon):
    await daemon.fire("disk", labels={"alertname": "disk", "service": "shop", "severity": "critical"})
    await daemon.advance(60)
    alert = await daemon.alert("disk")
    incident = await daemon.core.incidents.declare(DeclareIncident(title="Full", alert_ids=(alert.id,)), "ada")
    await daemon.core.incidents.add_note(incident.id, AddNote(text="logs grow", kind="observation"), "ada")
    await daemon.advance(300)
    await daemon.resolve("disk", labels=alert.labels)
    await daemon.advance(600)  # the last message may wait for the limit of its contact method
    daemon.sender.clear()
    drill = await daemon.core.drills.start(wanted("sam", scenario="", incident_id=incident.id), "lin")
    assert drill.origin == "incident INC-1"
    assert [one.kind for one in drill.steps] == ["fire", "observation", "resolve"]
    assert [one.after for one in drill.steps] == [0, 60, 300]
    await daemon.advance(1000)
    assert (await daemon.core.drills.get(drill.id)).state == "ended"
    assert {one.recipient for _, one in daemon.sender.sent} == {"sam"}
    assert (await daemon.alert("disk")).count == 2  # the real alert was not touched


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (wanted("nobody"), "people"),
        (wanted("sam", scenario=""), "scenario"),
        (wanted("sam", incident_id=1), "scenario"),
        (wanted("sam", scenario="x = ["), "scenario"),
        (wanted("sam", scenario=SCENARIO.replace('alert"', 'note"')), "scenario"),
        (wanted("sam", scenario=SCENARIO.replace("10:20", "09:00")), "scenario"),
        (wanted("sam", scenario=SCENARIO.replace('"10:10"', '"later"')), "scenario"),
    ],
)
async def test_what_cannot_be_a_drill(daemon, body, field):
    with pytest.raises(Invalid) as refused:
        await daemon.core.drills.start(body, "lin")
    assert refused.value.field == field


@pytest.mark.both_engines
async def test_one_drill_for_a_person_at_a_time(daemon):
    await daemon.core.drills.start(wanted("sam"), "lin")
    with pytest.raises(Conflict):
        await daemon.core.drills.start(wanted("sam", "ada"), "lin")
    with pytest.raises(NotFound):
        await daemon.core.drills.get(9)
    assert [one.id for one in (await daemon.core.drills.list()).drills] == [1]


@pytest.mark.both_engines
async def test_the_last_look_withholds_what_was_put_into_the_outbox_past_the_rules(daemon):
    await daemon.core.drills.start(wanted("sam"), "lin")
    await daemon.advance(60)
    daemon.sender.clear()
    (row, *_) = await daemon.deliveries()
    stray = deliveries.NewDelivery(
        page_id=row.page_id, person="ada", notifier="push", address="a", kind="page", message=row.message,
        idempotency_key="stray", due_at=daemon.clock.now(),
    )  # fmt: skip
    await daemon.store.write(lambda tx: deliveries.enqueue(tx, [stray]))
    await daemon.advance(1)
    assert daemon.sender.sent == []
    assert [one.state for one in await daemon.deliveries() if one.person == "ada"] == ["cancelled"]


@pytest.mark.parametrize("name", SCENARIOS)
async def test_every_scenario_is_a_drill(daemon, name):
    text = (files("incidentd.demo") / "scenarios" / name).read_text()
    drill = await daemon.core.drills.start(wanted("sam", scenario=text), "lin")
    await daemon.advance(6 * 3600)
    over = await daemon.core.drills.get(drill.id)
    assert (over.state, over.summary.reached, over.summary.alerts) == ("ended", ("sam",), 1)


# ------------------------------------------------------------------ whatever roster and policy say
HANDLES = ("ada", "lin", "sam", "kim")


@st.composite
def worlds(draw, harness):
    people = [
        harness.person(handle, *draw(st.lists(st.sampled_from(["push", ("phone", 60)]), max_size=2, unique=True)))
        for handle in HANDLES
    ]
    names = st.sampled_from((*HANDLES, "gone"))
    steps = st.lists(st.lists(names, min_size=1, max_size=3), min_size=1, max_size=3)
    policies = [
        harness.policy(name, *((300, *targets) for targets in draw(steps)), repeat=draw(st.integers(0, 2)))
        for name in draw(st.sampled_from([("default",), ("default", "web"), ("web",)]))
    ]
    reachable = [one.handle for one in people if one.contacts]
    taking_part = draw(st.lists(st.sampled_from(reachable), min_size=1, unique=True)) if reachable else []
    return harness.roster_of(people, policies), tuple(taking_part), draw(st.sampled_from(["", "web"]))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nobody_else_is_ever_written_to(harness_class, data):
    drill_in_any_world(harness_class, data)


@pytest.mark.faults
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nobody_else_is_ever_written_to_in_many_worlds(harness_class, data):
    drill_in_any_world(harness_class, data)


def drill_in_any_world(harness_class, data):
    roster, people, policy = data.draw(worlds(harness_class))
    if people:
        asyncio.run(drilled(roster, people, policy, harness_class(None, FakeClock()).sender))


async def drilled(roster, people, policy, sender):
    clock, backend = VirtualClock(FakeClock().now()), MemoryBackend()
    await migrate.prepare(backend)
    store = Store(backend, clock)
    process = Process(version="p", route=Route(id="root", policy=policy))
    core = Core(store, process=lambda: process, roster=lambda: roster, sender=sender, public_url=lambda: "", node="n")  # type: ignore[arg-type]
    await core.drills.start(wanted(*people), "lin")
    with backend.connect() as conn:
        time = VirtualTime(core, conn, clock, lambda events: None)
        time.act(lambda tx: None)
        while time.jump(clock.now() + timedelta(hours=2)):
            pass
        written = set(conn.execute(select(deliveries_table.c.person)).scalars())
        left = conn.execute(select(timers_table.c.kind).where(timers_table.c.kind == STEP)).all()
    await store.close()
    assert written <= set(people)
    assert left == []
