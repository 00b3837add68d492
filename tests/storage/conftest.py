"""An incident service on each engine, with a small roster, alerts to link, and timers that fire when told."""

from collections.abc import Awaitable, Callable

import pytest

from incidentd.domain.people import Person, Roster
from incidentd.domain.process import default_process
from incidentd.domain.signals import Signal, SignalKind
from incidentd.services.escalation import Escalation
from incidentd.services.incidents import Incidents
from incidentd.services.intake import Intake
from incidentd.services.muting import Mutes
from incidentd.services.role_pages import RolePages
from incidentd.services.support_desk import SupportDesk
from incidentd.storage import alerts, event_log, timers

ROSTER = Roster(
    people={
        "ada": Person(handle="ada", name="Ada", zone="UTC", os_user="al"),
        "lin": Person(handle="lin", name="Lin", zone="Asia/Tokyo"),
    }
)


@pytest.fixture
def service(store, incidents_of) -> Incidents:
    """The incident service under test."""
    return incidents_of(ROSTER)


@pytest.fixture
def incidents_of(store) -> Callable[[Roster], Incidents]:
    """Makes the incident service of a roster, with the support layer that it tells of its incidents."""

    def make(roster: Roster) -> Incidents:
        escalation = Escalation(lambda: roster, Mutes(default_process))
        desk = SupportDesk(store, default_process, lambda: roster, escalation)
        return Incidents(
            store,
            process=default_process,
            roster=lambda: roster,
            reporters=desk.broadcast,
            role_pages=RolePages(escalation, default_process, lambda: roster),
        )

    return make


@pytest.fixture
def raise_alert(store) -> Callable[[str], Awaitable[int]]:
    """`await raise_alert(name)` stores a firing alert and returns its id."""
    intake = Intake(store, Escalation(lambda: ROSTER, Mutes(default_process)))

    async def raise_one(name: str) -> int:
        signal = Signal(key=name, kind=SignalKind.FIRING, labels={"alertname": name}, annotations={})
        await intake.submit("test", [signal])
        return (await store.read(lambda conn: alerts.by_key(conn, "test", name))).id

    return raise_one


@pytest.fixture
def fire_timers(store, service) -> Callable[[], Awaitable[int]]:
    """Fire every timer that is due; returns how many did."""

    async def fire() -> int:
        fired = 0
        while due := await store.read(lambda conn: timers.due(conn, store.clock.now(), 10)):

            def command(tx, timer_id=due[0]):
                timer = timers.take(tx, timer_id)
                assert timer is not None
                service.handlers()[timer.kind](tx, timer)

            await store.write(command)
            fired += 1
        return fired

    return fire


@pytest.fixture
def events_of(store):
    """`await events_of(subject)`: what the log says about it, oldest first."""

    async def read(subject: str, *kinds: str):
        return await store.read(lambda conn: event_log.of_subjects(conn, [subject], kinds))

    return read
