"""Third-party plugins that hang, exit, flood or do not import: the daemon serves on, pages go out, and it is shown."""

import json
import os

import pytest

FAULTY = """
import asyncio, logging, time
from incidentd.plugin import AdapterConfig, AdapterType, AlertSource, Notifier, Receipt, TemporaryFailure, hookimpl

class Faulty(Notifier):
    def __init__(self, config, context): pass

class Hangs(Faulty):
    async def send(self, notification): await asyncio.sleep(3600)

class Blocks(Faulty):
    async def send(self, notification): time.sleep(2.5); return Receipt()

class Exits(Faulty):
    async def send(self, notification): raise SystemExit(3)

class Floods(Faulty):
    async def send(self, notification):
        for _ in range(2000): logging.getLogger("floods").warning("y" * 1000)
        raise TemporaryFailure("z" * 5_000_000)

class ExitingSource(AlertSource):
    def __init__(self, config, context): pass
    def routes(self): return ()
    async def run(self): raise SystemExit(4)

def kind(name, create): return AdapterType(id=name, config=AdapterConfig, create=create, summary="faulty")

@hookimpl
def incidentd_notifiers():
    return [kind("hangs", Hangs), kind("blocks", Blocks), kind("exits", Exits), kind("floods", Floods)]

@hookimpl
def incidentd_sources():
    return [kind("exits", ExitingSource)]
"""
BROKEN = 'raise SystemExit("cannot be imported")\n'
ROSTER = """
[people.ada]
contacts = [{{ notifier = "{faulty}" }}]
[people.bob]
contacts = [{{ notifier = "sink" }}]
[policies.default]
steps = [{{ targets = ["person:ada", "person:bob"], delay = "1h" }}]
"""
PROCESS = '[route]\ngroup_wait = "0s"\ngroup_by = ["number"]\n'


def install(directory, name: str, code: str) -> None:
    """Put a distribution with one plugin into `directory`, as pip would."""
    (directory / f"{name}.py").write_text(code)
    info = directory / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[incidentd]\n{name} = {name}\n")


@pytest.fixture
def plugins(daemon, tmp_path):
    """A directory of plugins that the daemon finds."""
    directory = tmp_path / "plugins"
    directory.mkdir()
    daemon.environ["PYTHONPATH"] = os.fspath(directory)
    install(directory, "faulty_plugin", FAULTY)
    return directory


def configure(daemon, sink, faulty: str, more: str = "") -> None:
    main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n[notifiers.{faulty}]\ntype = "{faulty}"\n'
    daemon.configure(main=main + more, roster=ROSTER.format(faulty=faulty), process=PROCESS)


def alert(number: int) -> dict:
    return {"labels": {"alertname": "fault", "number": str(number)}, "endsAt": "2100-01-01T00:00:00Z"}


def paged(sink) -> set[str]:
    return {json.loads(request.body)["labels"]["number"] for request in sink.requests}


async def adapter(daemon, instance: str, role: str = "notifier"):
    return next(one for one in (await daemon.health()).adapters if (one.instance, one.role) == (instance, role))


@pytest.mark.parametrize("faulty", ["hangs", "blocks", "exits", "floods"])
async def test_a_bad_notifier_holds_up_nobody_else(daemon, sink, session, eventually, plugins, faulty):
    configure(daemon, sink, faulty)
    await daemon.start()
    for number in range(3):
        assert await daemon.post(session, [alert(number)]) == 200
    await eventually(lambda: paged(sink) == {"0", "1", "2"}, 15, "every page at the good notifier")
    assert daemon.running
    health = await daemon.health()
    assert health.alerts_firing == 3
    if faulty in ("exits", "floods"):
        shown = await adapter(daemon, faulty)
        assert shown.state in ("degraded", "quarantined")
        assert len(shown.detail) < 1000
        assert any(faulty in problem for problem in health.problems)
    if faulty == "blocks":
        await eventually(lambda: b"event_loop_stalled" in daemon.log.read_bytes(), 15, "the stall in the log")
        assert b"faulty_plugin.py" in daemon.log.read_bytes()


@pytest.mark.faults
async def test_a_notifier_that_hangs_is_shown(daemon, sink, session, eventually, plugins):
    configure(daemon, sink, "hangs")
    await daemon.start()
    assert await daemon.post(session, [alert(1)]) == 200

    async def shown() -> bool:
        return (await adapter(daemon, "hangs")).state == "degraded"

    await eventually(shown, 30, "the hanging notifier stands in health")
    assert "no answer within" in (await adapter(daemon, "hangs")).detail


async def test_plugins_that_do_not_import_are_shown(daemon, sink, session, eventually, plugins):
    install(plugins, "broken_plugin", BROKEN)
    configure(daemon, sink, "hangs", '[sources.late]\ntype = "exits"\n[sources.gone]\ntype = "not_there"\n')
    await daemon.start()
    assert await daemon.post(session, [alert(1)]) == 200
    await eventually(lambda: paged(sink) == {"1"}, 15, "the page")

    async def stopped() -> bool:
        return (await adapter(daemon, "late", "source")).state != "ok"

    await eventually(stopped, 10, "the source that exits stands in health")
    health = await daemon.health()
    text = " ".join(health.problems)
    assert "broken_plugin" in text
    assert "cannot be imported" in text
    assert (await adapter(daemon, "gone", "source")).state == "missing"
