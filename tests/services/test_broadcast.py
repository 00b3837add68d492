"""Reports and the incident behind them: declared, linked, told of once on each channel, and closed when all know."""

import pytest

from incidentd.domain.severity import Severity
from incidentd.plugin.support import Received
from incidentd.plugin.values import PermanentFailure, Receipt
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports


async def receive(daemon, number, channel="mail", sender=None, thread=None, **more):
    message = Received(
        id=f"m{number}",
        thread=thread or f"t{number}",
        sender=sender or f"c{number}@example.org",
        text=f"text {number}",
        subject=f"Report {number}",
        **more,
    )
    return await daemon.core.support.intake.receive(channel, message)


async def change(daemon, report_id, to, **more):
    body = wire_reports.ChangeReport(to=to, **more)
    return await daemon.core.support.reports.change_state(report_id, body, "ada", None)


async def report(daemon, report_id):
    return (await daemon.core.support.reports.get(report_id)).report


async def states(daemon, *ids):
    return [(await report(daemon, one)).state for one in ids]


async def update(daemon, text, phase="investigating", audience="customers", incident_id=1, **more):
    body = wire_incidents.PostUpdate(text=text, phase=phase, audience=audience, **more)
    await daemon.core.incidents.post_update(incident_id, body, "lin")
    await daemon.send_due()


async def status(daemon, to, incident_id=1, **more):
    body = wire_incidents.ChangeStatus(to=to, reason="r", evidence="e", **more)
    changed = await daemon.core.incidents.change_status(incident_id, body, "lin", None)
    await daemon.send_due()
    return changed


def written(daemon, recipient=None):
    return [one.text for _, one in daemon.sender.written if recipient in (None, one.recipient)]


async def declare(daemon, *ids, **more):
    body = wire_reports.DeclareFromReports(report_ids=ids, severity=Severity.SEV3, **more)
    return await daemon.core.broadcasts.declare(body, "ada")


async def timeline(daemon, incident_id=1):
    return [one.text for one in (await daemon.core.incidents.timeline(incident_id)).entries]


async def test_an_incident_is_declared_from_reports_in_one_call(daemon):
    await daemon.fire("disk")
    await receive(daemon, 1, tags={"service": "shop"})
    daemon.clock.advance(60)
    await receive(daemon, 2, channel="chat")
    await change(daemon, 2, "linked", alert_id=1)
    made = await declare(daemon, 1, 2)
    assert (made.title, made.service, made.alert_ids, made.status) == ("Report 1", "shop", (1,), "active")
    assert made.started_at == (await report(daemon, 1)).created_at
    for number in (1, 2):
        found = await report(daemon, number)
        assert (found.state, found.incident_id, found.owner) == ("linked", 1, "ada")
    linked = {one for one in await timeline(daemon) if "R-" in one}
    assert linked == {"Linked R-1: Report 1", "Linked R-2: Report 2"}
    assert (await daemon.core.incidents.get(1)).report_ids == (1, 2)
    with pytest.raises(Refused, match="INC-1 already"):
        await declare(daemon, 2)
    with pytest.raises(NotFound):
        await declare(daemon, 9)
    assert (await daemon.core.incidents.list("all", "", 9, "")).total == 1, "nothing of a refused call is left"


async def test_every_reporter_hears_each_news_once_in_the_words_of_a_person_or_of_the_status(daemon):
    await receive(daemon, 1, sender_name="Bo")
    await receive(daemon, 2, channel="chat", private=True)
    await receive(daemon, 3)
    await declare(daemon, 1)
    await change(daemon, 2, "duplicate", duplicate_of=1)
    assert (await report(daemon, 2)).incident_id == 1
    preview = await daemon.core.broadcasts.preview(1, wire_reports.PreviewBroadcast(text="We look into it"))
    assert [(one.reference, one.channel, one.private, one.told_before) for one in preview.to] == [
        ("R-1", "mail", False, False), ("R-2", "chat", True, False),
    ]  # fmt: skip
    assert written(daemon) == []
    await update(daemon, "db1 is out of disk", audience="internal")
    assert written(daemon) == []
    await update(daemon, "We look into it")
    await update(daemon, "Still looking")
    assert (
        written(daemon, "c1@example.org") == written(daemon, "c2@example.org") == ["We look into it", "Still looking"]
    )
    wanted = wire_reports.PreviewBroadcast(status="mitigated")
    (first, _) = (await daemon.core.broadcasts.preview(1, wanted)).to
    await status(daemon, "mitigated")
    await update(daemon, "We watch it", phase="monitoring")
    assert written(daemon, "c1@example.org")[2:] == [first.text, "We watch it"]
    assert "R-1" in first.text
    assert "disk" not in first.text
    await update(daemon, "It is over", phase="resolved")
    assert await states(daemon, 1, 2, 3) == ["followed_up", "followed_up", "new"]
    await status(daemon, "resolved")
    assert written(daemon, "c1@example.org")[4:] == ["It is over"]
    assert written(daemon, "c3@example.org") == []
    assert [one.automatic for _, one in daemon.sender.written if one.recipient == "c1@example.org"] == [
        False, False, True, False, False,
    ]  # fmt: skip
    with pytest.raises(Invalid):
        await daemon.core.broadcasts.preview(1, wire_reports.PreviewBroadcast())


