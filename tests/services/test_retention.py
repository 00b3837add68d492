"""Retention: what is past its time goes, in steps, and nothing else does."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from incidentd.domain.process import default_process
from incidentd.domain.retention import NAMES, Retention
from incidentd.plugin.support import Attachment, Received
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.retention import KIND, Retentions
from incidentd.storage import drafts, event_log, old_alerts, removals, retention_runs
from incidentd.storage.schema import alerts, deliveries, events, groups, pages
from incidentd.storage.schema import drafts as drafts_table
from incidentd.storage.schema_retention import removals as removals_table
from incidentd.storage.schema_support import attachments, customer_addresses, report_messages, reports
from incidentd.wire import reports as wire_reports
from incidentd.wire.drills import StartDrill
from incidentd.wire.incidents import AddNote, DeclareIncident
from incidentd.wire.rehearsals import AnswerCard, StartRehearsal
from incidentd.wire.retention import AddHold, EraseCustomer, ReleaseHold

DAY = timedelta(days=1)
ALL = Retention(keep=dict.fromkeys(NAMES, 100 * DAY))


@pytest.fixture
def desk(daemon):
    daemon.core.operations.retention.policy = lambda: ALL
    return daemon.core.operations


async def run(daemon, retention=None):
    """A run from its beginning to its end; returns it."""
    retention = retention or daemon.core.operations.retention
    await retention.run("lin")
    return await finish(daemon, retention)


async def finish(daemon, retention):
    while await retention.work() is not None:
        daemon.clock.advance(timedelta(milliseconds=50))
    return (await retention.show()).runs[0]


async def ended(daemon, key="disk"):
    """An alert that paged somebody, and was over."""
    await daemon.fire(key)
    await daemon.advance(60)
    await daemon.resolve(key)
    await daemon.advance(900)
    return await daemon.alert(key)


async def all_of(daemon, table):
    return await daemon.store.read(lambda conn: conn.execute(select(table)).all())


async def sound(daemon):
    """The whole log is as it was written, but for what was removed."""
    found = await daemon.core.operations.calls().log.check()
    assert found.faults == ()
    return found


async def reported(daemon, number=1, sender="bo@example.org", **more):
    message = Received(id=f"m{number}", thread=f"t{number}", sender=sender, sender_name="Bo", subject="It breaks",
                       text="My address is Main Street 1", **more)  # fmt: skip
    return (await daemon.core.support.intake.receive("mail", message)).report_id


async def close(daemon, report_id):
    await daemon.core.support.reports.reply(report_id, wire_reports.Reply(text="Dear Bo, done"), "ada", None)
    await daemon.settle()
    for to in ("triaging", "no_fault_found", "followed_up", "closed"):
        body = wire_reports.ChangeReport(to=to, reason="all is well")
        await daemon.core.support.reports.change_state(report_id, body, "ada", None)


@pytest.mark.both_engines
async def test_noise_goes_and_what_figures_count_stays(daemon, desk):
    old = await ended(daemon)
    page = await daemon.page()
    linked = await ended(daemon, "linked")
    await daemon.core.incidents.declare(DeclareIncident(title="Down", service="shop", alert_ids=(linked.id,)), "ada")
    kept = await daemon.core.alerts.trace(linked.id)
    daemon.clock.advance(101 * DAY)
    await daemon.fire("young")
    await daemon.settle()

    before = {one.name: one for one in (await desk.retention.preview()).classes}
    assert before["alerts"].removes.rows == 1
    assert before["alerts"].keeps == {"an incident": 1}
    done = await run(daemon)
    assert done.state == "done"
    assert done.removed["alerts"].rows == before["alerts"].removes.rows
    assert done.removed["messages"].rows == before["messages"].removes.rows > 0
    assert done.removed["messages"].events == before["messages"].removes.events > 0

    with pytest.raises(NotFound):
        await daemon.core.alerts.get(old.id)
    assert await daemon.core.alerts.trace(linked.id) == kept
    (still,) = [one for one in await daemon.pages() if one.id == page.id]
    assert (still.title, still.state, still.started_at) == (page.title, page.state, page.started_at)
    group = [one for one in await all_of(daemon, groups) if one.id == page.group_id]
    assert group[0].labels == {}
    told = {one.kind for one in await daemon.events() if one.subject == f"page:{page.id}"}
    assert {"page.started", "page.step", "page.resolved"} <= told
    assert "delivery.sent" not in told
    sent = {one.page_id: one for one in await all_of(daemon, deliveries)}
    assert sent[page.id].message["title"] == ""
    assert sent[page.id].sent_at is not None
    (ran,) = await daemon.events("retention.ran")
    assert ran.data["removed"]["alerts"]["rows"] == 1
    found = await sound(daemon)
    assert found.removed > 0
    assert (await desk.retention.show()).whole_from > 1

    await daemon.fire()
    await daemon.settle()
    again = await daemon.alert()
    assert again.id > linked.id
    assert (await run(daemon)).removed == {}


async def test_what_is_named_in_a_note_stays(daemon, desk):
    named, beside = await ended(daemon), await ended(daemon, "beside")
    await ended(daemon, "newest")
    incident = await daemon.core.incidents.declare(DeclareIncident(title="Down", service="shop"), "ada")
    await daemon.core.incidents.add_note(incident.id, AddNote(text=f"It began as A-{named.id} did"), "ada")
    daemon.clock.advance(101 * DAY)
    await run(daemon)
    assert await daemon.core.alerts.get(named.id) == named
    with pytest.raises(NotFound):
        await daemon.core.alerts.get(beside.id)


async def test_an_alert_that_is_linked_while_it_is_looked_for_stays(daemon, desk, monkeypatch):
    old = await ended(daemon)
    await ended(daemon, "newest")
    daemon.clock.advance(101 * DAY)
    find = old_alerts.Alerts.find

    def and_then(*given):
        found = find(*given)
        assert old.id in found.ids
        return found

    monkeypatch.setattr(old_alerts.Alerts, "find", and_then)
    await desk.retention.run("lin")
    write = daemon.store.write

    async def first_linked(command):
        monkeypatch.setattr(daemon.store, "write", write)
        body = DeclareIncident(title="Down", service="shop", alert_ids=(old.id,))
        await daemon.core.incidents.declare(body, "ada")
        return await write(command)

    begun = await daemon.store.read(retention_runs.running)
    taken = {"lease_owner": "n1", "lease_until": daemon.clock.now() + DAY}
    await daemon.store.write(lambda tx: retention_runs.change(tx, begun, **taken))
    monkeypatch.setattr(daemon.store, "write", first_linked)
    done = await finish(daemon, desk.retention)
    assert (done.id, done.state) == (begun.id, "done")
    assert (await daemon.core.alerts.get(old.id)).id == old.id


async def test_an_alert_with_more_events_than_fit_goes_in_parts(daemon, desk):
    old = await ended(daemon)
    await daemon.store.write(lambda tx: [tx.emit("alert.held", f"alert:{old.id}") for _ in range(450)])
    await ended(daemon, "newest")
    daemon.clock.advance(101 * DAY)
    done = await run(daemon)
    assert done.removed["alerts"].events > 450
    assert not [one for one in await daemon.events() if one.subject == f"alert:{old.id}"]
    records = await daemon.store.read(lambda conn: removals.after(conn, 0, 100))
    assert len([one for one in records if one.name == "alerts"]) >= 3
    assert all(one.events <= 1000 for one in records)
    await sound(daemon)


@pytest.mark.both_engines
async def test_conversations_lose_their_words_and_keep_their_clocks(daemon, desk):
    files = (Attachment(name="a.png", media_type="image/png", data=b"png"),)
    report_id = await reported(daemon, attachments=files)
    await close(daemon, report_id)
    open_one = await reported(daemon, 2, "al@example.org")
    before = (await daemon.core.support.reports.get(report_id)).report
    daemon.clock.advance(101 * DAY)
    done = await run(daemon)
    assert done.removed["conversations"].rows == 2
    assert done.removed["attachments"].rows == 1
    assert done.removed["customers"].rows == 1

    after = (await daemon.core.support.reports.get(report_id)).report
    clocks = ("created_at", "first_response_due", "first_responded_at", "followed_up_at", "closed_at", "state")
    assert [getattr(after, name) for name in clocks] == [getattr(before, name) for name in clocks]
    shown = str([await all_of(daemon, one) for one in (reports, report_messages, deliveries, customer_addresses)])
    told = str([one for one in await daemon.events() if one.subject in (f"report:{report_id}", "customer:1")])
    for word in ("Main Street", "bo@", "Bo", "It breaks"):
        assert word not in told
        assert word not in shown.replace("al@example.org", "").replace("Main Street 1", "", 1).replace(
            "It breaks", "", 2).replace("'Bo'", "", 1)  # of the one that is open  # fmt: skip
    assert (await daemon.core.support.reports.get(open_one)).report.subject == "It breaks"
    assert await all_of(daemon, attachments) == []
    await sound(daemon)


@pytest.mark.both_engines
async def test_a_customer_is_erased_on_request_but_not_under_a_hold(daemon, desk):
    report_id = await reported(daemon)
    calls = desk.calls()
    with pytest.raises(Conflict, match="R-1 is not closed"):
        await calls.erasing.erase(1, EraseCustomer(reason="asked"), "ada")
    await close(daemon, report_id)
    hold = await calls.holds.add(AddHold(subject="R-1", reason="court"), "ada")
    assert hold.subject == "report:1"
    before = [await all_of(daemon, one) for one in (reports, report_messages, deliveries)]
    with pytest.raises(Conflict, match="hold 1"):
        await calls.erasing.erase(1, EraseCustomer(reason="asked"), "ada")
    daemon.clock.advance(101 * DAY)
    await run(daemon)
    assert [await all_of(daemon, one) for one in (reports, report_messages, deliveries)] == before
    await calls.holds.release(1, ReleaseHold(reason="it is over"), "lin")
    with pytest.raises(Conflict, match="released by lin"):
        await calls.holds.release(1, ReleaseHold(reason="again"), "lin")
    erased = await calls.erasing.erase(1, EraseCustomer(reason="asked"), "ada")
    assert (erased.reports, erased.messages) == (1, 2)
    assert (await daemon.core.support.customers.get(1)).name == "(erased)"
    assert "bo@" not in str(await daemon.events())
    assert [one.data["reason"] for one in await daemon.events("customer.erased")] == ["asked"]
    held = await calls.holds.list(released=True)
    assert [(one.by, one.released_by, one.released_why) for one in held.holds] == [("ada", "lin", "it is over")]
    assert (await calls.holds.list(released=False)).holds == ()
    await sound(daemon)


@pytest.mark.parametrize(
    ("subject", "error"), [("INC-9", NotFound), ("everyone", Invalid), ("alert:1", Invalid), ("incident:0", Invalid)]
)
async def test_only_what_there_is_can_be_held(daemon, desk, subject, error):
    with pytest.raises(error) as raised:
        await desk.calls().holds.add(AddHold(subject=subject, reason="court"), "ada")
    assert raised.value.field == "subject"


async def test_a_hold_on_everything_stops_all_of_it(daemon, desk):
    await ended(daemon)
    await ended(daemon, "newest")
    await daemon.store.write(lambda tx: drafts.put(tx, "ada", "k", "half"))
    await daemon.store.write(lambda tx: tx.emit("source.noted", "daemon:0"))
    await close(daemon, await reported(daemon))
    await desk.calls().holds.add(AddHold(subject="everything", reason="court"), "ada")
    daemon.clock.advance(101 * DAY)
    before = [await all_of(daemon, one) for one in (alerts, deliveries, reports, report_messages, pages)]
    first = await daemon.events()
    assert (await run(daemon)).removed == {}
    assert [await all_of(daemon, one) for one in (alerts, deliveries, reports, report_messages, pages)] == before
    assert (await daemon.events())[: len(first)] == first
    (found,) = [one for one in (await desk.retention.preview()).classes if one.name == "alerts"]
    assert found.removes.rows == 0
    assert found.keeps["a hold on everything"] >= 1


async def test_a_hold_on_an_incident_is_told_in_its_timeline(daemon, desk):
    incident = await daemon.core.incidents.declare(DeclareIncident(title="Down", service="shop"), "ada")
    await desk.calls().holds.add(AddHold(subject="INC-1", reason="case 7"), "ada")
    await desk.calls().holds.release(1, ReleaseHold(reason="closed"), "lin")
    timeline = await daemon.core.incidents.timeline(incident.id)
    assert [one.text for one in timeline.entries][-2:] == [
        "Held: nothing of it is removed (case 7)",
        "The hold was released (closed)",
    ]
    assert (await daemon.core.incidents.get(incident.id)).incident.held is False
    await desk.calls().holds.add(AddHold(subject="incident:1", reason="case 8"), "ada")
    assert (await daemon.core.incidents.get(incident.id)).incident.held is True


@pytest.mark.both_engines
async def test_a_drill_goes_with_its_incident_and_the_chain_of_it(daemon, desk):
    drill = await daemon.core.drills.start(StartDrill(scenario=SCENARIO, people=("ada",), speed=60), "ada")
    await daemon.advance(30)
    (fired,) = await all_of(daemon, alerts)
    declared = DeclareIncident(title="Practice", service="shop", alert_ids=(fired.id,))
    assert (await daemon.core.incidents.declare(declared, "ada")).drill == "D-1"
    await daemon.advance(7200)
    assert (await daemon.core.drills.get(drill.id)).state == "ended"
    real = await daemon.core.incidents.declare(DeclareIncident(title="Down", service="shop"), "ada")
    await ended(daemon)
    daemon.clock.advance(101 * DAY)
    await daemon.core.drills.start(StartDrill(scenario=SCENARIO, people=("ada",), speed=60), "ada")
    assert (await run(daemon)).removed["drills"].rows == 1
    with pytest.raises(NotFound):
        await daemon.core.drills.get(drill.id)
    assert not [one for one in await all_of(daemon, alerts) if one.source.startswith("drill:")]
    assert (await daemon.core.incidents.get(real.id)).incident.title == "Down"
    records = await daemon.store.read(lambda conn: removals.after(conn, 0, 100))
    gone = [one for one in records if one.name == "drills"]
    assert [list(one.chains) for one in gone if one.chains] == [["1"]]
    await sound(daemon)


async def test_a_drill_of_any_size_goes_in_transactions_that_are_bounded(daemon, desk, monkeypatch):
    monkeypatch.setattr(Retentions, "_adjust", lambda self, seconds: None)
    drill = await daemon.core.drills.start(StartDrill(scenario=SCENARIO, people=("ada",), speed=60), "ada")
    await daemon.advance(7200)
    await daemon.store.write(lambda tx: [storm_of(tx, drill.id, number) for number in range(300)])
    await ended(daemon)
    daemon.clock.advance(101 * DAY)
    await daemon.core.drills.start(StartDrill(scenario=SCENARIO, people=("ada",), speed=60), "ada")
    assert (await run(daemon)).removed["drills"].rows == 1
    assert [one for one in await all_of(daemon, alerts) if one.source == "drill:1"] == []
    records = await daemon.store.read(lambda conn: removals.after(conn, 0, 100))
    sizes = [one.events + sum(one.rows.values()) for one in records if one.name == "drills"]
    assert sum(sizes) > 600
    assert max(sizes) <= 150, "a hundred, and what belongs to the last of them"
    await sound(daemon)


def storm_of(tx, drill_id, number):
    """One more alert of a drill, and an event about it."""
    one = dict(tx.conn.execute(select(alerts).where(alerts.c.source == f"drill:{drill_id}").limit(1)).one()._mapping)
    one |= {"id": None, "key": f"storm-{number}"}
    made = tx.conn.execute(insert(alerts).values({name: value for name, value in one.items() if name != "id"}))
    tx.emit("alert.resolved", f"alert:{made.inserted_primary_key[0]}")


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
at = "10:20"
kind = "mitigation"
text = "The log is rotated"
"""


