"""A public incident as its customers lived it: they report nine minutes after a deploy, and no alert fires.

The facts are those of the demonstration's scenario `rate-limit`, without its alert: none existed when it happened.
"""

import itertools
from datetime import timedelta

import msgspec
import pytest

from incidentd.demo import scenario
from incidentd.domain.people import Layer, Rotation, Schedule, Service
from incidentd.domain.support import Support
from incidentd.plugin.support import Received
from incidentd.services.errors import Refused
from incidentd.services.report_contracts import ReportQuery
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports
from incidentd.wire import triage as wire_triage

CHOSEN = scenario.load("rate-limit")
EARLY, LATE = (fact for fact in CHOSEN.event if fact.kind == "report")
DEPLOYED, JOINED, MITIGATED = (
    next(CHOSEN.instant(fact) for fact in CHOSEN.event if fact.kind == kind)
    for kind in ("change", "join", "mitigation")
)
MINUTE = timedelta(minutes=1)
LOOKING, OVER = "We are looking into it.", "It is over. A limit counted all of you as one."


@pytest.fixture
async def desk(daemon):
    """sam answers reports; what is wrong with the service goes to ada."""
    daemon.clock.set(DEPLOYED)
    rotation = Rotation(people=("sam",), start=DEPLOYED.date())
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "sam", "mei")],
        [daemon.policy("default", (300, "ada"))],
        schedules={"desk": Schedule(name="desk", layers=(Layer(name="all", rotation=rotation),))},
        services={CHOSEN.service: Service(name=CHOSEN.service)},
    )
    daemon.process = msgspec.structs.replace(daemon.process, support=Support(schedule="desk"))
    return daemon


class Customers:
    """They write by mail, as many as a fact counts, and read what they are answered."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.numbers = itertools.count(1)

    async def write(self, fact):
        await self.daemon.advance(CHOSEN.instant(fact) - self.daemon.clock.now())
        for said in itertools.islice(itertools.cycle(fact.said), fact.count):
            number = next(self.numbers)
            subject, _, text = said.partition(": ")
            message = Received(
                id=f"m{number}", thread=f"t{number}", sender=f"c{number}@example.org", subject=subject, text=text,
                tags={"service": CHOSEN.service},
            )  # fmt: skip
            await self.daemon.core.support.intake.receive("mail", message)
        await self.daemon.settle()

    def read(self):
        """By customer, the kinds and texts of what they got."""
        found = {}
        for _, one in self.daemon.sender.written:
            found.setdefault(one.recipient, []).append((one.kind, one.text))
        return found


async def reports(daemon, state="all"):
    return (await daemon.core.support.reports.list(ReportQuery(state=state))).reports[::-1]


async def post(daemon, incident, text, phase, **more):
    update = wire_incidents.PostUpdate(text=text, phase=phase, audience="customers", **more)
    await daemon.core.incidents.post_update(incident.id, update, "mei")


async def status(daemon, incident, to):
    body = wire_incidents.ChangeStatus(to=to, reason="the limit is off", evidence="no 429 any more")
    await daemon.core.incidents.change_status(incident.id, body, "ada", None)


async def test_reports_before_any_alert_become_an_incident_and_everybody_hears_how_it_ends(desk):
    customers = Customers(desk)
    await customers.write(EARLY)
    (nudged,) = await desk.events("report.nudged")
    assert nudged.at - DEPLOYED == 10 * MINUTE  # asked for by 18:30
    assert nudged.data["reports"] == [1, 2]

    # Nobody looks. The triager's first look makes it a P1, whose first response was owed after 15 minutes.
    await desk.advance(16 * MINUTE)
    assert await desk.events("report.response_missed") == []
    card = await desk.core.triage.set_priority(1, wire_triage.SetPriority(impact="high", urgency="high"), "sam", None)
    assert (card.report.priority, card.report.late) == ("P1", True)
    assert card.completeness < 50, "which delays nothing"
    await desk.settle()
    (missed,) = await desk.events("report.response_missed")
    assert (missed.subject, missed.data["because"], missed.data["promise"]) == ("report:1", "P1", "15 min")
    assert desk.sender.told() == [("sam", "push")]

    await customers.write(LATE)
    assert [len(one.data["reports"]) for one in await desk.events("report.nudged")] == [2, 4]
    everybody = (await desk.core.triage.similar(1)).nudge.report_ids

    await desk.advance(JOINED - desk.clock.now())
    wanted = wire_reports.DeclareFromReports(report_ids=everybody, severity=CHOSEN.severity, title=CHOSEN.title)
    incident = await desk.core.broadcasts.declare(wanted, "sam")
    assert incident.started_at == CHOSEN.instant(EARLY)
    assert (await reports(desk, "linked")) == (await reports(desk))
    assert (await desk.core.triage.get(1)).nudge is None
    await desk.settle()
    assert [page.state for page in await desk.pages()] == ["resolved"], "nothing is owed to the first one any more"

    await post(desk, incident, LOOKING, "investigating")
    with pytest.raises(Refused):
        await desk.core.support.reports.change_state(1, wire_reports.ChangeReport(to="closed"), "sam", None)
    await desk.advance(MITIGATED - desk.clock.now())
    await status(desk, incident, "mitigated")
    await desk.advance(15 * MINUTE)
    await post(desk, incident, OVER, "resolved", final=True)
    await status(desk, incident, "resolved")
    await desk.advance(1)

    heard = customers.read()
    assert len(heard) == EARLY.count + LATE.count
    for told in heard.values():
        (looking, better, over) = told
        assert (looking, over) == (("update", LOOKING), ("update", OVER))
        assert "found a way around it" in better[1], "the words of the status, where nobody wrote any"
    assert {one.state for one in await reports(desk)} == {"followed_up"}
    closed = await desk.core.support.reports.change_state(1, wire_reports.ChangeReport(to="closed"), "sam", None)
    assert closed.state == "closed"
