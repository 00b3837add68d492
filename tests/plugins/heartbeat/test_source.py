"""Ping URLs, pages that are due, restarts, several nodes, pauses; and what every source must do."""

import asyncio
import json
import uuid
from datetime import timedelta

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, CheckStatus, Pause, Secret, SignalKind, StoreUnavailable
from incidentd.plugin.testing import (
    BAD_BODIES,
    HOSTILE_TEXTS,
    MARKER,
    FakeContext,
    SourceConformance,
    call,
    make_request,
    make_source,
)
from incidentd_heartbeat.config import HeartbeatConfig
from incidentd_heartbeat.source import SOURCES

(KIND,) = SOURCES
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OWN = "5d9f1c1e-6c0b-4d0a-9a8e-0f6f3d7c2b11"
KEY = "the-key-of-this-project"


class TestConformance(SourceConformance):
    kind = KIND
    config = {"ping_key": Secret(KEY), "checks": {"job": {"period": "1h", "uuid": OWN}}}
    secrets = (KEY,)
    sample = make_request(
        "/ping/{first}/{second}",
        json.dumps({"log": MARKER}).encode(),
        params={"first": OWN, "second": "fail"},
    )

    @pytest.mark.parametrize("name", BAD_BODIES)
    def test_bad_bodies_are_the_senders_fault(self, name: str) -> None:
        """A body is a job's log: whatever it is, it is kept as text, and told with the failure."""
        answer, signals = self.send(BAD_BODIES[name])
        assert answer.status == 200
        kept = BAD_BODIES[name].decode(errors="replace").replace("\x00", "\u2400").rstrip()
        assert signals[0].annotations.get("output", "")[-100:] == kept[-100:]

    def test_cut_sample_is_the_senders_fault(self) -> None:
        """A log that breaks off is a log."""
        answer, signals = self.send(self.sample.body[:5])
        assert (answer.status, signals[0].annotations["output"]) == (200, self.sample.body[:5].decode())

    @pytest.mark.parametrize("name", ["escape", "bidi", "markup", "SQL", "emoji"])
    def test_hostile_text_is_kept_as_data(self, name: str) -> None:
        """The body is no JSON: the text stands in it as it is."""
        answer, signals = self.send(HOSTILE_TEXTS[name].encode())
        assert answer.status == 200
        assert signals[0].annotations["output"] == HOSTILE_TEXTS[name].rstrip()

    def test_nul_is_made_visible(self) -> None:
        """As everywhere."""
        assert self.send(b"a\x00b")[1][0].annotations["output"] == "a\u2400b"


# ---------------------------------------------------------------------------------------------- ping URLs
@pytest.mark.parametrize("method", ["HEAD", "GET", "POST"])
async def test_a_ping_by_uuid_or_by_slug(node, method):
    for parts in (("backup",), (OWN,), (OWN.upper(),), (node.key, "nightly"), (node.key, "mail", "0"), ("relay", "7")):
        answer = await node.ping(*parts, method=method)
        assert (answer.status, answer.body, answer.content_type) == (200, b"OK", "text/plain")
        assert answer.headers["Ping-Body-Limit"] == "8000"
    assert (await node.state("relay")).status is CheckStatus.DOWN  # its last ping said exit status 7


@pytest.mark.parametrize(
    ("parts", "query", "status", "body"),
    [
        ((str(uuid.UUID(int=7)),), {}, 404, b"not found"),
        (("no-uuid",), {}, 404, b"not found"),
        (("wrong-key-of-this-project", "nightly"), {}, 404, b"not found"),
        (("schlüssel", "nightly"), {}, 404, b"not found"),
        ((KEY, "relay"), {}, 404, b"not found"),  # its slug is another
        ((KEY, "relay"), {"create": "1"}, 409, b"slug: is the name of a check that has another slug"),
        ((OWN, "start", "x"), {}, 404, b"not found"),
        ((OWN, "256"), {}, 400, b"path: ends in neither"),
        ((KEY, "mail", "stop"), {}, 400, b"path: ends in neither"),
        ((OWN,), {"rid": "1"}, 400, b"rid: is no UUID"),
        ((str(uuid.UUID(int=7)),), {"create": "1"}, 404, b"not found"),  # only with a slug
        ((KEY, "New"), {"create": "1"}, 400, b"slug: may hold"),
        ((KEY, "new"), {"create": "0"}, 404, b"not found"),
    ],
)
async def test_what_is_wrong_is_said_in_plain_text(node, parts, query, status, body):
    answer = await node.ping(*parts, **query)
    assert (answer.status, answer.body[: len(body)]) == (status, body)
    assert node.context.memory.kept == {}