async def test_it_runs_at_its_hour_and_the_next_day_again(daemon, desk):
    daemon.clock.set(datetime(2026, 3, 1, 12, tzinfo=UTC))
    await daemon.store.write(desk.retention.follow_configuration)
    await daemon.store.write(desk.retention.follow_configuration)
    assert [one for one in await daemon.armed() if one[0] == KIND] == [(KIND, "retention:0")]
    await daemon.advance(15 * 3600)
    assert (await desk.retention.show()).runs == ()
    await daemon.advance(3600)
    done = await finish(daemon, desk.retention)
    assert (done.state, done.by) == ("done", "system")
    assert done.started_at == datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
    told = await daemon.store.read(desk.retention.health)
    assert (told.state, told.last_at, told.removed, told.holds) == ("done", done.ended_at, 0, 0)
    assert (await desk.retention.show()).next_at == told.next_at == datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    await daemon.advance(DAY)
    assert len((await desk.retention.show()).runs) == 2
    with pytest.raises(Conflict, match="runs already"):
        await desk.retention.run("lin")


@pytest.mark.both_engines
async def test_of_several_nodes_one_does_it_and_another_goes_on_after_it(daemon, desk):
    for key in ("a", "b", "c", "newest"):
        await ended(daemon, key)
    daemon.clock.advance(101 * DAY)
    other = Retentions(daemon.store, "n2")
    other.policy = lambda: ALL
    await desk.retention.run("lin")
    assert await desk.retention.work() is not None
    assert await other.work() is None
    daemon.clock.advance(timedelta(minutes=3))  # the first one is gone
    assert await other.work() is not None
    assert await desk.retention.work() is None
    done = await finish(daemon, other)
    assert done.state == "done"
    assert done.removed["alerts"].rows == 3
    await sound(daemon)


