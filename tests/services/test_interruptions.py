"""Interruptions of project work: recorded when a page reaches somebody, wanted a reason for by hand, and measured."""

from datetime import time, timedelta

import pytest

from incidentd import wire
from incidentd.domain.people import Layer, Rotation, Schedule, Service, Team
from incidentd.domain.protection_log import KINDS
from incidentd.domain.severity import Severity
from incidentd.services.duty_lending import LentDuty
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.storage.schema_duty import PROTECTION_KINDS
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import modes as wire_modes
from incidentd.wire import pages as wire_pages
from incidentd.wire import protection as wire_protection

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
async def team(daemon):
    """ada carries the pager on project work; lin is in support, and sam is in no mode."""
    names = ("ada", "lin", "sam")
    rotation = Rotation(people=("ada",), start=daemon.clock.now().date() - DAY, handover=time(0))
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in names],
        [daemon.policy("default", (300, "schedule:first"), (300, "lin", "ada"), repeat=0),
         daemon.policy("named", (300, "ada", "lin"), repeat=1)],
        schedules={"first": Schedule(name="first", layers=(Layer(name="all", rotation=rotation),))},
        services={"shop": Service(name="shop", team="shop"), "web": Service(name="web", policy="named")},
        teams={"shop": Team(name="shop", members=names, support_percent=33)},
    )  # fmt: skip
    for person, mode in (("ada", "project"), ("lin", "support")):
        await daemon.core.modes.set(wire_modes.SetMode(person=person, mode=mode, days=28), "lin")  # type: ignore[arg-type]
    return daemon


async def recorded(daemon):
    """(person, reason, subject, service, source), oldest first."""
    found = (await daemon.core.interruptions.list("shop", 28)).interruptions
    return [(one.person, one.reason, one.subject, one.service, one.source) for one in found[::-1]]


async def page(daemon, actor="lin", **values):
    return await daemon.core.pages.raise_page(wire.RaisePage(**{"title": "disk", "service": "shop", **values}), actor)


async def test_a_page_to_somebody_on_project_work_is_an_interruption_once_with_the_reason_it_was_them(team):
    made = await page(team)
    assert await recorded(team) == [("ada", "scheduled", f"page:{made.id}", "shop", "page")]
    await team.advance(15 * 60)
    assert len(await recorded(team)) == 1  # the second step tells lin, and ada again
    other = await page(team, service="web")
    assert (await recorded(team))[1:] == [("ada", "named", f"page:{other.id}", "web", "page")]
    (event, _) = await team.events("interruption.recorded")
    assert (event.subject, event.actor) == (f"page:{made.id}", "system")
    assert event.data["text"] == "ada, on project work, is reached about shop (page): it was their turn"


async def test_whoever_is_reached_because_nobody_answered(team):
    await team.advance(1)
    await team.core.modes.split(2, wire_modes.SplitMode(reason="ill"), "ada", None)
    await team.core.modes.split(1, wire_modes.SplitMode(reason="ill"), "ada", None)  # ada supports, lin does not
    await team.advance(1)
    await page(team)
    assert await recorded(team) == []
    await team.advance(6 * 60)
    assert [one[:2] for one in await recorded(team)] == [("lin", "escalated")]


async def test_the_trace_of_an_alert_says_whom_it_interrupted(team):
    await team.fire()
    await team.advance(60)
    assert [one.text for one in (await team.trace()).steps if one.kind == "interruption.recorded"] == [
        "Ada, on project work, is reached about shop (page): it was their turn"
    ]


async def test_paging_somebody_on_project_work_by_hand_wants_a_reason(team):
    with pytest.raises(Invalid, match="ada is on project work") as refused:
        await page(team, service="", person="ada")
    assert refused.value.field == "interruption"
    assert refused.value.remedy.startswith("page somebody in support (lin), or give one of knowledge, hands")
    assert await team.events("page.started") == []
    with pytest.raises(Invalid, match="'fun' is no reason"):
        await page(team, service="", person="ada", interruption="fun")
    made = await page(team, service="", person="ada", interruption="knowledge")
    await team.advance(HOUR)
    assert await recorded(team) == [("ada", "knowledge", f"page:{made.id}", "", "page")]
    assert (await team.events("interruption.recorded"))[0].actor == "lin"
    await page(team, service="", person="lin")
    await page(team, service="", person="sam", interruption="hands")  # in no mode: nothing is interrupted
    assert len(await recorded(team)) == 1


@pytest.mark.both_engines
async def test_giving_a_page_to_somebody_on_project_work_wants_a_reason_too(team):
    made = await page(team, service="", person="lin")
    with pytest.raises(Invalid, match="ada is on project work"):
        await team.core.pages.reassign(made.id, wire_pages.Reassign(person="ada"), "lin", None)
    body = wire_pages.Reassign(person="ada", interruption="access")
    await team.core.pages.reassign(made.id, body, "lin", None)
    assert [one[:3] for one in await recorded(team)] == [("ada", "access", f"page:{made.id}")]


