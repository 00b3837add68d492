"""What is promised to reporters: a first response, then the next word; what is missed is told, shown and paged."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.people import Layer, Rotation, Schedule, Unit
from incidentd.domain.support import MissedClock, Support
from incidentd.plugin.support import Received
from incidentd.services.health import HealthView
from incidentd.services.report_contracts import ReportQuery
from incidentd.storage import reports
from incidentd.wire import reports as wire_reports

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(daemon):
    """lin is on duty for support, and the usual promises hold."""
    rotation = Rotation(people=("lin",), start=daemon.clock.now().date(), unit=Unit.WEEKS)
    schedule = Schedule(name="desk", layers=(Layer(name="all", rotation=rotation),))
    daemon.roster = msgspec.structs.replace(daemon.roster, schedules={"desk": schedule})
    daemon.process = msgspec.structs.replace(daemon.process, support=Support(schedule="desk"))
    return daemon


async def receive(daemon, number=1, thread="t1", text="It is slow", **more):
    message = Received(id=f"m{number}", thread=thread, sender="bo@example.org", text=text, **more)
    return await daemon.core.support.intake.receive("mail", message)


async def report(daemon, report_id=1):
    return (await daemon.core.support.reports.get(report_id)).report


async def reply(daemon, text="We look", **more):
    return await daemon.core.support.reports.reply(1, wire_reports.Reply(text=text, **more), "ada", None)


async def edit(daemon, report_id=1, **more):
    return await daemon.core.support.reports.edit(report_id, wire_reports.EditReport(**more), "ada", None)


async def kinds(daemon):
    return [one.kind for one in (await daemon.core.support.reports.get(1)).history if "missed" in one.kind]


async def pages(daemon):
    return [(one.title, one.state, one.schedule, one.notified) for one in await daemon.pages()]


@pytest.mark.both_engines
async def test_each_kind_has_its_own_promise_and_security_a_shorter_one(desk):
    now = desk.clock.now()
    await receive(desk)
    assert (await report(desk)).first_response_due == now + HOUR
    await desk.core.support.customers.edit(1, wire_reports.EditCustomer(kind="internal_team"), "ada", None)
    assert (await report(desk)).first_response_due == now + 2 * HOUR
    await desk.core.support.customers.edit(1, wire_reports.EditCustomer(kind="oss_developer"), "ada", None)
    usual = (await report(desk)).first_response_due
    assert now + 2 * DAY <= usual <= now + 5 * DAY
    assert (await edit(desk, tags={"security": "yes"})).first_response_due < usual
    await desk.core.support.customers.edit(1, wire_reports.EditCustomer(kind="end_user"), "ada", None)
    await desk.store.write(lambda tx: desk.core.support.changes.save(tx, reports.get(tx.conn, 1), priority="P1"))
    assert (await report(desk)).first_response_due == now + 15 * MINUTE


@pytest.mark.both_engines
async def test_a_missed_first_response_pages_who_is_on_duty_once_and_an_answer_ends_the_page(desk):
    await receive(desk)
    await receive(desk, 2, text="out of office", automatic=True)
    await desk.advance(HOUR - MINUTE)
    assert (await kinds(desk), await pages(desk)) == ([], [])
    await desk.advance(MINUTE)
    assert await kinds(desk) == ["report.response_missed"]
    title = "R-1: nobody has responded yet: It is slow"
    assert await pages(desk) == [(title, "open", "desk", ("lin",))]
    found = await report(desk)
    assert found.late
    view = HealthView(desk.store, adapters=list, lag_ms=lambda: 0.0, notes=list, config_files=list)
    assert await desk.alarm_codes() == ["reports-late"]
    said = "1 reporter waits for a word that is overdue: see incidentctl report list --late"
    assert said in (await view.health()).problems
    assert [one.id for one in (await desk.core.support.reports.list(ReportQuery(late=True))).reports] == [1]
    await desk.restart()
    await desk.advance(3 * MINUTE)
    assert await kinds(desk) == ["report.response_missed"]
    answered = await reply(desk)
    assert (answered.late, answered.first_responded_at) == (False, desk.clock.now())
    assert [state for _, state, _, _ in await pages(desk)] == ["resolved"]
    assert ("report.response_due", "report:1") not in await desk.armed()


async def test_the_next_word_is_owed_from_each_answer_and_not_while_the_reporter_is_asked(desk):
    desk.clock.set(desk.clock.now().replace(hour=9, minute=0))
    await receive(desk)
    first = (await reply(desk)).next_due
    assert DAY <= first - desk.clock.now() <= 3 * DAY
    await desk.advance(HOUR)
    assert (await reply(desk, "Still looking")).next_due >= first
    assert (await reply(desk, "Since when?", question=True)).next_due is None
    assert ("report.word_due", "report:1") not in await desk.armed()
    await receive(desk, 3, text="Since noon")
    asked = await report(desk)
    assert (asked.state, asked.next_due) == ("triaging", desk.clock.now() + (first - desk.clock.now() + HOUR))
    await desk.advance(HOUR)
    await receive(desk, 4, text="Well?")
    assert (await report(desk)).next_due == asked.next_due, "who asks twice is not put off"
    await desk.advance(asked.next_due - desk.clock.now())
    assert await kinds(desk) == ["report.word_missed"]
    assert [title for title, _, _, _ in await pages(desk)] == ["R-1: the next word is overdue: It is slow"]
    moved = wire_reports.ChangeReport(to="no_fault_found")
    await desk.core.support.reports.change_state(1, moved, "ada", None)
    ended = await reply(desk, "No fault of ours", final=True)
    assert (ended.state, ended.next_due, ended.late) == ("followed_up", None, False)
    assert [one for one in await desk.armed() if one[1] == "report:1"] == []


async def test_policy_says_who_hears_of_a_missed_clock_and_a_reload_counts_at_once(desk):
    missed = MissedClock(policy="web", nobody=())
    desk.process = msgspec.structs.replace(desk.process, support=Support(missed=missed))
    await receive(desk)
    clocks = dict(Support().clocks)
    clocks["end_user"] = clocks["internal_team"]
    await desk.advance(30 * MINUTE)
    desk.process = msgspec.structs.replace(desk.process, support=Support(missed=missed, clocks=clocks))
    await desk.core.recheck()
    await desk.advance(HOUR)
    assert await pages(desk) == []
    await desk.advance(31 * MINUTE)
    assert [(one.policy, one.urgency, one.notified) for one in await desk.pages()] == [("web", "low", ("sam",))]
    desk.process = msgspec.structs.replace(desk.process, support=Support())
    await receive(desk, 2, thread="t2")
    await desk.advance(2 * HOUR)
    assert len(await pages(desk)) == 1, "nobody is named: it is told and shown"
    assert (await report(desk, 2)).late