async def test_two_nodes_at_the_same_time_take_nothing_twice(daemon, desk):
    for number in range(6):
        await ended(daemon, f"k{number}")
    daemon.clock.advance(101 * DAY)
    nodes = [Retentions(daemon.store, f"n{number}") for number in range(3)]
    for one in nodes:
        one.policy = lambda: ALL
    await nodes[0].run("lin")
    for _ in range(40):
        await asyncio.gather(*(one.work() for one in nodes))
        daemon.clock.advance(timedelta(minutes=3))
    (done,) = (await nodes[0].show()).runs
    assert (done.state, done.error) == ("done", "")
    assert done.removed["alerts"].rows == 5
    await sound(daemon)


async def test_a_run_that_cannot_go_on_is_told(daemon, desk, monkeypatch):
    await ended(daemon)
    await ended(daemon, "newest")
    daemon.clock.advance(101 * DAY)

    def broken(*_):
        raise OSError("disk I/O error")

    monkeypatch.setattr(old_alerts.Alerts, "take", broken)
    failed = await run(daemon)
    assert (failed.state, failed.error) == ("failed", "OSError at alerts")
    assert [one.data["error"] for one in await daemon.events("retention.failed")] == ["OSError at alerts"]
    daemon.clock.advance(timedelta(minutes=1))
    await desk.retention.work()
    (alarm,) = desk.retention.problems()
    assert alarm.code == "retention-failed"
    monkeypatch.undo()
    assert (await run(daemon)).state == "done"
    daemon.clock.advance(timedelta(minutes=1))
    await desk.retention.work()
    assert desk.retention.problems() == []


