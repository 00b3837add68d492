"""An incident declared from an alert tells the story of its pages too, and the alert's trace tells of the incident."""

from datetime import timedelta

import pytest

from incidentd.domain.people import ContactMethod, EscalationPolicy, Person, Roster, Step, Target, TargetKind
from incidentd.domain.process import default_process
from incidentd.domain.signals import Signal, SignalKind
from incidentd.domain.trace import sentence
from incidentd.services.escalation import Escalation
from incidentd.services.grouping import Grouping
from incidentd.services.intake import Intake
from incidentd.services.muting import Mutes
from incidentd.services.suppression import Suppression
from incidentd.storage import alerts, event_log, pages, timers
from incidentd.wire import incidents as wire_incidents

ADA = Person(handle="ada", name="Ada", contacts=(ContactMethod(notifier="phone"),))
POLICY = EscalationPolicy(name="default", steps=(Step(targets=(Target(TargetKind.PERSON, "ada"),)),))
ROSTER = Roster(people={"ada": ADA}, policies={"default": POLICY})


@pytest.fixture
def escalation():
    return Escalation(lambda: ROSTER, Mutes(default_process))


@pytest.fixture
def page_for(store, clock, escalation):
    """`await page_for(name)` lets an alert fire until somebody is paged; returns its id."""
    intake = Intake(store, escalation)
    suppression = Suppression(default_process, lambda: ROSTER)
    grouping = Grouping(default_process, lambda: ROSTER, escalation, suppression, Mutes(default_process))

    async def do(name):
        labels = {"alertname": name, "service": name}
        await intake.submit("test", [Signal(key=name, kind=SignalKind.FIRING, labels=labels)])
        await store.write(grouping.route_pending)
        clock.advance(timedelta(seconds=31))
        for timer_id in await store.read(lambda conn: timers.due(conn, clock.now(), 9)):

            def command(tx, timer_id=timer_id):
                timer = timers.take(tx, timer_id)
                assert timer is not None
                {**grouping.handlers(), **escalation.handlers()}[timer.kind](tx, timer)

            await store.write(command)
        return (await store.read(lambda conn: alerts.by_key(conn, "test", name))).id

    return do


async def test_the_story_has_alert_page_and_acknowledgement(store, incidents_of, clock, escalation, page_for):
    service = incidents_of(ROSTER)
    alert = await page_for("checkout")
    (page,) = await store.read(lambda conn: pages.active_of_alert(conn, alert))
    clock.advance(60)
    await store.write(lambda tx: escalation.acknowledge(tx, page.id, "ada", via="api", note="on it"))
    shown = await service.declare(wire_incidents.DeclareIncident(title="Checkout down", alert_ids=(alert,)), "ada")
    assert shown.page_ids == (page.id,)
    assert shown.service == "checkout"
    story = (await service.timeline(shown.id)).entries
    assert [one.kind for one in story] == ["alert", "page", "page", "ack", "status"]
    assert story[0].text == "checkout fires"
    assert story[3].detail == "on it"
    assert story[4].detail == "from checkout"
    traced = await store.read(lambda conn: event_log.of_subjects(conn, [f"alert:{alert}"], ["incident.alert_linked"]))
    assert [sentence(one) for one in traced] == [f"ada linked it to INC-{shown.id}"]
    assert [one.observed_at for one in story] == sorted(one.observed_at for one in story)


async def test_pages_that_were_over_before_it_began_are_another_story(store, incidents_of, clock, escalation, page_for):
    service = incidents_of(ROSTER)
    alert = await page_for("checkout")
    (page,) = await store.read(lambda conn: pages.active_of_alert(conn, alert))
    await store.write(lambda tx: escalation.resolve(tx, pages.get(tx.conn, page.id), "over", "ada"))
    clock.advance(timedelta(hours=3))
    body = wire_incidents.DeclareIncident(title="Again", alert_ids=(alert,), started_at=clock.now())
    shown = await service.declare(body, "ada")
    assert shown.page_ids == ()
    assert [one.kind for one in (await service.timeline(shown.id)).entries] == ["status"]


async def test_a_page_raised_for_the_incident_belongs_to_it(store, incidents_of, escalation):
    service = incidents_of(ROSTER)
    shown = await service.declare(wire_incidents.DeclareIncident(title="Checkout down"), "ada")

    def command(tx):
        values = {"title": "Help", "body": "", "labels": {}, "service": "", "policy": "default", "person": ""}
        return escalation.start(tx, **values, urgency="high", group_id=None, incident_id=shown.id)

    page = await store.write(command)
    assert (await service.get(shown.id)).incident.page_ids == (page.id,)
    assert "Paging default: Help" in [one.text for one in (await service.timeline(shown.id)).entries]