@pytest.mark.both_engines
async def test_an_incident_is_not_closed_before_every_reporter_knows_and_one_that_comes_back_owes_a_word_again(daemon):
    daemon.sender.always["mail"] = Receipt()
    await receive(daemon, 1)
    await declare(daemon, 1)
    await status(daemon, "mitigated")
    await status(daemon, "resolved")
    assert await states(daemon, 1) == ["followed_up"]
    assert "solved" in written(daemon)[-1]
    await status(daemon, "active")
    assert await states(daemon, 1) == ["linked"]
    assert "again" in written(daemon)[-1]
    await receive(daemon, 2)
    await change(daemon, 2, "linked", incident_id=1)
    await status(daemon, "resolved")
    count = len(written(daemon))
    await receive(daemon, 3)
    await change(daemon, 3, "linked", incident_id=1)
    with pytest.raises(Refused, match="reporters of R-3 have not been told"):
        await status(daemon, "closed")
    await daemon.core.support.reports.reply(3, wire_reports.Reply(text="It was ours", final=True), "ada", None)
    assert (await status(daemon, "closed")).status == "closed"
    learned = wire_reports.Learned(text="We check disks now")
    await change(daemon, 1, "closed")
    told = await daemon.core.broadcasts.learned(1, learned, "lin")
    await daemon.core.broadcasts.learned(1, learned, "lin")
    await daemon.send_due()
    assert [one.reference for one in told.to] == ["R-1", "R-2", "R-3"]
    assert [one.kind for _, one in daemon.sender.written[count:]] == ["reply", "learned", "learned", "learned"]
    assert await states(daemon, 1) == ["closed"]


async def test_what_was_learned_is_told_after_the_end_only(daemon):
    await receive(daemon, 1)
    await declare(daemon, 1)
    with pytest.raises(Refused, match="nothing was learned yet"):
        await daemon.core.broadcasts.learned(1, wire_reports.Learned(text="x"), "lin")


async def test_reports_follow_a_merge_of_incidents_and_come_back(daemon):
    await receive(daemon, 1)
    await receive(daemon, 2)
    await declare(daemon, 1)
    await declare(daemon, 2)
    await status(daemon, "merged", incident_id=2, merged_into=1)
    assert (await report(daemon, 2)).incident_id == 1
    await update(daemon, "We look")
    assert sorted(one.recipient for _, one in daemon.sender.written) == ["c1@example.org", "c2@example.org"]
    await status(daemon, "active", incident_id=2)
    assert [(await report(daemon, one)).incident_id for one in (1, 2)] == [1, 2]


@pytest.mark.both_engines
async def test_who_reported_what_an_alert_explains_hears_of_the_incident_of_the_alert(daemon):
    await daemon.fire("disk")
    await receive(daemon, 1)
    await receive(daemon, 2)
    assert (await change(daemon, 1, "linked", alert_id=1)).incident_id is None
    assert (await daemon.trace()).steps[-1].text == "ada linked R-1 to it, which a customer reported: Report 1"
    await daemon.core.incidents.declare(
        wire_incidents.DeclareIncident(title="Disks", severity=Severity.SEV3, alert_ids=(1,)), "ada"
    )
    assert (await report(daemon, 1)).incident_id == 1
    assert (await change(daemon, 2, "linked", alert_id=1)).incident_id == 1
    await update(daemon, "It is over", phase="resolved")
    await status(daemon, "mitigated")
    await status(daemon, "resolved")
    assert written(daemon) == ["It is over", "It is over"], "who heard of the end hears of nothing before it"