async def test_what_was_done_behind_its_back_is_found(daemon, desk):
    await ended(daemon)
    await ended(daemon, "newest")
    incident = await daemon.core.incidents.declare(DeclareIncident(title="Down", service="shop"), "ada")
    daemon.clock.advance(101 * DAY)
    await run(daemon)
    before = await sound(daemon)
    last = before.last_seq

    async def faults(statement):
        await daemon.store.write(lambda tx: tx.conn.execute(statement))
        return [one.where for one in (await desk.calls().log.check()).faults]

    declared = update(events).where(events.c.subject == f"incident:{incident.id}").values(actor="mallory")
    assert await faults(declared) == ["INC-1 record 1"]
    seq = (await daemon.store.read(lambda conn: event_log.after(conn, 0, 1)))[0].seq
    assert f"seq {seq}" in " ".join(await faults(delete(events).where(events.c.seq == seq)))
    assert f"seq {last}" in await faults(delete(events).where(events.c.seq == last))
    assert "removal 1" in await faults(update(removals_table).where(removals_table.c.id == 1).values(by="mallory"))
    gone = await faults(delete(removals_table).where(removals_table.c.id == 1))
    assert "removal 2" in gone


@pytest.mark.both_engines
async def test_a_stream_that_resumes_behind_what_was_removed_gets_what_is_left(daemon, desk):
    await ended(daemon)
    await ended(daemon, "newest")
    daemon.clock.advance(101 * DAY)
    await run(daemon)
    left = [one.seq for one in await daemon.events()]
    found = await daemon.core.events.page(0, 1000)
    assert [one.seq for one in found.events] == left
    assert 1 < found.whole_from <= found.last_seq
    stream = daemon.core.events.encoded(0)
    ids = [int(line[4:]) for line in (await anext(stream)).split(b"\n") if line.startswith(b"id: ")]
    assert ids == left
    await stream.aclose()


