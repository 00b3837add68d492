"""The plugin host: whatever a plugin does, the daemon goes on and says what happened."""

import asyncio
import sys
import time
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from incidentd.configuration.daemon_settings import AdapterInstance
from incidentd.configuration.documents import Document
from incidentd.domain.people import ContactMethod, Person
from incidentd.plugin import (
    AdapterConfig,
    AdapterType,
    AlertSource,
    BadRequest,
    Condition,
    Event,
    Notifier,
    Outgoing,
    OutgoingKind,
    PermanentFailure,
    Receipt,
    Route,
    SecretRef,
    StoreUnavailable,
    SupportChannel,
    TemporaryFailure,
    WebhookResponse,
    hookimpl,
)
from incidentd.plugin.testing import FakeClock, FakeContext, make_request, notification
from incidentd.pluginhost import contained, discovery, host, observers, running, sending
from incidentd.pluginhost.contained import PluginQuit
from incidentd.pluginhost.discovery import Found, load_entry, within
from incidentd.pluginhost.host import PluginHost
from incidentd.pluginhost.sending import NotifierTimeout


class Config(AdapterConfig):
    mode: str = "ok"
    token: SecretRef | None = None


class Scripted(Notifier):
    """Does what its configuration says."""

    def __init__(self, config, context):
        if config.mode == "create":
            raise RuntimeError("no")
        if config.mode == "quit on create":
            raise SystemExit(3)
        self.mode = config.mode

    async def send(self, notification):
        if self.mode == "hang":
            await asyncio.sleep(60)
        if self.mode == "quit":
            raise SystemExit(3)
        if self.mode == "temporary":
            raise TemporaryFailure("later", 7)
        if self.mode == "permanent":
            raise PermanentFailure("bad address")
        return Receipt(vendor_id="1")

    async def close(self):
        if self.mode == "hang":
            await asyncio.sleep(60)
        if self.mode == "quit":
            raise SystemExit(3)


class Source(AlertSource):
    runs = 0

    def __init__(self, config, context):
        self.mode = config.mode

    def routes(self):
        if self.mode == "routes":
            raise RuntimeError("no routes")
        return [Route(method="POST", path="/x", handler=self.handle)]

    async def handle(self, request):
        if self.mode == "hang":
            await asyncio.sleep(60)
        if self.mode in ("bug", "quit"):
            raise SystemExit(3) if self.mode == "quit" else KeyError("x")
        if self.mode == "sender":
            raise BadRequest("your fault")
        if self.mode == "store":
            raise StoreUnavailable("full")
        return WebhookResponse()

    def condition(self):
        if self.mode == "bad condition":
            raise SystemExit(3)
        told = {"well": Condition(text="two topics"), "unwell": Condition(text="one\ntopic gone", well=False)}
        return told.get(self.mode)

    async def run(self):
        type(self).runs += 1
        if self.mode == "run":
            raise RuntimeError("connection lost")
        await asyncio.sleep(60)


NOTIFIER: AdapterType[Any] = AdapterType(id="scripted", config=Config, create=Scripted)
SOURCE: AdapterType[Any] = AdapterType(id="src", config=Config, create=Source)


class Channel(SupportChannel):
    """A source that can answer."""

    def __init__(self, config, context):
        self.heard = Source(config, context)
        self.sender = Scripted(config, context)

    def routes(self):
        return self.heard.routes()

    async def run(self):
        await self.heard.run()

    async def send(self, outgoing):
        return await self.sender.send(outgoing)


CHANNEL: AdapterType[Any] = AdapterType(id="room", config=Config, create=Channel)


def instance(mode="ok", role="notifier", kind="scripted", name="n", **options) -> AdapterInstance:
    document = Document(Path("incidentd.toml"), f'[{role}s.{name}]\ntype = "{kind}"\nmode = "{mode}"\n')
    return AdapterInstance(
        role=role, name=name, type=kind, options={"mode": mode, **options}, root=None, document=document
    )


@pytest.fixture
async def start(monkeypatch):
    for name, seconds in (("HANDLER_SECONDS", 0.1), ("CLOSE_SECONDS", 0.1), ("_FIRST_RESTART", 0.01)):
        monkeypatch.setattr(running, name, seconds)
    monkeypatch.setattr(contained, "CLOSE_SECONDS", 0.1)
    monkeypatch.setattr(running.RunningNotifier.__init__, "__defaults__", (0.1,))
    made: list[PluginHost] = []

    def start(*adapters, found=None, clock=None) -> PluginHost:
        plugins = found or [Found(name="p", sources=(SOURCE,), notifiers=(NOTIFIER,), channels=(CHANNEL,))]
        one = PluginHost(clock or FakeClock(), {}, plugins)
        one.load(adapters, FakeContext)
        one.start()
        made.append(one)
        return one

    yield start
    for one in made:
        await one.close()