async def test_a_role_of_the_response_and_a_page_taken_over_are_interruptions_once(team):
    incident = await team.core.incidents.declare(
        wire_incidents.DeclareIncident(title="disk", severity=Severity.SEV3, service="shop"), "lin"
    )
    for role in ("facilitator", "responder", "scribe"):
        await team.core.incidents.assign_role(
            incident.id, wire_incidents.AssignRole(role=role, person="ada"), "lin", None
        )
    assert await recorded(team) == [("ada", "hands", f"incident:{incident.id}", "shop", "incident")]
    timeline = await team.core.incidents.timeline(incident.id)
    assert any("ada, on project work, is reached about shop (incident)" in one.text for one in timeline.entries)
    given = wire_incidents.AssignRole(role="responder", person="lin", interruption="fun")
    with pytest.raises(Invalid, match="'fun' is no reason"):
        await team.core.incidents.assign_role(incident.id, given, "lin", None)
    made = await page(team, service="", person="lin")
    await team.core.pages.acknowledge(made.id, "lin", via="api")
    await team.core.pages.take_over(made.id, wire_pages.TakeOver(), "ada", None)
    assert (await recorded(team))[1:] == [("ada", "hands", f"page:{made.id}", "", "page")]


async def test_by_hand(team):
    now = team.clock.now()
    await team.advance(2 * HOUR)
    body = wire_protection.RecordInterruption(reason="access", service="web", source="chat", at=now + HOUR)
    one = await team.core.interruptions.record(body, "ada")
    assert (one.person, one.at, one.by, one.source) == ("ada", now + HOUR, "ada", "chat")
    gone = await team.core.interruptions.withdraw(one.id, "it was lunch", "ada")
    assert (gone.withdrawn, gone.note) == (True, "it was lunch")
    with pytest.raises(Conflict):
        await team.core.interruptions.withdraw(one.id, "", "ada")
    with pytest.raises(NotFound):
        await team.core.interruptions.withdraw(9, "", "ada")
    (told,) = await team.events("interruption.withdrawn")
    assert told.data["text"] == "ada was not interrupted about web after all (it was lunch)"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"person": "bob"}, "person"),
        ({"person": "lin"}, "person"),
        ({"service": "nope"}, "service"),
        ({"reason": "other"}, "note"),
        ({"at": 1}, "at"),
        ({"at": -15}, "at"),
    ],
)
async def test_what_cannot_be_recorded(team, values, field):
    if "at" in values:
        values = {"at": team.clock.now() + values["at"] * DAY}
    with pytest.raises(Invalid) as refused:
        await team.core.interruptions.record(
            wire_protection.RecordInterruption(**{"reason": "hands", "person": "ada", **values}), "sam"
        )
    assert (refused.value.field, bool(refused.value.remedy)) == (field, True)
    assert await recorded(team) == []


@pytest.mark.both_engines
async def test_the_figures_are_those_of_the_log_and_practice_counts_for_nothing(team):
    first = await page(team)
    await team.advance(60)
    await team.core.pages.acknowledge(first.id, "lin")
    for number in range(2):
        await page(team, title=str(number))
    await team.advance(60)
    await team.core.interruptions.record(
        wire_protection.RecordInterruption(reason="hands", person="ada", service="shop", source="call"), "ada"
    )
    found = await team.core.protection.measure("shop", 2)
    whole = found.whole
    assert [one.day.isoweekday() for one in found.weeks] == [1, 1]
    assert (whole.interruptions, whole.reasons) == (4, {"hands": 1, "scheduled": 3})
    assert (whole.leaks, whole.leak_free) == (1, 1 - 1 / whole.project_days)
    assert (whole.work, whole.absorbed, whole.absorption) == (2, 0, 0.0)  # of what lin took, ada was told too
    assert whole.hours == 1
    assert [(one.service, one.count) for one in found.islands] == [("shop", 4)]
    assert "ada" not in str(found)
    body = wire_protection.WithdrawInterruption(note="n")
    await team.core.interruptions.withdraw(4, body.note, "ada")
    assert (await team.core.protection.measure("shop", 2)).whole.interruptions == 3
    with pytest.raises(NotFound):
        await team.core.protection.measure("nope", 2)


def test_the_index_has_every_kind_that_is_measured():
    assert {kind for kind in KINDS if f"'{kind}'" in PROTECTION_KINDS} == set(KINDS)
    assert PROTECTION_KINDS.count("'") == 2 * len(KINDS)


@pytest.mark.both_engines
async def test_the_index_is_used(team):
    from sqlalchemy import text

    def plan(conn):
        if conn.dialect.name != "sqlite":
            return "events_protection"
        query = f"EXPLAIN QUERY PLAN SELECT * FROM events WHERE {PROTECTION_KINDS} AND at < 1 ORDER BY seq"
        return str(conn.execute(text(query)).all())

    assert "events_protection" in await team.store.read(plan)


async def test_a_call_put_through_to_somebody_on_project_work_is_an_interruption_once(team):
    lent = LentDuty(lambda: team.core.store, lambda: team.roster, "hotline")
    for _ in range(2):  # told again it is the same call
        await lent.put_through("ada", once="CA1", note="R-1: a customer was put through")
    await lent.put_through("lin", once="CA2")
    assert await recorded(team) == [("ada", "scheduled", "call:CA1", "", "call")]
    (event,) = await team.events("interruption.recorded")
    assert (event.subject, event.actor) == ("call:CA1", "hotline")
    assert event.data["text"].endswith("is reached (call): it was their turn (R-1: a customer was put through)")
