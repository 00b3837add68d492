"""Every public incident that comes with incidentd, lived through in virtual time: what was recorded holds its [assert].

A team works as the facts tell: nobody writes an update, and for a while one person leads both mitigation and
communication. Customers write by mail, teams on the socket. A key of [assert] that no check knows fails the test.
"""

import itertools
from datetime import datetime, time, timedelta

import msgspec
import pytest

from incidentd.demo import scenario
from incidentd.domain.people import Layer, Rotation, Schedule, Service
from incidentd.domain.people import Team as RosterTeam
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.domain.signals import SignalKind
from incidentd.plugin.support import Received
from incidentd.services.action_contracts import ActionQuery
from incidentd.services.report_contracts import ReportQuery
from incidentd.wire import facts
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd.wire import reports as wire_reports
from incidentd.wire import review_records as wire_records
from incidentd.wire import reviews as wire_reviews
from incidentd.wire import severity as wire_severity

MINUTE = timedelta(minutes=1)
NOTES = {"change": "note", "join": "note"}
TEAMS = ("billing", "search")
CHAINS = (("load-balancer-1", "load-balancer-2", "load-balancer-3"), ("rate-limit",))
"""Each is lived through by one daemon, so that it knows the earlier ones of its chain."""

FACTORS: tuple[tuple[str, wire_records.Category], ...] = (
    ("The change of the pipeline was not seen by who owns the balancer", "organisational"),
    ("Rules of the balancer are changed by several programs", "technical"),
    ("Nobody is told when a target is taken off", "process"),
)


class Played:
    """One scenario and the incident that it became; `at_mitigation` is the incident as it stood just before."""

    def __init__(self, daemon, chosen):
        self.daemon = daemon
        self.chosen = chosen
        self.incident_id = 0
        self.report_ids = []
        self.at_mitigation = None
        self.alone = None  # the incident while one person leads both
        self.hidden = {}  # the reviews that ada could see before her factors were in, by incident
        self.listed = 0  # actions that she could
        self.opened = None  # the similar incidents once everybody's factors were shown

    async def incident(self):
        return await self.daemon.core.incidents.get(self.incident_id)

    async def events(self, *kinds):
        return [one for one in await self.daemon.events(*kinds) if one.at >= self.chosen.instant(self.chosen.event[0])]