def state(one: PluginHost, name="n") -> tuple[str, str]:
    (shown,) = (row for row in one.health() if row.instance == name)
    return shown.state, shown.detail


async def until(condition) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


# ------------------------------------------------------------------ discovery
class Entry:
    def __init__(self, plugin: Any = None, error=None, seconds=0.0):
        self.name, self.value = "p", "p:x"
        self._result = plugin, error, seconds

    def load(self):
        plugin, error, seconds = self._result
        time.sleep(seconds)
        if error is not None:
            raise error
        return plugin


def load(plugin: Any) -> Found:
    entry: Any = Entry(plugin)
    return load_entry(entry)


class Good:
    @hookimpl
    def incidentd_sources(self):
        return [SOURCE]

    @hookimpl
    def incidentd_channels(self):
        return [CHANNEL]

    @hookimpl
    def incidentd_on_event(self, event):
        pass


class Raises:
    @hookimpl
    def incidentd_notifiers(self):
        raise ZeroDivisionError


class WrongType:
    @hookimpl
    def incidentd_sources(self):
        return ["alertmanager"]


class UnknownHook:
    @hookimpl
    def incidentd_nonsense(self):
        return []


def test_a_plugin_says_what_it_offers():
    found = load(Good())
    assert (found.sources, found.notifiers, found.channels, found.error) == ((SOURCE,), (), (CHANNEL,), "")
    assert found.observer is not None


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (Entry(error=ImportError("no module named x")), "ImportError: no module named x"),
        (Entry(error=SystemExit(3)), "SystemExit"),
        (Entry(error=RecursionError()), "RecursionError"),
        (Entry(Raises()), "ZeroDivisionError"),
        (Entry(WrongType()), "returned str"),
        (Entry(UnknownHook()), "incidentd_nonsense"),
        (EntryPoint("p", "no_such_module_anywhere", "incidentd"), "ModuleNotFoundError"),
        (Entry(seconds=5), "took longer than 0.1 s"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_says_why(entry: Any, told):
    began = time.monotonic()
    assert told in load_entry(entry, 0.1 if "0.1" in told else 5).error
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("1.0", ""),
        ("1", ""),
        ("2.0", "written for plugin API 2.0"),
        ("0.9", "written for plugin API 0.9"),
        ("1.99", "written for plugin API 1.99"),
        ("newest", "write a version like"),
        (None, "write a version like"),
    ],
)
def test_a_plugin_for_another_api_is_refused(monkeypatch, wanted, told):
    module: Any = ModuleType("dated_plugin")
    module.INCIDENTD_API = wanted
    monkeypatch.setitem(sys.modules, "dated_plugin", module)
    error = load_entry(EntryPoint("dated", "dated_plugin", "g")).error
    assert told in error
    assert bool(error) == bool(told)


def test_two_plugins_of_one_name(monkeypatch):
    module = ModuleType("twice_plugin")
    monkeypatch.setitem(sys.modules, "twice_plugin", module)
    entries = [EntryPoint("same", "twice_plugin", "g"), EntryPoint("same", "twice_plugin:other", "g")]
    monkeypatch.setattr(discovery, "entry_points", lambda group: entries)
    assert [(one.name, bool(one.error)) for one in discovery.discover()] == [("same", False), ("same", True)]
    assert discovery.discover(disabled=["same"]) == []


def test_every_built_in_plugin_loads():
    found = discovery.discover()
    assert {one.name for one in found} >= {
        "alertmanager",
        "pagerduty",
        "grafana",
        "goalert",
        "sentry",
        "opsgenie",
        "webhook",
        "apprise",
        "ntfy",
        "email",
        "log",
    }
    assert [one.error for one in found if one.error] == []


def test_within_gives_back_what_was_raised():
    with pytest.raises(KeyError):
        within(1, lambda: dict[str, int]()["x"])
    assert within(1, lambda: 5) == 5