async def test_two_checks_of_one_slug_are_ambiguous(make_node):
    node = make_node(checks={"a": {"period": "1h", "slug": "x"}, "b": {"period": "1h", "slug": "x"}})
    assert (await node.ping(KEY, "x")).status == 409
    assert (await node.ping(str(node.source._config.address("a")))).status == 200


async def test_a_ping_may_make_a_check(make_node):
    node, other = make_node(max_created=2), make_node(max_created=2)
    assert ((await node.ping(KEY, "new", create="1")).status, (await other.ping(KEY, "new", create="1")).status) == (
        201,
        200,
    )
    assert (await other.ping(KEY, "new", "fail")).status == 200
    state = await node.state("new")
    assert (state.status, state.expects, state.severity) == (CheckStatus.DOWN, "every 1d, grace 1h", "warning")
    assert (await node.ping(state.ping_path.rpartition("/")[2])).status == 200  # it has a UUID too
    assert (await node.ping(KEY, "second", create="1")).status == 201
    assert (await node.ping(KEY, "third", create="1")).status == 403


async def test_what_a_ping_made_can_be_deleted(make_node):
    node, other = make_node(max_created=1), make_node(max_created=1)
    await node.ping(KEY, "new", create="1")
    await node.ping(KEY, "new", "fail")
    await other.source.forget("new")
    assert (node.said()[-1], other.said()[-1]) == (("new", "firing"), ("new", "resolved"))
    assert "new" not in [one.name for one in await node.source.checks()]
    assert (await node.ping(KEY, "new")).status == 404
    assert (await node.ping(KEY, "new", create="1")).status == 201, "it counts no longer, and begins anew"
    assert [one.outcome for one in (await node.state("new")).recent] == ["success"]


async def test_a_crash_while_a_check_is_deleted_is_made_up_for(make_node):
    node = make_node()
    await node.ping(KEY, "new", create="1")
    await node.ping(KEY, "new", "fail")
    await node.source._book.delete("new")  # and then it dies
    after = make_node()
    assert (await after.ping(KEY, "new")).status == 404
    await after.look()
    assert after.said() == [("new", "resolved")]
    assert [key for key in await node.context.memory.items() if "new" in key] == []


async def test_what_the_configuration_names_is_not_deleted(node):
    with pytest.raises(BadRequest, match="backup stands in the configuration"):
        await node.source.forget("backup")
    with pytest.raises(BadRequest, match="there is no check"):
        await node.source.forget("never")


async def test_without_a_key_there_are_no_slugs(make_node):
    node = make_node(ping_key=None, checks={"job": {"period": "1h", "uuid": OWN}})
    assert (await node.ping(OWN)).status == 200
    assert (await node.ping("", "job", create="1")).status == 404


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([OWN, KEY, "mail", "backup", "start", "0", "256"]) | st.text(), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["rid", "create", "x"]), st.sampled_from(["1", OWN, "\n", "\udcff"]) | st.text()),
    st.binary(max_size=200),
    st.sampled_from(["HEAD", "GET", "POST"]),
)
def test_whatever_is_asked_gets_an_answer(parts, query, body, method):
    config = {"ping_key": Secret(KEY), "checks": {"backup": {"period": "1h"}, "relay": {"period": "5m", "uuid": OWN}}}
    source, context = make_source(KIND, config)
    names = ("first", "second", "third")[: len(parts)]
    path = "/ping/" + "/".join(f"{{{name}}}" for name in names)
    request = make_request(path, body, method=method, params=dict(zip(names, parts, strict=True)), query=query)
    answer = call(source, request)
    assert answer.status in (200, 201, 400, 404, 409)
    if answer.status >= 400:
        assert context.memory.kept == {}
        assert context.sink.signals == []


# ---------------------------------------------------------------------------------------------- time
async def test_a_job_that_stops_is_paged_for_once_and_its_next_ping_ends_it(node):
    await node.look()
    await node.ping("backup", body=b"dumped 17 orders")
    await node.lives(70 * MINUTE - timedelta(seconds=10))
    assert node.said() == []
    assert (await node.state("backup")).status is CheckStatus.LATE
    await node.look(10)
    await node.lives(HOUR)
    (signal,) = node.signals
    assert (signal.key, signal.kind) == ("backup", SignalKind.FIRING)
    assert signal.labels == {
        "alertname": "HeartbeatDown", "check": "backup", "severity": "critical", "service": "shop",
    }  # fmt: skip
    assert signal.annotations["summary"] == "backup is down: no ping since 2026-03-02 09:00 UTC"
    assert signal.annotations["output"] == "dumped 17 orders"
    assert signal.annotations["expects"] == "every 1h, grace 10m"
    await node.ping("backup")
    assert node.said() == [("backup", "firing"), ("backup", "resolved")]
    assert (await node.state("backup")).status is CheckStatus.UP


