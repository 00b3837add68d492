"""Whatever hides alerts, in whatever order and over restarts and a change of the clocks: an alert is told exactly when
nothing hides it, soon, and once for each reason."""

import asyncio
import itertools
from collections import Counter, defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from incidentd.domain.inhibition import InhibitRule
from incidentd.domain.matchers import parse_matcher
from incidentd.domain.people import Service
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.plugin.testing import FakeClock
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import silences as wire_silences

BEFORE_THE_CHANGE = datetime(2026, 3, 28, 20, tzinfo=UTC)  # London's clocks go forward the next night
GROUP_INTERVAL = timedelta(minutes=5)
SOON = timedelta(seconds=30) + GROUP_INTERVAL
HOLD = timedelta(minutes=10)
ALERTS = {"down": ("db", "critical"), "slow": ("shop", "warning"), "lost": ("shop", "critical")}
keys = st.sampled_from(sorted(ALERTS))
services = st.sampled_from(["db", "shop"])
then = st.sampled_from([0, 1, 7, 31])  # minutes that pass after something was done


class QuietHistory(RuleBasedStateMachine):
    """The model: the times of silences and maintenance as asked for, and what was last said of each alert."""

    def __init__(self, harness_class, new_database):
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.clock.set(BEFORE_THE_CHANGE)
        self.daemon = harness_class(new_database(self.clock), self.clock)
        self.daemon.process = Process(
            version="test",
            route=Route(id="root", group_by=("alertname",)),
            inhibit=(
                InhibitRule(source=(parse_matcher("alertname=lost"),), target=(parse_matcher("alertname=slow"),)),
            ),
        )
        known = {"db": Service(name="db"), "shop": Service(name="shop", depends_on=("db",))}
        self.daemon.roster = msgspec.structs.replace(self.daemon.roster, services=known)
        self.began = {}  # alert: since when it fires
        self.free_since = {}  # alert: since when it fires and nothing hides it
        self.silences = []  # [alert, from, until, id]
        self.windows = []  # [service, from, until, id]
        self.nightly = None  # the alert that a rule hides 00:30-02:30 on London's clock
        self.up_since = self.clock.now()
        self.run(self.daemon.start())

    def run(self, coroutine):
        return self.runner.run(coroutine)

    def teardown(self):
        self.run(self.daemon.store.close())
        self.runner.close()

    # ---------------------------------------------------------------- the model
    def hides(self, key, at):
        """What hides an alert at an instant, by the words of the documentation; alerts fire as they do now."""
        service, _ = ALERTS[key]
        found = {"silence" for one, start, end, _ in self.silences if one == key and start <= at < end}
        found |= {"maintenance" for one, start, end, _ in self.windows if one == service and start <= at < end}
        if self.nightly == key and _in_the_night(at):
            found.add("silence")
        if key == "slow" and "lost" in self.began:
            found.add("inhibition")
        if service == "shop" and "down" in self.began and at < self.began[key] + HOLD:
            found.add("dependency")
        return found

    def note(self):
        """Remember since when nothing hides each alert that fires."""
        now = self.clock.now()
        free = [key for key in self.began if not self.hides(key, now)]
        self.free_since = {key: self.free_since.get(key, now) for key in free}

    def told(self):
        """The firing alerts that somebody was paged about."""
        pages = [page.title for page in self.run(self.daemon.pages()) if page.state != "resolved"]
        return {key for key in self.began if any(key in title for title in pages)}

    # ---------------------------------------------------------------- what happens
    @initialize(some=st.sets(keys, min_size=2))
    def there_is_trouble(self, some):
        for key in sorted(some):
            self.fire(key, 0)

    @rule(key=keys, then=then)
    def fire(self, key, then):
        service, severity = ALERTS[key]
        labels = {"alertname": key, "service": service, "severity": severity}
        self.run(self.daemon.fire(key, labels=labels))
        self.began.setdefault(key, self.clock.now())
        self.run(self.daemon.settle())
        self.live(then)

    @rule(key=keys, then=then)
    def resolve(self, key, then):
        if key in self.began:
            service, severity = ALERTS[key]
            labels = {"alertname": key, "service": service, "severity": severity}
            self.run(self.daemon.resolve(key, labels=labels))
            del self.began[key]
            self.run(self.daemon.settle())
        self.live(then)

    @rule(key=keys, minutes=st.sampled_from([7, 45, 400]), ahead=st.sampled_from([0, 20]), then=then)
    def silence(self, key, minutes, ahead, then):
        start = self.clock.now() + timedelta(minutes=ahead)
        end = start + timedelta(minutes=minutes)
        body = wire_silences.SetSilence(
            matchers=(f"alertname={key}",), ends_at=end, comment="x", starts_at=start if ahead else None
        )
        self.silences.append([key, start, end, self.run(self.daemon.core.silences.set(body, "lin")).id])
        self.live(then)

    @rule(service=services, minutes=st.sampled_from([10, 90]), ahead=st.sampled_from([0, 20]), then=then)
    def maintenance(self, service, minutes, ahead, then):
        start = self.clock.now() + timedelta(minutes=ahead)
        end = start + timedelta(minutes=minutes)
        work = wire_quieting.MaintenancePlan(services=(service,), text="x")
        body = wire_quieting.PlanMaintenance(plan=work, ends_at=end, starts_at=start)
        self.windows.append([service, start, end, self.run(self.daemon.core.maintenance.plan(body, "lin")).id])
        self.live(then)

    @rule(index=st.integers(0, 3))
    def end_one_early(self, index):
        now = self.clock.now()
        here = [one for one in (*self.silences, *self.windows) if one[2] > now]
        if index < len(here):
            one = here[index]
            one[1], one[2] = min(one[1], now), now
            service = self.daemon.core.silences.expire if isinstance(one[3], str) else self.daemon.core.maintenance.end
            self.run(service(one[3], "lin"))

    @rule(key=keys)
    def silence_every_night(self, key):
        if self.nightly is None:
            when = wire_quieting.Recurrence(every="daily 00:30-02:30", zone="Europe/London")
            plan = wire_quieting.SilencePlan(matchers=(f"alertname={key}",), comment="x")
            self.run(self.daemon.core.recurring.set(wire_quieting.SetRecurring(when=when, silence=plan), "lin"))
            self.nightly = key

    def live(self, minutes):
        """Let time go on; nothing is told meanwhile that is hidden."""
        self.run(self.daemon.settle())
        self.note()
        for _ in range(minutes):
            before, was = self.told(), {key for key in self.began if self.hides(key, self.clock.now())}
            self.run(self.daemon.advance(timedelta(minutes=1)))
            now = {key for key in self.began if self.hides(key, self.clock.now())}
            assert not (self.told() - before) & was & now, "told while hidden"
            self.note()

    @rule(minutes=st.sampled_from([3, 50, 600]))
    def the_daemon_is_away(self, minutes):
        before = self.told()
        self.clock.advance(timedelta(minutes=minutes))
        self.run(self.daemon.restart())
        self.run(self.daemon.fire_timers())  # what is due is done before anything is routed
        self.run(self.daemon.settle())
        assert not {key for key in self.told() - before if self.hides(key, self.clock.now())}, "told after a restart"
        self.up_since = self.clock.now()

    # ---------------------------------------------------------------- what always holds
    @invariant()
    def what_hides_an_alert_is_what_its_view_says(self):
        self.run(self.daemon.settle())
        self.note()
        for key in self.began:
            shown = {one.kind for one in self.run(self.daemon.alert(key)).hidden_by}
            assert shown == self.hides(key, self.clock.now()), key

    @invariant()
    def what_nothing_hides_is_told_soon(self):
        late = {key for key, at in self.free_since.items() if self.clock.now() - max(at, self.up_since) >= SOON}
        assert late <= self.told()

    @invariant()
    def one_firing_is_one_page(self):
        log = self.run(self.daemon.events())
        fired = Counter(event.data["name"] for event in log if event.kind == "alert.fired")
        for key in ALERTS:
            assert sum(event.kind == "page.started" and key in event.data["title"] for event in log) <= fired[key]

    @invariant()
    def a_change_is_told_once(self):
        changes = defaultdict(list)
        for event in self.run(self.daemon.events()):
            for pair in (("alert.inhibited", "alert.uninhibited"), ("alert.held", "alert.released")):
                if event.kind in (*pair, "alert.resolved"):
                    changes[event.subject, pair].append(event.kind)
        for (_, pair), kinds in changes.items():
            for repeated in pair:
                assert (repeated, repeated) not in set(itertools.pairwise(kinds))


def _in_the_night(at):
    wall = at.astimezone(ZoneInfo("Europe/London"))
    return time(0, 30) <= wall.time() < time(2, 30)


EXAMPLES = {"sqlite": 5, "postgresql": 2}


def live(examples, engine_name, harness_class, new_database):
    run_state_machine_as_test(
        lambda: QuietHistory(harness_class, new_database),  # type: ignore[arg-type]  # it takes any callable
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=engine_name == "postgresql",
        ),
    )


@pytest.mark.timeout(300)
def test_quiet_histories(engine_name, harness_class, new_database):
    live(EXAMPLES[engine_name], engine_name, harness_class, new_database)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_many_quiet_histories(engine_name, harness_class, new_database):
    live(100, engine_name, harness_class, new_database)