# ------------------------------------------------------------------ instances
@pytest.mark.parametrize(
    ("kind", "options", "good", "bad"),
    [
        ("webhook", {}, "https://example.org/ada", "ada"),
        ("webhook", {"url": "https://example.org"}, "", "ada@example.org"),
        ("webhook", {}, "https://example.org/ada", ""),
        ("email", {"from": "incidentd@example.org"}, "ada@example.org", "ada"),
        ("ntfy", {}, "ada-pages", "ada pages"),
        ("log", {}, "anything", None),
    ],
)
def test_contacts_that_no_message_can_reach_are_told_with_what_to_write(kind, options, good, bad):
    methods = [ContactMethod(notifier="n", address=one) for one in (good, bad) if one is not None]
    people = [Person(handle="ada", name="Ada", contacts=tuple(methods))]
    one = msgspec.structs.replace(instance(kind=kind), options=options)
    told = PluginHost(FakeClock(), {}).useless_contacts([one], people)
    assert [text.startswith(f"people.ada.contacts: n can never write to {bad!r}: ") for text in told] == [True] * (
        len(methods) - 1
    )


def test_faults_of_instances_name_file_line_key_and_remedy():
    plugins = [Found(name="p", notifiers=(NOTIFIER,))]
    wrong = [instance(kind="scriptd"), instance(name="m", mood=1), instance(name="o", token="plain")]
    faults = PluginHost(FakeClock(), {}, plugins).check(wrong)
    assert [(fault.line, fault.key) for fault in faults] == [
        (2, "notifiers.n.type"),
        (1, "notifiers.m.mood"),
        (1, "notifiers.o.token"),
    ]
    assert 'did you mean "scripted"?' in faults[0].remedy
    assert 'did you mean "mode"?' in faults[1].remedy
    assert "write a reference" in faults[2].remedy


@pytest.mark.parametrize(
    ("adapter", "shown", "told"),
    [
        (instance(kind="gone"), "missing", "no installed plugin offers"),
        (instance(mood=1), "failed", "unknown key"),
        (instance("create"), "failed", "RuntimeError: no"),
        (instance("quit on create"), "failed", "SystemExit"),
        (instance(token={"env": "NOT_SET"}), "failed", "NOT_SET is not set"),
    ],
)
async def test_an_instance_that_cannot_be_is_shown_and_the_others_work(start, adapter, shown, told):
    one = start(adapter, instance(name="good"))
    assert state(one)[0] == shown
    assert told in state(one)[1]
    with pytest.raises(PermanentFailure, match="cannot be used"):
        await one.send("n", notification())
    assert (await one.send("good", notification())).vendor_id == "1"


async def test_a_default_instance_exists_unless_its_type_is_configured(start):
    kind: AdapterType[Any] = AdapterType(id="d", config=Config, create=Scripted, default_instance={})
    broken: AdapterType[Any] = AdapterType(id="b", config=Config, create=Scripted, default_instance={"nonsense": 1})
    plugins = [Found(name="p", notifiers=(kind, broken))]
    one = start(found=plugins)
    assert one.notifier_names() == {"d"}
    assert state(one, "b")[0] == "failed"
    assert start(instance(kind="d", name="mine"), found=plugins).notifier_names() == {"mine"}


async def test_a_create_that_hangs_holds_up_nothing_for_long(start, monkeypatch):
    monkeypatch.setattr(host, "LOAD_SECONDS", 0.1)
    slow: AdapterType[Any] = AdapterType(id="slow", config=Config, create=lambda config, context: time.sleep(2))
    began = time.monotonic()
    one = start(instance(kind="slow"), found=[Found(name="p", notifiers=(slow,))])
    assert time.monotonic() - began < 1.5
    assert "took longer" in state(one)[1]


# ------------------------------------------------------------------ notifiers
@pytest.mark.parametrize(
    ("mode", "raised", "shown"),
    [
        ("hang", NotifierTimeout, "degraded"),
        ("quit", PluginQuit, "degraded"),
        ("temporary", TemporaryFailure, "degraded"),
        ("permanent", PermanentFailure, "degraded"),
    ],
)
async def test_a_send_that_fails(start, mode, raised, shown):
    one = start(instance(mode))
    with pytest.raises(raised):
        await one.send("n", notification())
    assert state(one)[0] == shown


