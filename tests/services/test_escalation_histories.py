"""Whatever people, crashes and clocks do to a page: no step is missed, and none is taken twice without a reason."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from incidentd.domain.people import Layer, Rotation, Schedule, Team, Unit
from incidentd.plugin.testing import FakeClock
from incidentd.plugin.values import PermanentFailure
from incidentd.services.errors import Conflict
from incidentd.services.outbox import LEASE
from incidentd.storage import claims
from incidentd.wire import RaisePage
from incidentd.wire import pages as wire_pages

BEFORE_THE_CHANGE = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # London's clocks go forward at 01:00
ACK_TIMEOUT = timedelta(minutes=20)
REPEAT = 1
STEP_TIMERS = {"page.step", "page.snoozed", "page.paused"}
# After these the next step is the one that the page stands at, or the first one: the event is the reason.
AGAIN = {"page.ack_lapsed": "same", "page.snooze_over": "same", "page.reassigned": "first", "page.started": "first"}
people = st.sampled_from(["ada", "lin", "sam"])
minutes = st.sampled_from([1, 3, 5, 17, 61])


class EscalationHistory(RuleBasedStateMachine):
    """One page at a time, about whose steps the event log has to tell a whole story."""

    def __init__(self, harness_class, new_database):
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.clock.set(BEFORE_THE_CHANGE)
        self.daemon = harness_class(new_database(self.clock), self.clock)
        self.daemon.roster = self._roster()
        self.run(self.daemon.start())
        self._raise()

    def _roster(self):
        policy = self.daemon.policy(
            "default", (300, "schedule:s"), (300, "team:shop", "channel:shop"), (600, "sam"), repeat=REPEAT
        )
        two = msgspec.structs.replace(policy.steps[2], acks=2)
        policy = msgspec.structs.replace(policy, steps=(*policy.steps[:2], two), ack_timeout=ACK_TIMEOUT)
        rotation = Rotation(
            people=("ada", "lin"), start=date(2026, 3, 1), handover=time(1, 30), zone="Europe/London", every=1,
            unit=Unit.HOURS,
        )  # fmt: skip
        persons = [self.daemon.person(handle, "push", ("phone", 120)) for handle in ("ada", "lin", "sam")]
        return self.daemon.roster_of(
            persons,
            [policy],
            services=self.daemon.roster.services,
            schedules={"s": Schedule(name="s", layers=(Layer(name="1", rotation=rotation, shadows=("sam",)),))},
            teams={"shop": Team(name="shop", members=("ada", "lin", "sam"), channel=persons[0].contacts[:1])},
        )

    def run(self, coroutine):
        return self.runner.run(coroutine)

    def teardown(self):
        try:
            self._nothing_sleeps_for_ever()
        finally:
            self.run(self.daemon.store.close())
            self.runner.close()

    def _raise(self):
        page = self.run(self.daemon.core.pages.raise_page(RaisePage(title="x", service="shop"), "ada"))
        self.page_id = page.id
        self.run(self.daemon.settle())

    def _act(self, coroutine, then):
        """Something that a person does, which may come too late; then time goes on."""
        try:
            self.run(coroutine)
        except Conflict:
            pass
        self.run(self.daemon.settle())
        self.run(self.daemon.advance(then * 60))

    # ---------------------------------------------------------------- what happens
    @rule(then=minutes)
    def time_goes_on(self, then):
        self.run(self.daemon.advance(then * 60))

    @rule(away=st.sampled_from([0, 30, 700, 9000]))
    def the_daemon_is_away(self, away):
        self.clock.advance(away)
        self.run(self.daemon.restart())
        self.run(self.daemon.settle())

    @rule(back=st.sampled_from([30, 700, 4000]))
    def the_clock_is_set_back(self, back):
        self.clock.advance(-back)
        self.run(self.daemon.restart())
        self.run(self.daemon.settle())

    @rule(ahead=st.sampled_from([30, 700, 90000]))
    def the_clock_jumps_ahead(self, ahead):
        self.clock.advance(ahead)
        self.run(self.daemon.settle())

    @rule()
    def it_dies_while_sending(self):
        self.run(self.daemon.store.write(lambda tx: claims.claim(tx, "dead", LEASE, 10)))
        self.run(self.daemon.restart())

    @rule(way=st.sampled_from(["push", "phone"]))
    def the_next_message_can_never_arrive(self, way):
        self.daemon.sender.script[way].append(PermanentFailure("no"))

    @rule(person=people, span=st.sampled_from([None, 2, 40]), then=minutes)
    def acknowledge(self, person, span, then):
        until = None if span is None else self.clock.now() + timedelta(minutes=span)
        self._act(self.daemon.core.pages.acknowledge(self.page_id, person, until=until), then)

    @rule(person=people, then=minutes)
    def hand_back(self, person, then):
        self._act(self.daemon.core.pages.hand_back(self.page_id, person, "", None), then)

    @rule(person=people, then=minutes)
    def take_over(self, person, then):
        self._act(self.daemon.core.pages.take_over(self.page_id, wire_pages.TakeOver(), person, None), then)

    @rule(person=people, to=people, then=minutes)
    def give_to_a_person(self, person, to, then):
        self._act(self.daemon.core.pages.reassign(self.page_id, wire_pages.Reassign(person=to), person, None), then)

    @rule(person=people, kind=st.sampled_from([{"schedule": "s"}, {"policy": "default"}]), then=minutes)
    def give_to_a_schedule_or_a_policy(self, person, kind, then):
        self._act(self.daemon.core.pages.reassign(self.page_id, wire_pages.Reassign(**kind), person, None), then)

    @rule(person=people, span=st.sampled_from([4, 30, 7000]), then=minutes)
    def put_off(self, person, span, then):
        until = self.clock.now() + timedelta(minutes=span)
        self._act(self.daemon.core.pages.snooze(self.page_id, wire_pages.Snooze(until=until), person, None), then)

    @rule(person=people, then=minutes)
    def escalate(self, person, then):
        self._act(self.daemon.core.pages.escalate(self.page_id, person, None), then)

    @rule()
    def it_is_over_and_there_is_another(self):
        self._act(self.daemon.core.pages.resolve(self.page_id, "ada", None), 0)
        self._raise()

    # ---------------------------------------------------------------- what always holds
    @invariant()
    def every_step_follows_the_one_before_or_says_why_not(self):
        events = [one for one in self.run(self.daemon.events()) if one.subject == f"page:{self.page_id}"]
        at, expected = None, None
        for event in events:
            if event.kind in AGAIN:
                expected = AGAIN[event.kind]
            elif event.kind == "page.exhausted":
                assert expected is None or expected == "same"
                assert at is not None
                assert (at["step"], at["round"]) == (at["of"], REPEAT + 1)
            elif event.kind == "page.step":
                self._check_step(event, at, expected)
                at, expected = event.data, None

    def _check_step(self, event, before, expected):
        here = (event.data["step"], event.data["round"])
        if expected == "first":
            assert here == (1, 1)
            return
        assert event.data["why"], "every step but the first says why it is taken"
        if expected == "same":
            assert here == (before["step"], before["round"])
        elif before["step"] < before["of"]:
            assert here == (before["step"] + 1, before["round"])
        else:
            assert here == (1, before["round"] + 1)
        if event.data["why"] == "nobody acknowledged in time":
            assert event.at >= datetime.fromisoformat(before["next_at"]), (
                "nobody is given less time than the policy says"
            )

    @invariant()
    def what_is_to_come_is_a_timer_in_the_database(self):
        page = self.run(self.daemon.core.pages.get(self.page_id, "ada")).page
        armed = {kind for kind, subject in self.run(self.daemon.armed()) if subject == f"page:{page.id}"}
        if page.state == "open":
            assert len(armed & STEP_TIMERS) == 1
            assert ("page.snoozed" in armed) == (page.snoozed_until is not None)
            assert "page.ack_lapsed" not in armed
        else:
            assert not armed & STEP_TIMERS
            assert ("page.ack_lapsed" in armed) == (page.state == "acknowledged")
        assert len(page.acks) == len(set(page.acks))
        if page.state == "acknowledged":
            assert len(page.acks) >= page.acks_needed
            assert page.acknowledged_by in page.acks

    def _nothing_sleeps_for_ever(self):
        """Whoever has it, or put it off, without anybody's help it ends as unanswered, every step of it taken."""
        self.run(self.daemon.settle())
        before = self.run(self.daemon.core.pages.get(self.page_id, "ada")).page.state
        self.run(self.daemon.advance(timedelta(days=8)))
        page = self.run(self.daemon.core.pages.get(self.page_id, "ada")).page
        assert page.state == ("resolved" if before == "resolved" else "exhausted")
        self.every_step_follows_the_one_before_or_says_why_not()


# ---------------------------------------------------------------------- running it
def live(examples, harness_class, new_database):
    run_state_machine_as_test(
        lambda: EscalationHistory(harness_class, new_database),  # type: ignore[arg-type]  # it takes any callable
        settings=settings(
            max_examples=examples, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.timeout(300)
def test_escalation_histories(harness_class, new_database):
    live(6, harness_class, new_database)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_many_escalation_histories(harness_class, new_database):
    live(150, harness_class, new_database)