class Team:
    """ada leads, mei communicates, sam answers customers; each of them does what a fact says, when it says it."""

    def __init__(self, daemon, chosen):
        self.daemon, self.core = daemon, daemon.core
        self.played = Played(daemon, chosen)
        self.chosen = chosen
        self.labels = {}
        self.before = []  # facts from before there was an incident to note them in

    async def live(self):
        joins = any(fact.kind == "join" for fact in self.chosen.event)
        for fact in self.chosen.event:
            await self.daemon.advance(max(self.chosen.instant(fact) - self.daemon.clock.now(), timedelta(0)))
            await getattr(self, f"on_{fact.kind}", self.note)(fact)
            if fact.kind == ("join" if joins else "alert"):
                await self.daemon.advance(timedelta(0) if joins else 2 * MINUTE)
                await self.declare()
        await self.daemon.advance(15 * MINUTE)
        await self.status("resolved")
        await self.daemon.advance(1)
        return self.played

    # ---------------------------------------------------------------- what happens
    async def on_alert(self, fact):
        self.labels = dict(fact.labels)
        await self.daemon.signal(fact.labels["alertname"], SignalKind.FIRING, labels=self.labels)

    async def on_report(self, fact):
        for said in itertools.islice(itertools.cycle(fact.said), fact.count):
            subject, _, text = said.partition(": ")
            number = len(self.played.report_ids)
            self.played.report_ids.append(await self.write(number, subject, text))
        await self.daemon.settle()
        if self.played.incident_id:
            await self.link()

    async def write(self, number, subject, text):
        if self.chosen.customers == "internal_team":
            body = wire_reports.NewReport(subject=subject, text=text, service=self.chosen.service)
            return (await self.core.support.reports.create(body, TEAMS[number])).id
        name = f"{self.chosen.day}-{number}"
        message = Received(
            id=name, thread=name, sender=f"{name}@example.org", subject=subject, text=text,
            tags={"service": self.chosen.service},
        )  # fmt: skip
        return (await self.core.support.intake.receive("mail", message)).report_id

    async def note(self, fact):
        if not self.played.incident_id:
            self.before.append(fact)
            return
        body = wire_incidents.AddNote(
            text=fact.text, kind=NOTES.get(fact.kind, fact.kind), observed_at=self.chosen.instant(fact)
        )
        await self.core.incidents.add_note(self.played.incident_id, body, "ada")

    async def on_mitigation(self, fact):
        self.played.at_mitigation = await self.played.incident()
        tried = facts.Try(text=fact.text, started_at=self.chosen.instant(fact))
        attempt = await self.core.attempts.attempt(self.played.incident_id, tried, "ada")
        worked = facts.TellOutcome(outcome="worked", at=self.chosen.instant(fact))
        await self.core.attempts.tell_outcome(self.played.incident_id, attempt.id, worked, "ada")
        await self.status("mitigated", at=self.chosen.instant(fact))
        await self.daemon.signal(self.labels["alertname"], SignalKind.RESOLVED, labels=self.labels)

    # ---------------------------------------------------------------- what people do
    async def declare(self):
        """Unsure of the severity at first; then the matrix is asked."""
        chosen = self.chosen
        firing = (await self.core.pages.list("open", None, 5, "", "ada")).pages
        alerts = tuple(number for page in firing for number in page.alert_ids)
        for page in firing:
            await self.core.pages.acknowledge(page.id, "ada", via="tui", note="")
        if self.played.report_ids:
            wanted = wire_reports.DeclareFromReports(
                report_ids=tuple(self.played.report_ids), severity=Severity.SEV3, title=chosen.title,
                service=chosen.service,
            )  # fmt: skip
            incident = await self.core.broadcasts.declare(wanted, "sam")
            await self.core.incidents.link_alerts(incident.id, alerts, "ada")
        else:
            body = wire_incidents.DeclareIncident(title=chosen.title, service=chosen.service, alert_ids=alerts)
            incident = await self.core.incidents.declare(body, "ada")
        self.played.incident_id = incident.id
        answers = wire_severity.ClassifyIncident(answers=dict(chosen.answers))
        await self.core.incidents.classify(incident.id, answers, "ada", None)
        for fact in self.before:
            await self.note(fact)
        await self.lead()

    async def lead(self):
        for role, person in (("mitigation_lead", "ada"), ("communications_lead", "ada")):
            await self.assign(role, person)
        self.played.alone = await self.played.incident()
        await self.daemon.advance(MINUTE)
        await self.assign("communications_lead", "mei")

    async def assign(self, role, person):
        body = wire_incidents.AssignRole(role=role, person=person)
        await self.core.incidents.assign_role(self.played.incident_id, body, "ada", None)

    async def link(self):
        for one in (await self.core.support.reports.list(ReportQuery(state="new"))).reports:
            body = wire_reports.ChangeReport(to="linked", incident_id=self.played.incident_id)
            await self.core.support.reports.change_state(one.id, body, "sam", None)

    async def review(self):
        """After people have rested, and before it happens again: mei drives, ada and sam write factors, one action."""
        await self.daemon.advance(timedelta(hours=25))
        number, calls = self.played.incident_id, self.core.reviews
        await calls.workshops.start(number, wire_reviews.StartReview(facilitator="mei"), "ada")
        await self.take_part("sam", present=True)
        await self.drive(step="factors")
        seen = await calls.workshops.get(number, "ada")
        ids = [number, *(one.id for one in seen.similar.incidents)]
        self.played.hidden = {one: await calls.workshops.get(one, "ada") for one in ids}
        self.played.listed = (await calls.actions.list(ActionQuery(state="all"), "ada")).total
        for text, category in FACTORS:
            factor = wire_records.WriteFactor(text=text, category=category, role="enabler")
            await calls.factors.write(number, factor, "ada")
        for person in ("ada", "sam", "mei"):
            await self.take_part(person, factors_in=True)
        await self.drive(step="similar")
        self.played.opened = (await calls.workshops.get(number, "ada")).similar
        await self.drive(finish=True)
        await self.act()
        await self.status("closed")

    async def act(self):
        """What is to be done after the first of a chain stays open."""
        calls, day = self.core.reviews.actions, self.daemon.clock.now().date()
        body = wire_records.WriteAction(
            text=f"Alert on what led to {self.chosen.title}", owner_team="desk", due_on=day + timedelta(days=14)
        )
        made = await calls.write(self.played.incident_id, body, "ada")
        if self.chosen.title not in {scenario.load(chain[0]).title for chain in CHAINS}:
            await calls.end(made.id, wire_records.EndAction(state="done"), "ada", None)

    async def drive(self, **order):
        body = wire_reviews.DriveReview(**order)
        await self.core.reviews.acts.drive(self.played.incident_id, body, "mei", None)

    async def take_part(self, person, **said):
        await self.core.reviews.acts.participate(self.played.incident_id, wire_reviews.Participate(**said), person)

    async def status(self, to, **more):
        body = wire_incidents.ChangeStatus(to=to, reason="as the facts say", evidence="the alert has ended", **more)
        await self.core.incidents.change_status(self.played.incident_id, body, "ada", None)