async def test_a_notifier_is_quarantined_tried_again_and_recovers(start):
    clock = FakeClock()
    one = start(instance("temporary"), clock=clock)
    for _ in range(5):
        with pytest.raises(TemporaryFailure, match="later"):
            await one.send("n", notification())
    again = clock.now() + timedelta(seconds=30)
    told = f"paused after 5 failures in a row, tried again at {again:%Y-%m-%dT%H:%M:%SZ}; the last one: send: "
    assert state(one)[0] == "quarantined"
    assert state(one)[1].startswith(told)
    one._crew.notifiers["n"].notifier.mode = "ok"
    with pytest.raises(TemporaryFailure, match="quarantined"):
        await one.send("n", notification())
    clock.advance(timedelta(seconds=31))
    assert "in a row, the next message tries it; the last one" in state(one)[1]
    assert (await one.send("n", notification())).vendor_id == "1"
    assert state(one) == ("ok", "")


async def quarantined(start, clock):
    one = start(instance("temporary"), clock=clock)
    for _ in range(5):
        with pytest.raises(TemporaryFailure, match="later"):
            await one.send("n", notification())
    clock.advance(timedelta(seconds=31))
    return one, one._crew.notifiers["n"].notifier


async def test_one_message_tries_a_quarantined_notifier_and_the_others_wait_for_it(start):
    clock = FakeClock()
    one, notifier = await quarantined(start, clock)
    tried = 0
    answers = asyncio.Event()

    async def slow(_message):
        nonlocal tried
        tried += 1
        await answers.wait()
        return Receipt(vendor_id="1")

    notifier.send = slow
    sends = [asyncio.create_task(one.send("n", notification())) for _ in range(20)]
    await until(lambda: sum(task.done() for task in sends) == 19)
    assert tried == 1
    waiting = [task.exception() for task in sends if task.done()]
    assert {(type(error), error.retry_after) for error in waiting} == {(sending.Quarantined, 1.0)}
    answers.set()
    await asyncio.wait(sends)
    await asyncio.gather(*(one.send("n", notification()) for _ in range(20)))
    assert (tried, state(one)) == (21, ("ok", ""))


async def test_a_try_that_fails_or_is_given_up_leaves_the_next_its_turn(start):
    clock = FakeClock()
    one, notifier = await quarantined(start, clock)
    with pytest.raises(TemporaryFailure, match="later"):
        await one.send("n", notification())
    with pytest.raises(sending.Quarantined) as refused:
        await one.send("n", notification())
    assert refused.value.retry_after == 30.0
    clock.advance(timedelta(seconds=31))
    notifier.mode = "hang"
    given_up = asyncio.create_task(one.send("n", notification()))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait([given_up])
    notifier.mode = "ok"
    assert (await one.send("n", notification())).vendor_id == "1"


async def test_a_refusal_of_the_try_shows_that_the_other_side_answers(start):
    one, notifier = await quarantined(start, FakeClock())
    notifier.mode = "permanent"
    with pytest.raises(PermanentFailure):
        await one.send("n", notification())
    assert state(one)[0] == "degraded"
    notifier.mode = "temporary"
    with pytest.raises(TemporaryFailure):
        await one.send("n", notification())
    assert state(one)[0] == "quarantined"


async def test_bad_addresses_quarantine_nobody(start):
    one = start(instance("permanent"))
    for _ in range(20):
        with pytest.raises(PermanentFailure, match="bad address"):
            await one.send("n", notification())
    assert state(one)[0] == "degraded"


async def test_an_instance_nobody_configured(start):
    with pytest.raises(PermanentFailure, match="is gone"):
        await start().send("nobody", notification())


async def test_close_waits_for_no_plugin(start):
    one = start(instance("hang"), instance("quit", name="m"))
    began = time.monotonic()
    await one.close()
    assert time.monotonic() - began < 2


# ------------------------------------------------------------------ channels
def outgoing():
    return Outgoing(
        idempotency_key="k",
        kind=OutgoingKind.REPLY,
        reference="R-1",
        thread="t",
        recipient="r",
        subject="s",
        text="x",
        created_at=FakeClock().now(),
    )


async def test_a_channel_listens_and_writes(start):
    one = start(instance(role="channel", kind="room"), instance("run", role="channel", kind="room", name="broken"))
    assert (await one.write("n", outgoing())).vendor_id == "1"
    assert sorted((mounted.instance, mounted.place, mounted.root) for mounted in one.routes()) == [
        ("broken", "in", False),
        ("n", "in", True),
    ]
    await until(lambda: state(one, "broken")[0] == "quarantined")
    assert "connection lost" in state(one, "broken")[1]
    assert state(one) == ("ok", "")


