"""What a node counts of its own commits, and what there is: the figures of the metrics."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.contact_limits import Limits
from incidentd.domain.people import Layer, Rotation, Schedule, Unit
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.domain.support import Support
from incidentd.plugin.support import Received
from incidentd.services import promise_tally
from incidentd.services.event_tally import EventTally
from incidentd.storage import live_counts
from incidentd.storage.schema import incidents, pages
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def tally(daemon):
    return await listening(daemon)


async def listening(daemon):
    one = EventTally(daemon.store)
    await one.start()
    return one


def counted(histogram):
    return {end: number for end, number in histogram.buckets() if number}


async def page_for(daemon, key):
    await daemon.fire(key)
    await daemon.advance(30)  # the usual wait for others of its group
    return (await daemon.page()).id


# ------------------------------------------------------------------ pages
@pytest.mark.both_engines
async def test_a_page_is_timed_to_its_first_message_and_its_first_acknowledgement(daemon, tally):
    daemon.sender.script["push"] = [TimeoutError()]
    first = await page_for(daemon, "disk")
    await daemon.advance(8 * MINUTE)  # ada had it at the second try, lin as well
    later = await listening(daemon)  # a node that did not hear how it began
    await daemon.core.pages.acknowledge(first, "ada")
    await daemon.core.pages.hand_back(first, "ada", "", None)
    await daemon.advance(HOUR)
    await daemon.core.pages.acknowledge(first, "lin")
    await tally.settle()
    await later.settle()
    for _ in range(2):
        assert tally.pages.started == {"high": 1}
        assert tally.pages.to_send["high"].buckets()[-1][1] == 1
        assert counted(tally.pages.to_acknowledge["high"])["600.0"] == 1
        assert "300.0" not in counted(tally.pages.to_acknowledge["high"])
        await tally.settle()  # nothing counts twice
    assert later.pages.started == {}
    assert later.pages.to_acknowledge["high"].buckets() == tally.pages.to_acknowledge["high"].buckets()
    assert tally.deliveries["push", "retried"] == 1
    assert tally.deliveries["push", "sent"] >= 2
    assert tally.events["page.started"] == 1


async def test_pages_of_drills_count_for_nothing_and_what_failed_is_asked_again(daemon, tally, monkeypatch):
    drill = await page_for(daemon, "disk")
    await daemon.store.write(lambda tx: tx.conn.execute(pages.update().values(drill_id=7)))
    real = await page_for(daemon, "cpu")
    assert drill != real

    async def broken(_query):
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(daemon.store, "read", broken)
        with pytest.raises(OSError, match="disk"):
            await tally.settle()
    await tally.settle()
    assert tally.pages.started == {"high": 1}
    counts = await daemon.store.read(lambda conn: live_counts.paging(conn, daemon.clock.now()))
    assert counts.pages == {("open", "high"): 1}


# ------------------------------------------------------------------ promises
async def declare(daemon, severity=Severity.SEV2):
    daemon.process = msgspec.structs.replace(default_process(), limits=Limits(usual=()))
    return await daemon.core.incidents.declare(wire_incidents.DeclareIncident(title="X", severity=severity), "ada")


async def post(daemon, incident_id=1, **more):
    body = wire_incidents.PostUpdate(text="We look", **{"phase": "investigating", **more})
    return await daemon.core.incidents.post_update(incident_id, body, "lin")


async def change(daemon, to, incident_id=1):
    body = wire_incidents.ChangeStatus(to=to, evidence="graph", reason="none")
    return await daemon.core.incidents.change_status(incident_id, body, "ada", None)


@pytest.mark.both_engines
async def test_promises_come_to_the_same_as_the_measures_of_the_incident(daemon, tally):
    await declare(daemon)
    await daemon.advance(10 * MINUTE)
    await post(daemon)  # keeps the first, promises the next in 15 min
    await daemon.advance(5 * MINUTE)
    await post(daemon, audience="customers")
    await tally.settle()
    assert (tally.promises.made, dict(tally.promises.updates)) == (3, {"kept": 1})
    await daemon.advance(20 * MINUTE)  # both are missed
    later = await listening(daemon)
    assert await daemon.store.read(lambda conn: promise_tally.unfinished(conn, daemon.clock.now())) == ([], [])
    await post(daemon)
    await daemon.advance(1 * MINUTE)
    await change(daemon, "false_alarm")
    await daemon.advance(HOUR)  # nothing is owed any more
    await tally.settle()
    measured = (await daemon.core.life.measures(1, None)).promises
    assert sorted(one.outcome for one in measured) == ["kept", "missed", "missed", "void"]
    assert (tally.promises.made, dict(tally.promises.updates)) == (4, {"kept": 1, "missed": 2, "void": 1})
    await tally.settle()
    assert sum(tally.promises.updates.values()) == 4
    await later.settle()  # the two were over when it began to listen
    assert (later.promises.made, dict(later.promises.updates)) == (1, {"void": 1})


async def test_a_node_that_is_alone_takes_up_what_was_promised_before_its_start(daemon):
    await declare(daemon)
    tally = await listening(daemon)
    await post(daemon)
    await daemon.advance(HOUR)
    await tally.settle()
    assert (tally.promises.made, dict(tally.promises.updates)) == (1, {"kept": 1, "missed": 1})


async def test_promises_of_drills_are_not_counted(daemon, tally):
    await declare(daemon)
    await daemon.store.write(lambda tx: tx.conn.execute(incidents.update().values(drill_id=7)))
    await daemon.advance(HOUR)
    await tally.settle()
    assert (tally.promises.made, dict(tally.promises.updates)) == (0, {})


@pytest.mark.both_engines
async def test_first_responses_are_kept_missed_or_void(daemon, tally):
    rotation = Rotation(people=("lin",), start=daemon.clock.now().date(), unit=Unit.WEEKS)
    schedule = Schedule(name="desk", layers=(Layer(name="all", rotation=rotation),))
    daemon.roster = msgspec.structs.replace(daemon.roster, schedules={"desk": schedule})
    daemon.process = msgspec.structs.replace(daemon.process, support=Support(schedule="desk"))
    for number in range(4):
        message = Received(id=f"m{number}", thread=f"t{number}", sender=f"bo{number}@example.org", text="It is slow")
        await daemon.core.support.intake.receive("mail", message)
    await daemon.core.support.reports.reply(1, wire_reports.Reply(text="We look"), "ada", None)
    later = await listening(daemon)
    await tally.settle()
    assert dict(tally.promises.responses) == {("end_user", "kept"): 1}
    await daemon.advance(2 * HOUR)
    await daemon.core.support.reports.reply(2, wire_reports.Reply(text="Sorry"), "ada", None)
    for one in (tally, later):
        await one.settle()
        await one.settle()
    assert dict(tally.promises.responses) == {("end_user", "kept"): 1, ("end_user", "missed"): 3}
    alone = daemon.store.engine == "sqlite"  # else whoever heard of a report counts it
    assert dict(later.promises.responses) == ({("end_user", "missed"): 3} if alone else {})


# ------------------------------------------------------------------ what there is
@pytest.mark.both_engines
async def test_what_there_is_is_counted_on_both_engines(daemon):
    await declare(daemon, Severity.SEV1)
    await declare(daemon, Severity.SEV3)
    role = wire_incidents.AssignRole(role="mitigation_lead", person="ada")
    await daemon.core.incidents.assign_role(1, role, "ada", None)
    await page_for(daemon, "disk")
    await change(daemon, "mitigated", 2)
    await change(daemon, "resolved", 2)
    await daemon.advance(21 * MINUTE)

    async def read():
        now = daemon.clock.now()
        return await daemon.store.read(lambda conn: live_counts.process(conn, now, daemon.process))

    counts = await read()
    assert counts.incidents == {("SEV1", "active"): 1, ("SEV3", "review_ready"): 1}
    assert counts.versions == {"built-in": 2}
    assert counts.role_gaps == {"communications_lead": 1}
    assert (counts.experiments, counts.ideas_waiting, counts.process_name) == ({}, 0, "")
    assert counts.updates_overdue == 1  # of the other nothing is owed any more
    assert {key: number for key, number in counts.reviews.items() if number} == {("SEV3", "open"): 1}
    role = wire_incidents.AssignRole(role="communications_lead", person="ada")
    await daemon.core.incidents.assign_role(1, role, "ada", None)
    before = {name: daemon.clock.now() - MINUTE for name in ("review_soon_at", "review_due_at")}
    over = incidents.update().where(incidents.c.id == 2).values(**before)
    await daemon.store.write(lambda tx: tx.conn.execute(over))
    counts = await read()
    assert counts.role_gaps == {"separation": 1}
    assert {key: number for key, number in counts.reviews.items() if number} == {("SEV3", "late"): 1}
    now = daemon.clock.now()
    paging = await daemon.store.read(lambda conn: live_counts.paging(conn, now))
    assert (paging.alerts_firing, paging.pages, paging.unreachable) == (1, {("exhausted", "high"): 1}, 0)
    assert paging.store_bytes > 100_000
    assert (paging.timers_due, paging.timers_failing, paging.waiting) == (0, 0, {})


async def test_what_waits_to_be_asked_for_is_kept_without_what_the_events_say(daemon, tally):
    await page_for(daemon, "disk")
    assert [one.kind for one in tally.pages._waiting] == ["page.started", "delivery.sent"]
    assert all(one.data == {} for one in tally.pages._waiting)
