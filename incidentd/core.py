"""The services of one daemon, wired together; knows no sockets and no files but the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.process_versions import Source
from incidentd.domain.support import Support
from incidentd.services.alert_detail import AlertDetails
from incidentd.services.alert_reader import StoreReader
from incidentd.services.alerts import Alerts
from incidentd.services.attachments import Attachments
from incidentd.services.attempts import Attempts
from incidentd.services.audit import Audits
from incidentd.services.before_review import ReviewWindows
from incidentd.services.bulk import Bulk
from incidentd.services.calendar_feeds import CalendarFeeds
from incidentd.services.chat_acts import ChatActs
from incidentd.services.chat_follow import ChatFollower
from incidentd.services.chat_keeping import ChatKeeping
from incidentd.services.chat_rooms import ChatRooms
from incidentd.services.checklists import Checklists
from incidentd.services.clock_watch import ClockWatch
from incidentd.services.contact_tests import ContactTests
from incidentd.services.contracts import Calls, CheckCalls, DaemonCalls, ReplayCalls
from incidentd.services.delivery import DeliveryWorker, Sender
from incidentd.services.delivery_outcomes import Outcomes
from incidentd.services.drafts import Drafts
from incidentd.services.drills import Drills
from incidentd.services.duty import Duty
from incidentd.services.duty_desk import DutyDesk
from incidentd.services.escalation import Escalation, Handler
from incidentd.services.events import EventStream
from incidentd.services.group_views import GroupViews
from incidentd.services.grouping import Grouping
from incidentd.services.handovers import Handovers
from incidentd.services.hiding_preview import HidingPreviews
from incidentd.services.idempotency import Answers
from incidentd.services.impact import Impact
from incidentd.services.incident_status import StatusChanges
from incidentd.services.incidents import Incidents
from incidentd.services.intake import Intake
from incidentd.services.interruptions import Interruptions
from incidentd.services.life import Life
from incidentd.services.links import AcknowledgeLinks
from incidentd.services.maintenance import Maintenance
from incidentd.services.mode_plans import ModePlans
from incidentd.services.modes import Modes
from incidentd.services.muting import Mutes
from incidentd.services.operations_desk import OperationsDesk
from incidentd.services.outbox import Outbox
from incidentd.services.own_alerts import OwnAlerts
from incidentd.services.own_notes import OwnNotes
from incidentd.services.pages import Pages
from incidentd.services.pins import Pins
from incidentd.services.policies import PolicyView
from incidentd.services.presence import Presences
from incidentd.services.process_desk import ProcessDesk
from incidentd.services.process_in_force import InForce
from incidentd.services.protection import Protection
from incidentd.services.reachability import ReachabilityView
from incidentd.services.receipts import Receipts
from incidentd.services.recurring import Recurring
from incidentd.services.rehearsals import Rehearsals
from incidentd.services.report_incidents import ReportIncidents
from incidentd.services.report_nudges import Nudges
from incidentd.services.report_propagation import Propagator
from incidentd.services.retro_desk import RetroDesk
from incidentd.services.review_desk import ReviewDesk
from incidentd.services.review_meetings import ReviewMeetings
from incidentd.services.role_desk import RoleDesk
from incidentd.services.role_pages import RolePages
from incidentd.services.roster import RosterView
from incidentd.services.route_test import RouteTester
from incidentd.services.severity_matrix import SeverityMatrices
from incidentd.services.silence_lending import LentSilences
from incidentd.services.silences import Silences
from incidentd.services.similar_lists import Embedders
from incidentd.services.source_traffic import Traffic
from incidentd.services.source_watch import SourceWatch
from incidentd.services.store_outage import StoreOutage
from incidentd.services.store_return import StoreReturn
from incidentd.services.subscriber_letters import SubscriberLetters
from incidentd.services.subscribers import Subscribers
from incidentd.services.support_desk import SupportDesk
from incidentd.services.suppression import Suppression
from incidentd.services.triage import Triage
from incidentd.services.views import SavedViews
from incidentd.services.workers import Loop, expiry_loop, router_loop, timer_loop
from incidentd.storage import leases, outbox
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

_DRAIN_SECONDS = 5.0


class Core:
    """Owns the services and their loops. `process` and `roster` are asked at each use, so a reload counts at once.

    `process` and `source` are what process.toml means and how it is written; what is in force is `self.process`.
    """

    def __init__(
        self,
        store: Store,
        *,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        sender: Sender,
        public_url: Callable[[], str],
        node: str,
        expected: Callable[[], Mapping[str, timedelta]] = dict,
        embedders: Embedders | None = None,
        source: Callable[[], Source | None] = lambda: None,
    ) -> None:
        self.store = store
        self._node = node
        self.process = process = InForce(process)
        self.evolution = ProcessDesk(store, process, roster, source)
        self.operations = OperationsDesk(store, node)
        self.events = EventStream(store)
        self.mutes = Mutes(process)
        self.escalation = Escalation(roster, self.mutes)
        self.suppression = Suppression(process, roster)
        self.grouping = Grouping(process, roster, self.escalation, self.suppression, self.mutes)
        self.intake = Intake(store, self.escalation)
        self.traffic = Traffic(store.clock)
        self.sources = SourceWatch(store, self.intake, self.traffic, expected)
        self.pages = Pages(store, self.escalation, roster)
        self.alerts = Alerts(store, self.intake, self.pages, self.suppression, self.mutes)
        self.silences = Silences(store, self.grouping, roster, self.alerts.views)
        self.details = AlertDetails(store, self.alerts)
        self.bulk = Bulk(store, escalation=self.escalation, process=process, alert_views=self.alerts.views)
        self.groups = GroupViews(store, self.alerts.views)
        self.views = SavedViews(store)
        occurrences = self.suppression.occurrences
        self.maintenance = Maintenance(store, self.grouping, occurrences, roster, lambda: process().maintenance)
        self.recurring = Recurring(
            store, occurrences, self.silences, self.maintenance, roster, lambda: process().maintenance
        )
        self.hiding = HidingPreviews(store, process, roster, self.alerts.views)
        self.lent_silences = LentSilences(self.silences)
        self._compose_incidents(store, process, roster)
        self.reviews = ReviewDesk(store, process, roster, embedders, sender.issue_channels)
        self._compose_people(store, roster, sender)
        self._compose_triage(store, process, roster)
        self.drills = Drills(store, self.intake, self.escalation, roster, StatusChanges(process, roster))
        self.policies = PolicyView(store, process, roster)
        self.routes = RouteTester(process, roster, store.clock, self.mutes, self.policies.known)
        self.drafts = Drafts(store)
        self.answers = Answers(store)
        self.links = AcknowledgeLinks(
            store, self.escalation, store.clock, public_url, self.operations.keys, self.desk.offers()
        )
        self.feeds = CalendarFeeds(store, roster, self.operations.keys, public_url, lambda: process().review_name)
        self.reader = StoreReader(store, store.clock, self.suppression, self.mutes)
        self._compose_sending(process, roster, sender)
        self.handlers = self._timer_handlers()
        self._loops = self._make_loops(store)

    def _make_loops(self, store: Store) -> list[Loop]:
        self.clock = ClockWatch(store)
        self.operations.watched.append(self.clock.problems)
        return [
            router_loop(store, self.grouping, lambda: self.intake.busy),
            expiry_loop(store, self.intake),
            timer_loop(store, self.handlers),
            Loop("sources", self.sources.work),
            Loop("calendars", self.desk.calendars.work),
            self.chat_follower.loop,
            Loop("symptom words", self.reviews.similar_lists.words.work),
            self.evolution.loop,
            self.evolution.letters.loop,
            self.outage.loop,
            self.own_alerts.loop,
            *self.operations.loops,
            self.clock.loop,
        ]

    def _compose_sending(self, process: Callable[[], Process], roster: Callable[[], Roster], sender: Sender) -> None:
        """How messages leave, to people and to those who subscribe; also while nothing can be stored."""
        self.own_alerts = OwnAlerts(self.store, self.intake, self._node)
        paged, undelivered = self.desk.rests.paged, self.support.changes.undelivered
        outcomes = Outcomes(self.escalation, paged, undelivered, self.chat_rooms, self.reviews.exports)
        self.receipts = Receipts(self.store, outcomes)
        self.subscribers = Subscribers(self.store, self.operations.keys, sender.capabilities)
        outgoing = Outbox(process, roster, sender.capabilities, self._node)
        letters = SubscriberLetters(self.subscribers)
        self.deliveries = DeliveryWorker(self.store, sender, outgoing, outcomes, self.links, letters)
        back = StoreReturn(self.store, self.intake, self.escalation)
        self.outage = StoreOutage(self.store, sender, self.links, self.mutes, process, roster, back)
        self.intake.refused, self.links.take = self.outage.refused, self.outage.take
        self.deliveries.already = self.outage.already
        self.operations.watched.append(self.outage.problems)

    def _compose_incidents(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        """The response, and who reported what it is about."""
        self.support = SupportDesk(store, process, roster, self.escalation)
        role_pages = RolePages(self.escalation, process, roster)
        self.roles = RoleDesk(store, process, role_pages)
        self.incidents = Incidents(
            store, process=process, roster=roster, reporters=self.support.broadcast, role_pages=role_pages
        )
        self.retros = RetroDesk(store, process, roster, self.evolution.figures)
        self.incidents.when_declared.append(self.retros.due.declared)
        self.presence = Presences(store)
        self.life = Life(store, process, roster, self.alerts.views, self.incidents.declare_in)
        self.review_windows = ReviewWindows(store, process, roster)
        self.own_notes = OwnNotes(store)
        self.meetings = ReviewMeetings(store, process, roster)
        self.impact = Impact(store)
        self.attempts = Attempts(store)
        self.attachments = Attachments(store)
        self.severity = SeverityMatrices(store, process)
        self.checklists = Checklists(store, process)
        self.rehearsals = Rehearsals(store, process)
        self.broadcasts = ReportIncidents(store, self.incidents, self.support.broadcast, self.support.changes)
        changes = self.support.changes
        self.chat = ChatActs(store, roster, self.escalation, changes, self.incidents, self.broadcasts)
        self.chat_rooms = ChatRooms(store, process, roster)
        self.chat_keeping = ChatKeeping(store, roster)
        self.chat_follower = ChatFollower(store, process, self.chat_rooms)

    def _compose_people(self, store: Store, roster: Callable[[], Roster], sender: Sender) -> None:
        """Who can be reached, who carries a pager, and who is left alone."""
        self.contact_tests = ContactTests(store, roster)
        self.reach = ReachabilityView(store, roster, sender.state)
        self.roster = RosterView(store, roster, self.reach)
        self.desk = DutyDesk(store, roster)
        self.modes = Modes(store, roster)
        self.interruptions = Interruptions(store, roster)
        self.protection = Protection(store, roster)
        self.mode_plans = ModePlans(store, roster, self.modes)

    def _compose_triage(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        """How reports are understood and sent on."""
        changes = self.support.changes

        def support() -> Support:
            return process().support

        propagator = Propagator(self.escalation, process, roster, changes)
        self.triage = Triage(store, roster, process, changes, propagator)
        nudges = Nudges(support, changes)
        self.support.intake.followers.append(nudges.on_message)
        changes.edited = nudges.on_edit

    @property
    def duty(self) -> Duty:
        """Changes of the day."""
        return self.desk.duty

    @property
    def handovers(self) -> Handovers:
        """How duty blocks end."""
        return self.desk.handovers

    def calls(self, *, checks: CheckCalls, replays: ReplayCalls, daemon: DaemonCalls) -> Calls:
        """What the socket API can call: these services, and what a daemon has besides."""
        return Calls(
            alerts=self.alerts,
            details=self.details,
            bulk=self.bulk,
            groups=self.groups,
            views=self.views,
            silences=self.silences,
            checks=checks,
            maintenance=self.maintenance,
            recurring=self.recurring,
            hiding=self.hiding,
            pages=self.pages,
            contact_tests=self.contact_tests,
            incidents=self.incidents,
            presence=self.presence,
            pins=Pins(self.store),
            audits=Audits(self.store),
            life=self.life,
            review_windows=self.review_windows,
            own_notes=self.own_notes,
            meetings=self.meetings,
            roles=self.roles,
            impact=self.impact,
            attempts=self.attempts,
            attachments=self.attachments,
            severity=self.severity,
            checklists=self.checklists,
            rehearsals=self.rehearsals,
            process=self.evolution.versions,
            insights=self.evolution.insights(),
            review=self.reviews.calls(),
            retro=self.retros.calls(),
            letters=self.evolution.letters,
            operations=self.operations.calls(),
            reports=self.support.reports,
            customers=self.support.customers,
            broadcasts=self.broadcasts,
            subscribers=self.subscribers,
            chat=self.chat_rooms,
            triage=self.triage,
            roster=self.roster,
            duty=self.duty,
            modes=self.modes,
            interruptions=self.interruptions,
            protection=self.protection,
            handovers=self.handovers,
            requests=self.desk.requests,
            rests=self.desk.rests,
            mode_plans=self.mode_plans,
            feeds=self.feeds,
            policies=self.policies,
            routes=self.routes,
            replays=replays,
            drills=self.drills,
            drafts=self.drafts,
            events=self.events,
            idempotency=self.answers,
            daemon=daemon,
        )

    def _timer_handlers(self) -> dict[str, Handler]:
        """What each kind of timer does."""
        return {
            **self.escalation.handlers(),
            **self.grouping.handlers(),
            **self.silences.handlers(),
            **self.maintenance.handlers(),
            **self.recurring.handlers(),
            **self.incidents.handlers(),
            **self.meetings.handlers(),
            **self.drills.handlers(),
            **self.desk.handlers(),
            **self.answers.handlers(),
            **self.sources.handlers(),
            **self.support.handlers(),
            **self.subscribers.handlers(),
            **self.chat_rooms.handlers(),
            **self.reviews.handlers(),
            **self.retros.handlers(),
            **self.evolution.letters.handlers(),
            **self.operations.handlers(),
        }

    async def start(self) -> None:
        """Begin to do what is due, what was left by an earlier run first."""
        await self.clock.start()  # before anything is written by the clock of now
        await self.prepare()
        await self.operations.start()
        for loop in (*self._loops, self.deliveries.loop):
            loop.start()

    async def prepare(self) -> None:
        """All of a start but the loops, for those who do the work of the loops themselves."""
        await self.events.start()
        await self.operations.keys.start()
        await self.answers.start()
        await self.evolution.following.follow()
        await self.store.write(lambda tx: leases.take_back(tx, self._node))
        await self.outage.start()
        await self.store.write(self.grouping.follow_configuration)
        await self.store.write(self.reviews.library.digests.follow_configuration)
        await self.store.write(self.retros.due.follow_configuration)
        await self.store.write(self.evolution.letters.follow_configuration)
        self.desk.rests.watch()
        await self.store.write(self.desk.reread)
        await self.support.recheck()
        self.evolution.following.after_change = self._recheck

    async def recheck(self) -> None:
        """After a reload: judge again what waits for somebody's hours, or for a limit, and who carries a pager."""
        await self.evolution.following.follow()
        await self._recheck()

    async def _recheck(self) -> None:
        def command(tx: Tx) -> None:
            self.grouping.follow_configuration(tx)
            self.escalation.recheck(tx)
            self.desk.reread(tx)
            self.reviews.library.digests.follow_configuration(tx)
            self.retros.due.follow_configuration(tx)
            self.evolution.letters.follow_configuration(tx)
            self.operations.follow_configuration(tx)
            outbox.release(tx)

        await self.store.write(command)
        await self.support.recheck()

    def wake(self) -> None:
        """Let every loop look now: the demonstration's clock runs faster than their polls."""
        for loop in (*self._loops, self.deliveries.loop):
            loop.wake()

    async def close(self) -> None:
        """Finish what is under way, then close the store; nothing due is lost."""
        await asyncio.gather(*(loop.stop() for loop in self._loops), self.outage.stop())
        await self.deliveries.drain(_DRAIN_SECONDS)
        await self.operations.stop()
        await self.store.close()
