"""Whatever is said, done, lost or restarted, in whatever order: what must always hold."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from incidentd.domain.alerts import OVERTAKEN
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.domain.time_intervals import ClockSpan, DaySpan, Period, YearSpan
from incidentd.plugin.testing import FakeClock
from incidentd.plugin.values import PermanentFailure, TemporaryFailure
from incidentd.services.errors import Conflict
from incidentd.services.outbox import LEASE
from incidentd.storage import claims, groups
from incidentd.storage.schema import deliveries as deliveries_table
from incidentd.storage.schema import groups as groups_table

LONG_AGO = timedelta(days=2)
KEYS = ["a", "b", "c"]
KEYS_OF = {"a": "disk", "b": "disk", "c": "cpu"}  # a and b share a group
TOLD_BY = timedelta(seconds=30 + 300)  # group_wait, or group_interval in a group that is open
keys = st.sampled_from(KEYS)


class AnyHistory(RuleBasedStateMachine):
    """Drives a daemon's services; the model is what was last said of each alert, and when."""

    def __init__(self, harness_class, new_database):
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.daemon = harness_class(new_database(self.clock), self.clock)
        self.firing: dict[str, bool] = {}
        self.said_at = {}
        self.began_at = self.clock.now()
        self.long_ago = self.clock.now() - LONG_AGO
        self.run(self.daemon.start())

    def run(self, coroutine):
        return self.runner.run(coroutine)

    def teardown(self):
        self.run(self.daemon.store.close())
        self.runner.close()

    def events(self):
        return self.run(self.daemon.events())

    def _say(self, key, firing):
        if self.firing.get(key) != firing:
            self.said_at[key] = self.clock.now()
        self.firing[key] = firing

    def _labels(self, key):
        return {"alertname": KEYS_OF[key], "service": "shop", "key": key}

    # ---------------------------------------------------------------- what happens
    @rule(key=keys)
    def fire(self, key):
        self.run(self.daemon.fire(key, labels=self._labels(key)))
        self._say(key, True)

    @rule(key=keys)
    def resolve(self, key):
        self.run(self.daemon.resolve(key, labels=self._labels(key)))
        self._say(key, False)

    @rule(key=keys)
    def a_late_beginning(self, key):
        self.run(self.daemon.fire(key, labels=self._labels(key), starts_at=self.long_ago))
        if self.firing.get(key) is not False or self.clock.now() - self.said_at[key] >= OVERTAKEN:
            self._say(key, True)

    @rule(key=keys)
    def acknowledge_at_source(self, key):
        self.run(self.daemon.acknowledge_at_source(key, labels=self._labels(key)))

    @rule(index=st.integers(0, 5), person=st.sampled_from(["ada", "lin"]))
    def acknowledge(self, index, person):
        pages = self.run(self.daemon.pages())
        if index >= len(pages):
            return
        try:
            self.run(self.daemon.core.pages.acknowledge(pages[index].id, person))
        except Conflict:
            assert pages[index].state in ("acknowledged", "resolved")

    @rule(seconds=st.sampled_from([1, 10, 30, 61, 299, 301, 900]))
    def time_goes_on(self, seconds):
        self.run(self.daemon.advance(seconds))

    @rule(seconds=st.sampled_from([0, 20, 400, 3600]))
    def the_daemon_is_away(self, seconds):
        self.clock.advance(seconds)
        self.run(self.daemon.restart())
        self.began_at = self.clock.now()  # what was not routed before is routed now

    @rule()
    def it_dies_while_sending(self):
        self.run(self.daemon.store.write(lambda tx: claims.claim(tx, "dead", LEASE, 10)))
        self.run(self.daemon.restart())

    @rule(way=st.sampled_from(["push", "phone"]), error=st.sampled_from([TemporaryFailure, PermanentFailure, OSError]))
    def the_next_message_fails(self, way, error):
        self.daemon.sender.script[way].append(error("no"))

    @rule()
    def only_routing_runs(self):
        self.run(self.daemon.route_all())

    @precondition(lambda self: self.firing)
    @rule()
    def everything_due_is_done(self):
        self.run(self.daemon.settle())
        self.run(self._check_settled())

    # ---------------------------------------------------------------- what always holds
    @invariant()
    def the_log_has_no_gap(self):
        seqs = [event.seq for event in self.events()]
        assert seqs == list(range(1, len(seqs) + 1))

    @invariant()
    def an_alert_is_what_was_last_said_of_it(self):
        for key, firing in self.firing.items():
            assert self.run(self.daemon.alert_row(key)).firing == firing

    @invariant()
    def every_page_has_an_alert_that_fired(self):
        fired = set()
        for event in self.events():
            if event.kind == "alert.fired":
                fired |= {route["group"] for route in event.data["routes"]}
            if event.kind == "page.started":
                assert event.data["group_id"] in fired

    @invariant()
    def what_was_sent_was_sent_once(self):
        sent = Counter(event.data["delivery"] for event in self.events() if event.kind == "delivery.sent")
        assert set(sent.values()) <= {1}

    @invariant()
    def nobody_gets_one_step_twice(self):
        rows = self.run(self.daemon.store.read(lambda conn: conn.execute(select(deliveries_table)).all()))
        restarts = Counter(event.subject for event in self.events() if event.kind == "page.restarted")
        steps = Counter((r.page_id, r.step, r.round, r.person, r.notifier) for r in rows if r.kind == "page")
        for (page_id, *_), count in steps.items():
            assert count <= 1 + restarts[f"page:{page_id}"]
        ends = Counter((r.page_id, r.person) for r in rows if r.kind == "resolved")
        assert set(ends.values()) <= {1}

    @invariant()
    def nothing_is_written_after_an_acknowledgement(self):
        for page in self.run(self.daemon.pages()):
            if page.acknowledged_at is None:
                continue
            for row in self.run(self.daemon.deliveries(page.id)):
                assert row.kind != "page" or row.created_at <= page.acknowledged_at
                assert row.kind != "page" or row.state != "pending"

    @invariant()
    def what_is_open_has_its_timer(self):
        armed = set(self.run(self.daemon.armed()))
        for page in self.run(self.daemon.pages("open")):
            assert ("page.step", f"page:{page.id}") in armed
        for group in self.run(self._open_groups()):
            assert ("group.flush", group.subject) in armed

    async def _open_groups(self):
        query = select(groups_table.c.id).where(groups_table.c.closed_at.is_(None))
        ids = await self.daemon.store.read(lambda conn: list(conn.execute(query).scalars()))
        return [await self.daemon.store.read(lambda conn, one=one: groups.get(conn, one)) for one in ids]

    async def _check_settled(self):
        opened = {group.id: group for group in await self._open_groups()}
        pages = {page.group_id: page for page in await self.daemon.pages()}
        for group_id, page in pages.items():
            assert (page.state == "resolved") == (group_id not in opened)
        for key, firing in self.firing.items():
            row = await self.daemon.alert_row(key)
            if not firing:
                continue
            assert row.group_id in opened
            if not row.acknowledged_by and self.clock.now() - max(self.said_at[key], self.began_at) >= TOLD_BY:
                assert row.group_id in pages
                assert pages[row.group_id].state in ("open", "acknowledged", "exhausted")


