"""Paging for a role: whoever holds it, else the fallback list in order; to acknowledge is to take the role."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.communicators import Communicators
from incidentd.domain.contact_limits import Limits
from incidentd.domain.people import Target, TargetKind, Team
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import modes as wire_modes
from incidentd.wire import pages as wire_pages
from incidentd.wire import roles as wire_roles

COMMS = "communications_lead"
WAIT = 180


@pytest.fixture
async def room(daemon):
    """A SEV1 that ada leads; lin and then the desk may be asked to communicate, the shop's policy pages sam."""
    people = [daemon.person(handle, "push") for handle in ("ada", "lin", "mei", "sam")]
    teams = {"desk": Team(name="desk", members=("ada", "mei"))}
    policies = [daemon.policy("default", (300, "sam"))]
    daemon.roster = daemon.roster_of(people, policies, services=daemon.roster.services, teams=teams)
    targets = (Target(TargetKind.PERSON, "lin"), Target(TargetKind.TEAM, "desk"))
    daemon.process = msgspec.structs.replace(
        default_process(), communicators=Communicators(targets=targets), limits=Limits(usual=())
    )
    body = wire_incidents.DeclareIncident(title="Cards fail", severity=Severity.SEV1, service="shop")
    incident = await daemon.core.incidents.declare(body, "ada")
    await give(daemon, incident.id, "mitigation_lead", "ada")
    return incident.id


async def give(daemon, incident_id, role, person, by="ada", **more):
    body = wire_incidents.AssignRole(role=role, person=person, **more)
    return await daemon.core.incidents.assign_role(incident_id, body, by, None)


async def ask(daemon, incident_id, role=COMMS, **more):
    page = await daemon.core.roles.page(incident_id, role, wire_roles.PageRole(**more), "ada")
    await daemon.settle()
    return page


async def lead(daemon, incident_id, role=COMMS):
    detail = await daemon.core.incidents.get(incident_id)
    return [one.person for one in detail.incident.roles if one.role == role]


async def told(daemon, incident_id):
    return [one.text for one in (await daemon.core.incidents.timeline(incident_id)).entries]


def asked(daemon):
    return [person for person, _ in daemon.sender.told()]


# ------------------------------------------------------------------ whom it asks
async def test_the_fallback_list_is_asked_in_order_then_the_policy_across_a_restart(daemon, room):
    assert (await daemon.core.incidents.get(room)).communicators == ("lin", "mei")  # not ada, who leads the mitigation
    page = await ask(daemon, room, note="customers ask")
    assert (page.role, page.incident_id, page.severity) == (COMMS, room, "SEV1")
    assert asked(daemon) == ["lin"]
    (sent,) = [one for _, one in daemon.sender.sent if one.kind == "page"]
    assert sent.title == f"Communications lead of INC-{room}: Cards fail"
    assert sent.body.splitlines()[:4] == [
        "customers ask",
        f"INC-{room} has no communications lead.",
        "To acknowledge is to take the role.",
        "Asked in this order: lin, mei.",
    ]
    await daemon.advance(WAIT - 1)
    await daemon.restart()
    await daemon.advance(2)
    assert asked(daemon) == ["lin", "mei"]
    await daemon.advance(WAIT)
    assert asked(daemon) == ["lin", "mei", "sam"]
    assert f"P-{page.id} asks for the communications lead: lin, then mei" in await told(daemon, room)


async def test_whoever_holds_it_is_paged_before_the_list(daemon, room):
    await give(daemon, room, COMMS, "mei")
    assert (await daemon.core.incidents.get(room)).communicators == ()  # nobody is wanted
    await ask(daemon, room)
    await daemon.advance(WAIT + 1)
    assert asked(daemon) == ["mei", "lin"]
    await daemon.core.pages.acknowledge(1, "lin")
    assert await lead(daemon, room) == ["lin"]  # mei did not answer


async def test_a_role_without_a_list_goes_by_the_policy_of_the_service(daemon, room):
    await ask(daemon, room, "scribe")
    assert asked(daemon) == ["sam"]
    await daemon.core.pages.acknowledge(1, "sam")
    assert await lead(daemon, room, "scribe") == ["sam"]