async def test_a_stream_does_not_spin_when_the_newest_events_went(daemon, desk, monkeypatch):
    await daemon.store.write(lambda tx: [tx.emit("source.noted", "daemon:0") for _ in range(3)])
    seqs = [one.seq for one in await daemon.events("source.noted")]
    await daemon.core.events.start()
    await daemon.store.write(lambda tx: removals.take_events(tx, seqs[1:]))
    reads = []
    read = daemon.store.read

    async def counted(query):
        reads.append(query)
        return await read(query)

    monkeypatch.setattr(daemon.store, "read", counted)
    stream = daemon.core.events.encoded(seqs[0])
    assert await anext(stream) == b""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(stream), 0.2)
    assert len(reads) <= 2


@pytest.mark.both_engines
async def test_notes_drafts_and_rehearsals_go_where_they_are_told_to(daemon, desk):
    daemon.process = default_process()
    for title in ("spring", "newest"):
        body = StartRehearsal(title=title, cards=("replica",))
        found = await daemon.core.rehearsals.start(body, "ada")
        said = AnswerCard(card="replica", answers={"function": "unusable", "workaround": "none"})
        await daemon.core.rehearsals.answer(found.id, said, "lin")
        await daemon.core.rehearsals.close(found.id, "ada")
    await daemon.store.write(lambda tx: tx.emit("source.noted", "daemon:0", {"note": "a reboot"}))
    for key in ("a", "b"):
        await daemon.store.write(lambda tx, key=key: drafts.put(tx, "ada", key, "half"))
    daemon.clock.advance(101 * DAY)
    await daemon.store.write(lambda tx: drafts.put(tx, "ada", "young", "half"))
    expected = {one.name: one.removes for one in (await desk.retention.preview()).classes}
    removed = (await run(daemon)).removed
    assert {name: counts.rows for name, counts in removed.items()} == {"drafts": 2, "notes": 0, "rehearsals": 1}
    assert removed["notes"].events == expected["notes"].events == 1
    assert expected["rehearsals"].rows == 1
    assert [one.title for one in (await daemon.core.rehearsals.list("ada")).rehearsals] == ["newest"]
    assert await daemon.events("source.noted") == []
    assert [row.key for row in await all_of(daemon, drafts_table)] == ["young"]
    await sound(daemon)