async def test_a_duplicate_of_a_duplicate_is_one_of_the_first_and_goes_where_it_goes(daemon):
    for number in (1, 2, 3):
        await receive(daemon, number)
    await change(daemon, 3, "duplicate", duplicate_of=2)
    await change(daemon, 2, "duplicate", duplicate_of=1)
    assert [(await report(daemon, one)).duplicate_of for one in (2, 3)] == [1, 1]
    with pytest.raises(Refused) as refused:
        await change(daemon, 1, "duplicate", duplicate_of=3)
    assert refused.value.field == "duplicate_of"
    await declare(daemon, 1)
    await update(daemon, "It is over", phase="resolved")
    assert await states(daemon, 1, 2, 3) == ["followed_up"] * 3


@pytest.mark.both_engines
async def test_an_end_that_is_not_delivered_is_owed_still_also_where_the_report_was_closed(daemon):
    await receive(daemon, 1)
    await receive(daemon, 2)
    await change(daemon, 2, "duplicate", duplicate_of=1)
    await declare(daemon, 1)
    daemon.sender.script["mail"] = [PermanentFailure("gone"), PermanentFailure("gone")]
    await daemon.core.incidents.change_status(1, wire_incidents.ChangeStatus(to="resolved", evidence="e"), "lin", None)
    assert await states(daemon, 1, 2) == ["followed_up", "followed_up"]
    await change(daemon, 1, "closed")
    await daemon.send_due()
    assert await states(daemon, 1, 2) == ["linked", "duplicate"]
    assert [(await report(daemon, one)).late for one in (1, 2)] == [True, True]


async def test_a_report_that_is_taken_off_hears_no_more(daemon):
    await receive(daemon, 1)
    await declare(daemon, 1)
    taken = await change(daemon, 1, "triaging", reason="another matter")
    assert (taken.incident_id, taken.state) == (None, "triaging")
    await update(daemon, "We look")
    assert written(daemon) == []
    assert (await timeline(daemon))[-2:] == ["Unlinked R-1", "investigating to customers: We look"]


@pytest.mark.both_engines
async def test_two_reports_of_one_customer_are_merged_and_their_threads_go_on_in_one(daemon):
    await receive(daemon, 1, sender="bo@example.org")
    await receive(daemon, 2, sender="bo@example.org")
    await receive(daemon, 3)
    reports = daemon.core.support.reports
    with pytest.raises(Refused, match="two customers") as refused:
        await reports.merge(3, wire_reports.MergeReport(into=1), "ada", None)
    assert "duplicate --of R-1" in refused.value.remedy
    with pytest.raises(Conflict):
        await reports.merge(2, wire_reports.MergeReport(into=1), "ada", 9)
    one = await reports.merge(2, wire_reports.MergeReport(into=1), "ada", 1)
    assert one.id == 1
    assert [m.text for m in (await reports.get(1)).messages] == ["text 1", "text 2"]
    assert await states(daemon, 2) == ["closed"]
    with pytest.raises(Refused) as refused:
        await reports.merge(1, wire_reports.MergeReport(into=2), "ada", None)
    assert refused.value.remedy == "merge into R-1"
    assert (await receive(daemon, 4, sender="bo@example.org", thread="t2")).report_id == 1


@pytest.mark.both_engines
async def test_a_report_of_two_matters_is_split(daemon):
    await receive(daemon, 1, thread="t")
    await receive(daemon, 2, thread="t", sender="eve@example.org")
    reports = daemon.core.support.reports
    messages = [one.id for one in (await reports.get(1)).messages]
    for wrong in (messages, [99]):
        with pytest.raises(Invalid):
            await reports.split(1, wire_reports.SplitReport(message_ids=tuple(wrong), subject="x"), "ada", None)
    made = await reports.split(1, wire_reports.SplitReport(message_ids=(messages[1],), subject="Slow"), "ada", None)
    assert (made.id, made.subject, made.recipient, made.state) == (2, "Slow", "eve@example.org", "new")
    assert made.first_response_due is not None
    assert [len((await reports.get(number)).messages) for number in (1, 2)] == [1, 1]
