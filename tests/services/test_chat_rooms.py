"""The room of an incident: opened once, told what happens, its pins in the timeline, archived at the end."""

from datetime import timedelta

import msgspec
import pytest

from incidentd import wire
from incidentd.domain.chat import ChatSettings
from incidentd.domain.severity import Severity
from incidentd.plugin.chat import KeptMessage
from incidentd.plugin.values import PermanentFailure, Receipt, TemporaryFailure
from incidentd.services.chat_acts import LentChat
from incidentd.services.errors import Conflict, NotFound, Refused
from incidentd.wire import incidents as wire_incidents

HOUR = timedelta(hours=1)
URL = "https://acme.slack.com/archives/C0ROOM"


@pytest.fixture
async def team(daemon):
    """ada and sam have accounts in the chat, lin has none; severe incidents get a room by themselves."""
    people = [
        msgspec.structs.replace(daemon.person(one, "push"), accounts={"slack": account} if account else {})
        for one, account in (("ada", "U0ADA"), ("sam", "U0SAM"), ("lin", ""))
    ]
    daemon.roster = daemon.roster_of(people, [daemon.policy("default", (300, "ada"))], services={})
    settings = ChatSettings(
        channel="slack", rooms=frozenset({Severity.SEV1, Severity.SEV2}), archive_after=timedelta(hours=2)
    )
    daemon.process = msgspec.structs.replace(daemon.process, chat=settings)
    daemon.sender.always["slack"] = Receipt(vendor_id="C0ROOM", url=URL)
    daemon.chat = LentChat(lambda: daemon.core.chat, lambda: daemon.core.chat_keeping, "slack")
    await follow(daemon)
    return daemon


async def follow(daemon):
    """What the follower's loop and the worker do; an incident's orders go out one after the other."""
    while await daemon.core.chat_follower.round():
        pass
    await daemon.send_due()
    await daemon.send_due()


async def done(daemon):
    """(act, text or people) since the last look."""
    await follow(daemon)
    found = [(one.act.value, one.name or one.text or " ".join(one.people)) for one in daemon.sender.arranged]
    daemon.sender.arranged.clear()
    return found


async def declare(daemon, severity="SEV2", **more):
    body = wire_incidents.DeclareIncident(title="Checkout: 50% fail!", severity=Severity(severity), **more)
    return await daemon.core.incidents.declare(body, "ada")


async def change(daemon, to, **more):
    return await daemon.core.incidents.change_status(1, wire_incidents.ChangeStatus(to=to, **more), "ada", None)


async def room(daemon):
    return (await daemon.core.incidents.get(1)).chat


async def said(daemon):
    return [one.text for one in (await daemon.core.incidents.timeline(1)).entries]


async def test_a_severe_incident_gets_a_room_that_hears_what_happens_and_is_archived_at_the_end(team):
    await declare(team, summary="Since the deploy")
    await team.core.incidents.assign_role(
        1, wire_incidents.AssignRole(role="mitigation_lead", person="sam"), "ada", None
    )
    opened, invited, topic, greeting = await done(team)
    assert opened == ("open", "inc-1-checkout-50-fail")
    assert invited == ("invite", "U0SAM")
    assert topic[1].startswith("SEV2, active; ")
    assert "Checkout: 50% fail!" in topic[1]
    assert "mitigation lead: sam" in greeting[1]
    found = await room(team)
    assert (found.state, found.url, found.opened_by) == ("open", URL, "system")
    assert "Room inc-1-checkout-50-fail opened (slack)" in await said(team)
    await team.core.incidents.assign_role(
        1, wire_incidents.AssignRole(role="communications_lead", person="ada"), "ada", None
    )
    assert await done(team) == [("invite", "U0ADA"), ("post", "ada is communications lead")]
    update = wire_incidents.PostUpdate(text="We roll back", phase="identified", next_in=1800)
    await team.core.incidents.post_update(1, update, "ada")
    await team.core.incidents.post_update(1, msgspec.structs.replace(update, audience="customers", text="Sorry"), "ada")
    told = await done(team)
    assert [text for act, text in told if act == "post"] == ["Update, identified: We roll back\nNext update: 09:30 UTC"]
    await change(team, "mitigated", evidence="graph")
    await change(team, "resolved", evidence="graph")
    assert [text for act, text in await done(team) if act == "post"] == [
        "ada: active → mitigated", "ada: mitigated → resolved",
    ]  # fmt: skip
    await team.advance(2 * HOUR)
    assert await done(team) == [("archive", "")]
    assert (await room(team)).state == "archived"
    assert "Room inc-1-checkout-50-fail archived (slack)" in await said(team)