EXAMPLES = {"sqlite": 12, "postgresql": 3}


@pytest.mark.both_engines
@pytest.mark.timeout(300)
def test_any_history(engine_name, harness_class, new_database):
    run_state_machine_as_test(
        lambda: AnyHistory(harness_class, new_database),  # type: ignore[arg-type]  # it takes any callable
        settings=settings(
            max_examples=EXAMPLES[engine_name],
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=engine_name == "postgresql",
        ),
    )


# ------------------------------------------------------------------ a route that is muted for an hour
ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["fire", "resolve"]), keys),
        st.tuples(st.just("advance"), st.sampled_from([10, 45, 300, 1200, 3000])),
        st.tuples(st.sampled_from(["away", "clock jumps"]), st.sampled_from([30, 600, 4000])),
        st.tuples(st.just("acknowledge"), st.just("ada")),
    ),
    min_size=2,
    max_size=14,
)
MUTED_AFTER, MUTED_FOR = 15, 60  # minutes


async def live_through(daemon, acts):
    """Do `acts`; returns which alerts fire at the end."""
    firing = {}
    for act, value in acts:
        if act == "advance":
            await daemon.advance(value)
        elif act == "away":
            daemon.clock.advance(value)
            await daemon.restart()
        elif act == "clock jumps":
            daemon.clock.advance(value)
        elif act == "acknowledge":
            for page in await daemon.pages("open"):
                await daemon.core.pages.acknowledge(page.id, value)
        else:
            labels = {"alertname": KEYS_OF[value], "service": "shop", "key": value}
            await (daemon.fire if act == "fire" else daemon.resolve)(value, labels=labels)
            firing[value] = act == "fire"
    return {key for key, fires in firing.items() if fires}


@pytest.mark.timeout(300)
def test_a_mute_loses_nothing_pages_nobody_and_always_ends(engine_name, harness_class, new_database):
    @settings(max_examples=EXAMPLES[engine_name], deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def whatever_happens(acts):
        clock = FakeClock()
        begins = clock.now() + timedelta(minutes=MUTED_AFTER)
        ends = begins + timedelta(minutes=MUTED_FOR)
        minute = begins.hour * 60 + begins.minute
        nights = (
            Period(times=(ClockSpan(minute, minute + MUTED_FOR),), years=(YearSpan(begins.year, begins.year),),
                   months=frozenset({begins.month}), days_of_month=(DaySpan(begins.day, begins.day),)),
        )  # fmt: skip

        async def run():
            daemon = harness_class(new_database(clock), clock)
            muted = Route(id="root/0", mute_time_intervals=("nights",))
            daemon.process = Process(
                version="x", route=Route(id="root", routes=(muted,)), time_intervals={"nights": nights}
            )
            await daemon.start()
            firing = await live_through(daemon, acts)
            await daemon.settle()
            for event in await daemon.events("delivery.sent"):
                assert event.data["kind"] != "page" or not begins <= event.at < ends
            await daemon.advance(max(ends - clock.now(), timedelta(0)) + timedelta(minutes=10))
            told = {page.group_id for page in await daemon.pages("active")}
            for key in firing:
                row = await daemon.alert_row(key)
                assert row.acknowledged_by or row.group_id in told
            assert not {kind for kind, _ in await daemon.armed()} & {"group.unmuted", "page.paused"}
            await daemon.store.close()

        asyncio.run(run())

    whatever_happens()