async def test_a_failure_pages_at_once_and_shows_its_output(node):
    await node.ping("backup", "start")
    node.clock.advance(35)
    await node.ping("backup", "3", body=b"disk full\n", method="POST")
    (signal,) = node.signals
    assert signal.annotations["summary"] == "backup is down: the job ended with exit status 3"
    assert (signal.annotations["output"], signal.annotations["last_run"]) == ("disk full", "35.0 s")
    assert "exit 3" in signal.annotations["output_of"]
    state = await node.state("backup")
    assert (state.last_duration, [one.outcome for one in state.recent]) == (35, ["exit 3", "start"])


async def test_the_look_comes_when_something_is_due(node):
    await node.ping("relay")
    assert await node.source.look() == node.clock.now() + 7 * MINUTE


async def looks_in(node, seconds):
    async with asyncio.timeout(3):
        while node.source._looks_at != node.clock.now() + timedelta(seconds=seconds):  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(0)


async def test_a_ping_that_makes_something_due_before_the_next_look_brings_it_forward(make_node):
    node = make_node(checks={"quick": {"period": "1s", "grace": "1s", "uuid": OWN}})
    running = asyncio.create_task(node.source.run())
    try:
        await looks_in(node, 5)
        await node.ping(OWN)
        await looks_in(node, 2)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_night_in_which_the_clocks_change(node, clock):
    """02:30 does not exist on 29 March in Berlin: the job runs at 03:00 there, 01:00 UTC, and is down at 02:00 UTC."""
    clock.set(clock.now().replace(month=3, day=28, hour=1, minute=31))
    await node.ping("Nightly")
    await node.look()
    assert (await node.state("Nightly")).next_at == clock.now().replace(day=29, hour=1, minute=0)
    await node.lives(timedelta(hours=24, minutes=28), step=20)
    assert node.said() == []
    await node.lives(2 * MINUTE, step=20)
    assert node.said() == [("Nightly", "firing")]


# ---------------------------------------------------------------------------------------------- restarts and nodes
async def test_a_restart_forgets_nothing(make_node):
    node = make_node()
    await node.look()
    await node.ping("backup", "start")
    await node.source.close()
    again = make_node()
    again.clock.advance(20)
    await again.look()
    await again.ping("backup")
    assert (await again.state("backup")).last_duration == 20
    await again.lives(71 * MINUTE)
    assert again.said() == [("backup", "firing")]
    third = make_node()
    await third.lives(10 * MINUTE)
    assert third.said() == []  # it has been told


async def test_a_daemon_that_was_away_pages_nobody_for_what_it_could_not_hear(make_node):
    node = make_node()
    await node.look()
    await node.ping("backup")
    await node.lives(50 * MINUTE)
    await node.source.close()
    node.clock.advance(3 * HOUR)
    again = make_node()
    await again.lives(HOUR)
    assert again.said() == []
    state = await again.state("backup")
    assert "incidentd did not listen from 2026-03-02 09:50 UTC to 2026-03-02 12:50 UTC" in state.detail
    await again.lives(11 * MINUTE)
    assert again.said() == [("backup", "firing")]


async def test_what_was_late_before_the_daemon_stopped_is_paged_for_after_a_minute(make_node):
    """The job had its time and did not ping; right after a start, pings that are being tried again come first."""
    node = make_node()
    await node.look()
    await node.ping("backup")
    node.source.__dict__["_judges_from"] = node.clock.now() + 100 * HOUR  # it dies before it can tell
    await node.lives(71 * MINUTE)
    again = make_node()
    again.clock.advance(2 * HOUR)
    await again.look()
    assert again.said() == []
    await again.look(61)
    assert again.said() == [("backup", "firing")]


async def test_two_nodes_page_once(make_node):
    one, two = make_node(), make_node()
    await one.look()
    await two.look()
    await one.ping("backup")
    for _ in range(8 * 60):
        await one.look(10)
        await asyncio.gather(one.source.look(), two.source.look())
    assert len(one.signals) + len(two.signals) == 1
    await two.ping("backup")
    await asyncio.gather(one.source.look(), two.source.look())
    assert sorted(kind for _, kind in one.said() + two.said()) == ["firing", "resolved"]