async def test_a_channel_without_a_chat_announces_nothing(start):
    host = start(instance(role="channel", kind="room"))
    for call in (host.announce("n", None), host.arrange("n", None), host.announce("nowhere", None)):
        with pytest.raises(PermanentFailure, match=r"no chat for responders|is gone"):
            await call


async def test_a_channel_that_opens_no_issues_says_so(start):
    host = start(instance(role="channel", kind="room"))
    assert host.issue_channels() == []
    for name in ("n", "nowhere"):
        with pytest.raises(PermanentFailure, match=r"opens no issues|is gone"):
            await host.open_issue(name, None)


async def test_a_channel_that_fails_to_write_says_so(start):
    one = start(instance("temporary", role="channel", kind="room"), instance("create", "channel", "room", "never"))
    with pytest.raises(TemporaryFailure, match="later"):
        await one.write("n", outgoing())
    assert state(one)[0] == "degraded"
    with pytest.raises(PermanentFailure, match="channel 'never' cannot be used: "):
        await one.write("never", outgoing())
    with pytest.raises(PermanentFailure, match="channel 'nobody' is gone"):
        await one.write("nobody", outgoing())


# ------------------------------------------------------------------ sources
@pytest.mark.parametrize(
    ("mode", "raised", "shown"),
    [
        ("hang", TimeoutError, "degraded"),
        ("bug", KeyError, "degraded"),
        ("quit", PluginQuit, "degraded"),
        ("sender", BadRequest, "ok"),
        ("store", StoreUnavailable, "ok"),
    ],
)
async def test_a_handler_that_fails(start, mode, raised, shown):
    one = start(instance(mode, role="source", kind="src"))
    (mounted,) = one.routes()
    with pytest.raises(raised):
        await mounted.route.handler(make_request("/x"))
    assert state(one)[0] == shown


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ("ok", ("ok", "")),
        ("well", ("ok", "two topics")),
        ("unwell", ("degraded", "one topic gone")),
        ("bad condition", ("degraded", "condition: SystemExit: 3")),
    ],
)
async def test_a_source_says_how_it_is(start, mode, shown):
    assert state(start(instance(mode, "source", "src"))) == shown


async def test_routes_that_raise_are_shown(start):
    one = start(instance("routes", role="source", kind="src"), instance(role="source", kind="src", name="m"))
    assert [(mounted.instance, mounted.root) for mounted in one.routes()] == [("m", False)]
    assert "no routes" in state(one)[1]


async def test_a_task_that_fails_is_started_again_and_quarantined(start):
    Source.runs = 0
    one = start(instance("run", role="source", kind="src"))
    await until(lambda: state(one)[0] == "quarantined")
    assert Source.runs >= 5
    assert "connection lost" in state(one)[1]


# ------------------------------------------------------------------ observers
def event(seq: int) -> Event:
    return Event(seq=seq, at=FakeClock().now(), actor="a", kind="k", subject="s", data={})


async def test_observers_see_events_in_order_and_harm_only_themselves(start):
    seen: list[int] = []

    class Watching:
        @hookimpl
        def incidentd_on_event(self, event):
            seen.append(event.seq)

    class Failing:
        @hookimpl
        def incidentd_on_event(self, event):
            raise RuntimeError("no")

    good, bad = load(Watching()), load(Failing())
    one = start(found=[good, Found(name="bad", observer=bad.observer)])
    one.observe([event(seq) for seq in range(50)])
    await until(lambda: len(seen) == 50 and state(one, "bad")[0] == "quarantined")
    assert seen == list(range(50))


async def test_an_observer_that_hangs_is_cut_off(start, monkeypatch):
    monkeypatch.setattr(observers, "_CALL_SECONDS", 0.1)
    one = start(found=[Found(name="slow", observer=lambda event: time.sleep(1))])
    one.observe([event(1)])
    await until(lambda: one.health() and state(one, "slow")[0] == "failed")
    assert "cut off" in state(one, "slow")[1]


async def test_a_flooded_observer_loses_the_oldest_and_says_so(start, monkeypatch):
    monkeypatch.setattr(observers, "_QUEUE", 10)
    one = start(found=[Found(name="slow", observer=lambda event: time.sleep(0.05))])
    one.observe([event(seq) for seq in range(100)])
    assert "events were dropped" in state(one, "slow")[1]
