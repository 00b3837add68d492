"""Promises of updates: who is told that one is due, what a reader would miss, and the rhythm of a long incident."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.audiences import Audience, Place
from incidentd.domain.contact_limits import Limits
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import updates as wire_updates

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def incident(daemon):
    """INC-1, led by ada; lin tells others."""
    daemon.process = msgspec.structs.replace(default_process(), limits=Limits(usual=()))
    shown = await daemon.core.incidents.declare(
        wire_incidents.DeclareIncident(title="Cards fail", severity=Severity.SEV2), "ada"
    )
    for role, person in (("mitigation_lead", "ada"), ("communications_lead", "lin")):
        body = wire_incidents.AssignRole(role=role, person=person)
        shown = await daemon.core.incidents.assign_role(shown.id, body, "ada", None)
    return shown


def told(daemon):
    """Who was written what about updates and relief since the last look."""
    found = [(one.recipient, one.title) for _, one in daemon.sender.sent]
    daemon.sender.clear()
    return found


async def post(daemon, text, **more):
    body = wire_incidents.PostUpdate(text=text, **{"phase": "investigating", **more})
    return await daemon.core.incidents.post_update(1, body, "lin")


async def rules(daemon):
    return {one.rule for one in (await daemon.core.incidents.get(1)).incident.violations}


async def test_the_writer_is_reminded_before_and_ever_less_often_after(daemon, incident):
    await daemon.advance(11 * MINUTE)
    assert told(daemon) == []
    await daemon.advance(1 * MINUTE)
    ((who, title),) = told(daemon)
    assert (who, "is due" in title) == ("lin", True)
    await daemon.advance(4 * MINUTE)
    assert [(who, "is late" in title) for who, title in told(daemon)] == [("lin", True)]
    await daemon.advance(10 * MINUTE)
    assert {who for who, _ in told(daemon)} == {"lin", "ada"}
    await daemon.advance(8 * MINUTE)
    assert told(daemon) == []
    assert len(await daemon.events("incident.update_overdue")) == 1
    await post(daemon, "It is the cache", next_in=3600)
    await daemon.advance(56 * MINUTE)
    assert told(daemon) == []
    await daemon.advance(2 * MINUTE)
    assert [who for who, _ in told(daemon)] == ["lin"]


async def test_reminders_outlive_a_crash(daemon, incident):
    await daemon.restart()
    await daemon.advance(13 * MINUTE)
    assert [who for who, _ in told(daemon)] == ["lin"]


@pytest.mark.both_engines
async def test_a_long_incident_is_proposed_told_of_less_often_and_its_leads_relieved(daemon, incident):
    await post(daemon, "It is the cache", next_in=5 * 3600)
    await daemon.advance(4 * HOUR + 58 * MINUTE)
    assert {"relief"} <= await rules(daemon)
    assert {who for who, title in told(daemon) if "hand it over" in title} == {"ada", "lin"}
    await daemon.advance(HOUR + 2 * MINUTE)
    assert "long-incident" in await rules(daemon)
    daemon.sender.clear()
    now = (await daemon.core.incidents.get(1)).incident
    long = await daemon.core.incidents.run_long(1, wire_updates.RunLong(on=True, reason="vendor"), "ada", now.version)
    assert long.long_since == daemon.clock.now()
    assert "long-incident" not in await rules(daemon)
    await daemon.settle()
    assert {who for who, title in told(daemon) if "hand it over" in title} == {"ada", "lin"}
    update = await post(daemon, "The vendor works on it")
    assert update.next_at == daemon.clock.now() + 2 * HOUR
    with pytest.raises(Conflict):
        await daemon.core.incidents.run_long(1, wire_updates.RunLong(on=False), "ada", now.version)
    again = await daemon.core.incidents.run_long(1, wire_updates.RunLong(on=True), "ada", None)
    assert again.version == (await daemon.core.incidents.get(1)).incident.version
    texts = [one.text for one in (await daemon.core.incidents.timeline(1)).entries]
    assert [one for one in texts if "long incident" in one] == [
        "Run as a long incident: updates every 2 h at most, leads are relieved"
    ]
    for to in ("resolved", "active"):
        change = wire_incidents.ChangeStatus(to=to, reason="r", evidence="e")
        shown = await daemon.core.incidents.change_status(1, change, "ada", None)
    assert shown.long_since is None


async def test_an_update_is_looked_at_before_it_is_sent(daemon, incident):
    body = wire_incidents.PostUpdate(text="ada rolls it back", phase="identified", audience="customers")
    seen = await daemon.core.incidents.check_update(1, body, "lin")
    due = daemon.clock.now() + 30 * MINUTE
    assert seen.next_at == due
    assert seen.text == f"ada rolls it back\n\nNext update by {due:%H:%M UTC (%Y-%m-%d)}."
    assert seen.warnings == ("it names ada: customers are told of the work, not of the people",)
    assert (await daemon.core.incidents.get(1)).updates == ()
    unknown = wire_incidents.PostUpdate(text="x", phase="x")
    both = wire_incidents.PostUpdate(text="x", phase="resolved", final=True, next_in=5)
    for body, field in ((unknown, "phase"), (both, "next_in")):
        with pytest.raises(Invalid) as error:
            await daemon.core.incidents.check_update(1, body, "lin")
        assert error.value.field == field


async def test_a_draft_tells_what_happened_since_the_last_update(daemon, incident):
    note = wire_incidents.AddNote(text="Roll back", kind="decision")
    await daemon.core.incidents.add_note(1, note, "ada")
    first = await daemon.core.incidents.draft_update(1, "internal", "")
    assert (first.phase, first.last_text) == ("investigating", "")
    assert first.text.startswith("SEV2 active: Cards fail.\n- ")
    daemon.clock.advance(60)
    await post(daemon, "We roll back")
    later = await daemon.core.incidents.draft_update(1, "internal", "identified")
    assert (later.text, later.last_text) == ("SEV2 active: Cards fail.", "We roll back")
    assert later.next_at == daemon.clock.now() + 30 * MINUTE
    with pytest.raises(NotFound):
        await daemon.core.incidents.draft_update(9, "internal", "")


async def test_an_audience_is_written_to_once_with_the_text_as_it_is_stated(daemon, incident):
    chat = Place(notifier="push", address="#board")
    board = Audience(name="board", people=("sam", "lin", "nobody"), channels=(chat,))
    daemon.process = msgspec.structs.replace(daemon.process, audiences={"board": board})
    body = wire_incidents.PostUpdate(text="Cards fail in the EU.", phase="identified", audience="board")
    seen = await daemon.core.incidents.check_update(1, body, "lin")
    assert (seen.readers, seen.warnings) == (("sam", "#board by push"), ())
    await daemon.settle()
    assert told(daemon) == []
    update = await daemon.core.incidents.post_update(1, body, "lin")
    await daemon.settle()
    sent = [(instance, one.recipient, one.body) for instance, one in daemon.sender.sent]
    text = f"Cards fail in the EU.\n\nNext update by {update.next_at:%H:%M UTC (%Y-%m-%d)}."
    assert sent == [("mail", "sam", text), ("push", "#board by push", text)]
    (line,) = [one for one in (await daemon.core.incidents.timeline(1)).entries if one.kind == "update"]
    assert line.detail.endswith("written to sam, #board by push")
    wrong = msgspec.structs.replace(body, audience="bord")
    (warning,) = (await daemon.core.incidents.check_update(1, wrong, "lin")).warnings
    assert warning.startswith("bord is no audience, so nobody is written to: board, customers, internal")