# ---------------------------------------------------------------------- what [assert] says, one check a key
def of_day(played, hour):
    return datetime.combine(played.chosen.day, time.fromisoformat(hour), played.daemon.clock.now().tzinfo)


async def measures(played):
    return await played.daemon.core.life.measures(played.incident_id, None)


def rules(detail):
    return {one.rule: one for one in detail.incident.violations}


async def severity(played, wanted):
    """By the matrix, which says of what rule it is sure, and not by hand."""
    found = (await played.incident()).incident
    assert found.severity == wanted
    matrix = played.daemon.process.matrix
    assert (
        matrix.first({one.id: played.chosen.answers.get(one.id, one.ids[0]) for one in matrix.questions}).level
        == wanted
    )
    (classified,) = await played.events("incident.classified")
    assert classified.data["level"] == wanted


async def cluster_nudge_by(played, wanted):
    """incidentd asks whether to declare one by then, of reports of several customers."""
    first, *_ = await played.events("report.nudged")
    assert first.at <= of_day(played, wanted)
    assert len(first.data["reports"]) > 1


async def update_clock_violated(played, wanted):
    """The promised update did not come: shown as a violation, on the timeline, and told to who communicates."""
    promised = [one.data["promised_at"] for one in await played.events("incident.update_overdue")]
    shown = rules(played.at_mitigation).get("update-overdue")
    assert (bool(promised), shown is not None) == (wanted, wanted)
    if wanted:
        assert shown.since < played.chosen.instant(played.chosen.event[-1])
        told = [one.recipient for _, one in played.daemon.sender.sent if "the update promised" in one.title]
        assert "mei" in told


async def separate_communications_lead(played, wanted):
    """One person for both is a violation for as long as it lasts, and ends when the second takes over."""
    assert ("role-separation" in rules(played.alone)) == wanted
    detail = await played.incident()
    assert "role-separation" not in rules(detail)
    assert {one.role: one.person for one in detail.incident.roles} == {
        "mitigation_lead": "ada", "communications_lead": "mei",
    }  # fmt: skip
    assert (detail.role_gap_minutes["separation"] == pytest.approx(1)) == wanted


async def noticed_first(played, wanted):
    """By an alert, by those who reported, or by one of us."""
    assert (await measures(played)).noticed_first == wanted


async def contradictions(played, wanted):
    """What people stated against what was recorded is named; to say when it really began puts it right."""
    assert tuple(one.rule for one in (await measures(played)).contradictions) == wanted
    began = played.chosen.instant(played.chosen.event[0])
    body = wire_life.CorrectTime(what="started_at", at=began, why="it began with the change")
    await played.daemon.core.life.correct(played.incident_id, body, "ada", None)
    found = await measures(played)
    assert (found.contradictions, found.corrections) == ((), 1)
    sign = next(played.chosen.instant(fact) for fact in played.chosen.event if fact.kind in ("alert", "report"))
    assert found.episodes[0].to_detect == (sign - began).total_seconds()


async def similar(played, wanted):
    """Those that resemble it are shown while people respond, with what was tried in them."""
    found = (await played.daemon.core.attempts.resembling(played.incident_id)).incidents
    titles = {one.title for one in found}
    assert titles == {scenario.load(name).title for name in wanted}


async def earlier_conclusions_hidden_first(played, wanted):
    """Nobody who writes factors sees what was concluded of incidents like it, nowhere; afterwards they do."""
    assert wanted
    own, *earlier = played.hidden.values()
    assert own.similar.locked
    assert len(earlier) == len(own.similar.incidents) > 1
    for one in earlier:
        assert one.masked_by == played.incident_id
        assert (one.factors, one.learnings, one.actions, one.sections) == ((), (), (), {})
    assert not any(text in str(played.hidden) for text, _ in FACTORS)
    assert "Alert on what led to" not in str(played.hidden)
    assert (own.factors, played.listed) == ((), 0)
    assert all(one.facts and one.conclusions is None for one in own.similar.incidents)
    assert not played.opened.locked
    texts = [[factor.text for factor in one.conclusions.factors] for one in played.opened.incidents]
    assert texts == [[text for text, _ in FACTORS]] * len(earlier)