async def test_pings_at_once_on_two_nodes_are_all_kept(make_node):
    nodes = [make_node(), make_node()]
    await asyncio.gather(*(nodes[n % 2].ping("backup", "log") for n in range(20)))
    assert len((await nodes[0].state("backup")).recent) == 20


async def test_an_alert_that_could_not_be_stored_is_told_later(node):
    await node.look()
    node.context.sink.available = False
    with pytest.raises(StoreUnavailable):
        await node.ping("backup", "fail")
    node.context.sink.available = True
    await node.look(10)
    assert node.said() == [("backup", "firing")]
    await node.look(10)
    assert len(node.signals) == 1


async def test_a_ping_that_cannot_be_kept_is_not_taken(node):
    node.context.memory.available = False
    with pytest.raises(StoreUnavailable):
        await node.ping("backup")


# ---------------------------------------------------------------------------------------------- people
async def test_a_paused_check_pages_nobody(node):
    await node.look()
    await node.ping("backup", "fail")
    node.context.paused.pauses["backup"] = Pause(at=node.clock.now(), by="ada")
    await node.lives(5 * HOUR)
    assert node.said() == [("backup", "firing"), ("backup", "resolved")]
    assert (await node.state("backup")).status is CheckStatus.PAUSED
    node.context.paused.pauses.clear()
    assert (await node.state("backup")).status is not CheckStatus.PAUSED
    await node.ping("backup")
    await node.lives(60 * MINUTE)
    assert len(node.signals) == 2


async def test_a_check_that_the_configuration_drops_ends_its_alert(make_node):
    node = make_node()
    await node.ping("backup", "fail")
    other = make_node(checks={"other": {"period": "1h"}})
    await other.look()
    assert other.said() == [("backup", "resolved")]
    assert [one.name for one in await other.source.checks()] == ["other"]


# ---------------------------------------------------------------------------------------------- configuration
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"checks": {"a": {}}}, "needs a period or a schedule"),
        ({"checks": {"a": {"period": "1h", "schedule": "* * * * *"}}}, "needs a period or a schedule"),
        ({"checks": {"a": {"period": "1h", "zone": "UTC"}}}, "a period needs none"),
        ({"checks": {"a": {"schedule": "no"}}}, "neither a cron expression nor a calendar event"),
        ({"checks": {"a": {"schedule": "@daily", "zone": "Nowhere"}}}, "time zone"),
        ({"checks": {"a": {"period": "soon"}}}, "is no duration"),
        ({"checks": {"a": {"period": "1h", "slug": "A b"}}}, "slug that cannot stand"),
        ({"checks": {"a b": {"period": "1h"}}}, "has the name 'a b'"),
        ({"checks": {"a": {"period": "1h", "uuid": OWN}, "b": {"period": "1h", "uuid": OWN}}}, "uuid of another"),
        ({"ping_key": None, "checks": {"a": {"period": "1h"}}}, "no address"),
        ({"ping_key": Secret("short")}, "at least 16"),
        ({"ping_key": Secret("with/slash/in/the/key")}, "cannot stand in an address"),
        ({"ping_key": Secret(OWN)}, "cannot stand in an address"),
    ],
)
def test_a_wrong_configuration_names_the_remedy(changes, message):
    with pytest.raises(pydantic.ValidationError, match=message) as caught:
        HeartbeatConfig.model_validate({"ping_key": Secret(KEY), **changes})
    assert "—" in str(caught.value)


def test_the_address_of_a_check_is_its_own():
    config = HeartbeatConfig.model_validate({"ping_key": Secret(KEY), "checks": {"a": {"period": "1h"}}})
    other = HeartbeatConfig.model_validate({"ping_key": Secret(f"{KEY}-2"), "checks": {"a": {"period": "1h"}}})
    assert config.address("a") == config.address("a") != other.address("a")


async def test_without_checks_nothing_runs():
    source, context = make_source(KIND, {}, FakeContext())
    await asyncio.wait_for(source.run(), 1)
    assert context.memory.kept == {}


async def test_a_job_that_died_is_missed_in_time_although_the_clock_was_set_back(node):
    await node.look()
    await node.ping("backup")
    node.clock.set(node.clock.now() - 24 * HOUR)
    await node.lives(71 * MINUTE)
    assert node.said() == [("backup", "firing")]