async def test_others_get_a_room_by_hand_and_never_two(team):
    await declare(team, "SEV4")
    assert await done(team) == []
    assert await room(team) is None
    await team.core.chat_rooms.open(1, "ada")
    with pytest.raises(Conflict, match="has a room already"):
        await team.core.chat_rooms.open(1, "ada")
    assert (await done(team))[0] == ("open", "inc-1-checkout-50-fail")
    await team.core.chat_rooms.archive(1, "ada")
    assert await done(team) == [("archive", "")]
    with pytest.raises(Conflict, match="is archived"):
        await team.core.chat_rooms.archive(1, "ada")
    await team.core.chat_rooms.open(1, "ada")
    assert (await done(team))[0] == ("open", "inc-1-2-checkout-50-fail")
    (first, last) = await team.events("incident.chat_opened")
    assert (first.actor, last.data["name"]) == ("ada", "inc-1-2-checkout-50-fail")


async def test_what_becomes_severe_gets_a_room_and_what_is_reopened_keeps_it(team):
    await declare(team, "SEV3")
    await team.core.incidents.set_severity(1, wire_incidents.SetSeverity(severity=Severity.SEV1), "ada", None)
    assert (await done(team))[0][0] == "open"
    for to in ("mitigated", "resolved", "active"):
        await change(team, to, evidence="graph")
    await done(team)
    await team.advance(3 * HOUR)
    assert "archive" not in [act for act, _ in await done(team)]
    page = await team.core.pages.raise_page(wire.RaisePage(title="come", person="sam", incident_id=1), "ada")
    assert ("invite", "U0SAM") in await done(team)
    assert page.incident_id == 1


@pytest.mark.both_engines
async def test_what_the_chat_refuses_is_said_and_harms_nothing(team):
    team.sender.script["slack"] = [PermanentFailure("Slack: missing_scope: install the app again")]
    await declare(team)
    assert [act for act, _ in await done(team)] == ["open"]
    found = await room(team)
    assert (found.state, found.error) == ("failed", "Slack: missing_scope: install the app again")
    assert "The chat (slack) did not open a room" in await said(team)
    await change(team, "mitigated", evidence="graph")
    assert await done(team) == []
    await team.core.chat_rooms.open(1, "ada")
    team.sender.script["slack"] = [TemporaryFailure("down")]
    assert [act for act, _ in await done(team)] == ["open"]
    assert (await room(team)).state == "opening"
    await team.advance(10)
    team.sender.script["slack"] = []
    assert (await room(team)).state == "open"
    await done(team)
    team.sender.script["slack"] = [PermanentFailure("Slack: is_archived: the channel is archived")]
    await change(team, "resolved", evidence="graph")
    await done(team)
    assert "The chat (slack) did not take what was to be posted" in await said(team)


@pytest.mark.both_engines
async def test_pinned_messages_are_in_the_timeline_once_with_author_and_link(team):
    await declare(team)
    await done(team)
    assert await team.chat.rooms() == ["C0ROOM"]
    message = KeptMessage(
        id="C0ROOM/1.1", room="C0ROOM", author="U0ADA", author_name="Ada", text="It is \x1b[2J DNS",
        link="https://acme.slack.com/p1", at=team.clock.now() - timedelta(minutes=5),
    )  # fmt: skip
    assert [await team.chat.keep(message) for _ in range(2)] == [True, False]
    other = msgspec.structs.replace(message, id="C0ROOM/1.2", author="U0EVE", author_name="Eve")
    assert await team.chat.keep(other)
    assert not await team.chat.keep(msgspec.structs.replace(message, id="x", room="C0ELSEWHERE"))
    notes = [one for one in (await team.core.incidents.timeline(1)).entries if one.kind == "note"]
    assert [(one.by, one.evidence, one.pinned) for one in notes] == [
        ("ada", "https://acme.slack.com/p1", True), ("slack", "https://acme.slack.com/p1", True),
    ]  # fmt: skip
    assert notes[0].observed_at == message.at
    assert notes[1].text.startswith("Eve in inc-1-checkout-50-fail: It is ")
    await team.core.chat_rooms.archive(1, "ada")
    await done(team)
    assert await team.chat.rooms() == []


async def test_without_a_chat_there_is_no_room(daemon):
    await declare(daemon)
    assert await room(daemon) is None
    with pytest.raises(Refused, match="no chat is configured"):
        await daemon.core.chat_rooms.open(1, "ada")
    with pytest.raises(NotFound):
        await daemon.core.chat_rooms.archive(1, "ada")