# ------------------------------------------------------------------ taking it
async def test_to_acknowledge_is_to_take_the_role_and_to_hand_back_is_to_leave_it(daemon, room):
    page = await ask(daemon, room)
    taken = await daemon.core.pages.acknowledge(page.id, "lin", via="link")
    assert (taken.state, taken.acknowledged_until) == ("acknowledged", None)
    assert await lead(daemon, room) == ["lin"]
    await daemon.core.pages.hand_back(page.id, "lin", "a dentist", None)
    assert await lead(daemon, room) == []
    await daemon.advance(WAIT + 1)
    assert asked(daemon)[-1] == "mei"  # the escalation went on
    await daemon.core.pages.acknowledge(page.id, "mei")
    await daemon.core.pages.take_over(page.id, wire_pages.TakeOver(note="I am back"), "lin", None)
    assert await lead(daemon, room) == ["lin"]
    words = await told(daemon, room)
    assert [one for one in words if "communications lead" in one and "asks" not in one and "fail" not in one] == [
        "lin is communications lead",
        "lin is no longer communications lead",
        "mei is communications lead",
        "lin is communications lead",
    ]


async def test_it_ends_when_the_role_is_somebodys_otherwise_and_with_the_response(daemon, room):
    page = await ask(daemon, room)
    await daemon.advance(1)
    await give(daemon, room, COMMS, "me", by="mei")
    await daemon.settle()
    assert (await daemon.core.pages.get(page.id, "ada")).page.state == "resolved"
    last = daemon.sender.sent[-1][1]
    assert (last.kind, last.recipient, last.body) == ("resolved", "lin", "Resolved: mei is communications lead.")
    again = await ask(daemon, room, "scribe")
    body = wire_incidents.ChangeStatus(to="false_alarm")
    await daemon.core.incidents.change_status(room, body, "ada", None)
    assert (await daemon.core.pages.get(again.id, "ada")).page.state == "resolved"
    with pytest.raises(Invalid, match=f"INC-{room} is false alarm: its roles are not wanted"):
        await ask(daemon, room, "scribe")


async def test_a_lead_that_is_handed_on_ends_the_page_by_which_it_was_taken(daemon, room):
    page = await ask(daemon, room)
    await daemon.core.pages.acknowledge(page.id, "lin")
    await daemon.advance(1)
    await give(daemon, room, COMMS, "mei", by="lin", note=wire_roles.HandOver(known="all"))
    shown = (await daemon.core.pages.get(page.id, "ada")).page
    assert (shown.state, await lead(daemon, room)) == ("resolved", ["mei"])
    assert (await daemon.events("page.resolved"))[-1].data["why"] == "mei is communications lead"


# ------------------------------------------------------------------ what it does not do
@pytest.mark.both_engines
async def test_a_page_for_a_role_is_not_asked_twice_and_not_for_a_review(daemon, room):
    page = await ask(daemon, room)
    with pytest.raises(Conflict, match=f"P-{page.id} asks for the communications lead already") as refused:
        await ask(daemon, room)
    assert refused.value.remedy == f"incidentctl page escalate P-{page.id} asks the next one now"
    with pytest.raises(Invalid, match="nobody is paged for the facilitator"):
        await ask(daemon, room, "facilitator")
    with pytest.raises(Invalid, match="did you mean scribe"):
        await ask(daemon, room, "scrib")


async def test_reaching_project_work_wants_a_reason_and_counts_once(daemon, room):
    await daemon.core.modes.set(
        wire_modes.SetMode(person="lin", mode="project", ends_at=daemon.clock.now() + timedelta(days=10)), "ada"
    )
    with pytest.raises(Invalid, match="lin is on project work") as refused:
        await ask(daemon, room)
    assert refused.value.field == "interruption"
    page = await ask(daemon, room, interruption="no_support")
    await daemon.core.pages.acknowledge(page.id, "lin")
    recorded = (await daemon.core.interruptions.list("", 7)).interruptions
    assert [(one.person, one.reason, one.subject) for one in recorded] == [("lin", "no_support", f"page:{page.id}")]