async def surfaces_open_action_of(played, wanted):
    """What was decided after that one and is not done comes up, and nothing that is."""
    title = scenario.load(wanted).title
    assert [one.text for one in played.opened.open_actions] == [f"Alert on what led to {title}"]
    assert {one.title for one in played.opened.open_actions} == {title}


AFTER_REVIEW = {one.__name__: one for one in (earlier_conclusions_hidden_first, surfaces_open_action_of)}
CHECKS = {
    one.__name__: one
    for one in (
        severity, cluster_nudge_by, update_clock_violated, separate_communications_lead, noticed_first, contradictions,
        similar,
    )
}  # fmt: skip


# ---------------------------------------------------------------------- what holds of each of them
async def recorded_as_it_happened(played):
    """Each fact stands on the timeline at its own time, also what was written down later; so does the mitigation."""
    lines = (await played.daemon.core.incidents.timeline(played.incident_id)).entries
    for fact in played.chosen.event:
        if fact.kind not in ("alert", "report", "mitigation"):
            (line,) = [one for one in lines if fact.text in one.text]
            assert line.observed_at == played.chosen.instant(fact), fact.text
            assert line.recorded_at >= line.observed_at
    detail = await played.incident()
    mitigation = next(fact for fact in played.chosen.event if fact.kind == "mitigation")
    assert detail.incident.mitigated_at == played.chosen.instant(mitigation)
    assert detail.incident.severity == played.chosen.severity
    assert detail.incident.status == "resolved"


async def everybody_was_told_once(played):
    """Whoever reported is followed up on their own channel, and heard no news twice."""
    reports = [(await played.daemon.core.support.reports.get(number)) for number in played.report_ids]
    assert len(reports) == sum(fact.count for fact in played.chosen.event if fact.kind == "report")
    for one in reports:
        assert (one.report.state, one.report.incident_id) == ("followed_up", played.incident_id)
        news = [message.text for message in one.messages if message.direction == "out"]
        assert len(news) == len(set(news)) == 2, "mitigated, and how it ended"
        if one.report.channel == "mail":
            sent = [out.text for _, out in played.daemon.sender.written if out.recipient == one.report.recipient]
            assert sent == news


@pytest.fixture
async def team(daemon):
    """The people of every scenario, working by the built-in process."""
    daemon.clock.set(daemon.clock.now().replace(year=2021, month=6, day=1))
    rotation = Rotation(people=("sam",), start=daemon.clock.now().date())
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "mei", "sam", *TEAMS)],
        [daemon.policy("default", (3600, "ada"))],
        schedules={"desk": Schedule(name="desk", layers=(Layer(name="all", rotation=rotation),))},
        teams={"desk": RosterTeam(name="desk", members=("sam",))},
        services={name: Service(name=name) for name in ("platform-ingress", "feature-flags")},
    )
    daemon.process = msgspec.structs.replace(default_process(), version="test")
    return daemon


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[0])
async def test_what_was_recorded_holds_every_assert_of_the_scenario(team, chain):
    for name in chain:
        chosen = scenario.load(name)
        people = Team(team, chosen)
        await team.advance(max(chosen.instant(chosen.event[0]) - team.clock.now(), timedelta(0)))
        played = await people.live()
        await recorded_as_it_happened(played)
        await everybody_was_told_once(played)
        for key, wanted in chosen.asserts.items():
            assert key in CHECKS | AFTER_REVIEW, f"{name}: no check knows what [assert] {key} means"
            if key in CHECKS:
                await CHECKS[key](played, wanted)
        await people.review()
        for key, check in AFTER_REVIEW.items():
            if key in chosen.asserts:
                await check(played, chosen.asserts[key])


def test_every_scenario_is_lived_through_and_nothing_is_passed_over_in_silence():
    assert sorted(itertools.chain(*CHAINS)) == scenario.names()
    keys = {key for name in scenario.names() for key in scenario.load(name).asserts}
    assert keys == CHECKS.keys() | AFTER_REVIEW.keys()
