"""Roles of a response as several people pass them around: given, left, handed over with a note."""

import msgspec
import pytest

from incidentd.domain.checklists import Checklist, Item
from incidentd.domain.process import default_process
from incidentd.domain.roles import Role
from incidentd.domain.severity import Severity
from incidentd.services.errors import Invalid, NotFound
from incidentd.wire import checklists as wire_checklists
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import roles as wire_roles


@pytest.fixture
async def room(daemon):
    daemon.process = default_process()
    return await declared(daemon)


async def declared(daemon, severity=Severity.SEV1):
    body = wire_incidents.DeclareIncident(title="Cards fail", severity=severity, service="shop")
    return (await daemon.core.incidents.declare(body, "ada")).id


async def give(daemon, incident_id, role, person, by="ada", **more):
    body = wire_incidents.AssignRole(role=role, person=person, **more)
    return await daemon.core.incidents.assign_role(incident_id, body, by, None)


def holders(incident, role):
    return [one.person for one in incident.roles if one.role == role]


async def told(daemon, incident_id, kind="role"):
    entries = (await daemon.core.incidents.timeline(incident_id)).entries
    return [(one.by, one.text, one.detail) for one in entries if one.kind == kind]


async def test_one_of_several_responders_leaves_and_the_others_stay(daemon, room):
    for person in ("ada", "lin", "sam"):
        await give(daemon, room, "responder", "me", by=person)
    incident = await give(daemon, room, "responder", "lin", ends=True)
    assert holders(incident, "responder") == ["ada", "sam"]
    assert (await give(daemon, room, "responder", "lin", ends=True)).version == incident.version  # is so already
    await give(daemon, room, "scribe", "sam")
    incident = await give(daemon, room, "", "me", by="sam", ends=True)  # everything of theirs
    assert [(one.role, one.person) for one in incident.roles] == [("responder", "ada")]
    assert [text for _, text, _ in await told(daemon, room)][3:] == [
        "lin is no longer responder",
        "sam is scribe",
        "sam is no longer scribe",
        "sam is no longer responder",
    ]
    assert holders(await give(daemon, room, "responder", ""), "responder") == []


async def test_a_lead_is_handed_over_in_one_act_with_a_note_from_the_room(daemon, room):
    await give(daemon, room, "mitigation_lead", "ada")
    note = wire_incidents.AddNote(text="fail over to the other bank", kind="decision")
    await daemon.core.incidents.add_note(room, note, "ada")
    filled = await daemon.core.roles.note(room, "mitigation_lead")
    assert filled.known == "SEV1 active: Cards fail"
    assert "fail over to the other bank" in filled.tried
    assert filled.promised.startswith("the next update by ")
    incident = await give(
        daemon, room, "mitigation_lead", "lin", note=wire_roles.HandOver(known="it is the bank", promised="")
    )
    assert holders(incident, "mitigation_lead") == ["lin"]
    by, text, detail = (await told(daemon, room))[-1]
    assert (by, text) == ("ada", "ada hands the mitigation lead over to lin")
    assert detail == f"known: it is the bank\ntried: {filled.tried}"
    (handed,) = [one for one in await daemon.events("incident.role") if "note" in one.data]
    assert (handed.data["ended"], handed.data["person"]) == (["ada"], "lin")


async def test_a_name_that_is_none_is_answered_with_the_nearest(daemon, room):
    with pytest.raises(Invalid) as refused:
        await give(daemon, room, "responder", "lim")
    assert (refused.value.field, refused.value.message) == ("person", "there is no person 'lim'; did you mean lin?")
    with pytest.raises(Invalid, match=r"the roster does not know you \(uid:1000\)"):
        await give(daemon, room, "responder", "me", by="uid:1000")
    with pytest.raises(Invalid, match="did you mean scribe"):
        await daemon.core.roles.note(room, "scrib")
    with pytest.raises(Invalid, match="there is no role"):
        await give(daemon, room, "", "lin")


# ------------------------------------------------------------------ the checklist
async def tick(daemon, incident_id, item, by="lin", *, done=True):
    return await daemon.core.checklists.tick(incident_id, item, wire_checklists.Tick(done=done), by)


async def test_a_checklist_is_ticked_off_on_the_timeline_and_survives_an_edit_of_the_file(daemon, room):
    scribe = (Item("pin", Role.SCRIBE, "Pin it"), Item("times", Role.SCRIBE, "Times"))
    daemon.process = msgspec.structs.replace(daemon.process, checklists=(Checklist(role=Role.SCRIBE, items=scribe),))
    before = (await daemon.core.incidents.get(room)).incident.version
    assert (await tick(daemon, room, "pin")).done == 1
    assert (await tick(daemon, room, "pin", by="ada")).items[0].done_by == "lin"  # somebody was first
    detail = await daemon.core.incidents.get(room)
    assert detail.incident.version == before + 1  # so that the screens of others show it
    assert [(one.id, one.done_by) for one in detail.checklist] == [("pin", "lin"), ("times", "")]
    assert (await daemon.core.roles.note(room, "scribe")).promised.endswith("to do: Times")
    await tick(daemon, room, "times")
    await tick(daemon, room, "times", by="ada", done=False)
    daemon.process = msgspec.structs.replace(daemon.process, checklists=())
    await daemon.restart()
    kept = await daemon.core.checklists.get(room)
    assert [(one.id, one.text, one.done_by, one.applies) for one in kept.items] == [("pin", "Pin it", "lin", False)]
    assert [(by, text) for by, text, _ in await told(daemon, room, "check")] == [
        ("lin", "Pin it"),
        ("lin", "Times"),
        ("ada", "not done after all: Times"),
    ]


async def test_an_item_that_is_none_is_answered_with_the_nearest(daemon, room):
    daemon.process = msgspec.structs.replace(
        daemon.process, checklists=(Checklist(role=Role.SCRIBE, items=(Item("times", Role.SCRIBE, "Times"),)),)
    )
    with pytest.raises(NotFound, match="has no item 'time' on its checklist; did you mean times") as refused:
        await tick(daemon, room, "time")
    assert refused.value.remedy == f"incidentctl incident checklist INC-{room}"
