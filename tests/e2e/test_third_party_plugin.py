"""Plugins of third parties, really installed by pip: a good one works, broken ones are shown and harm nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("third_party")]  # one process: what they share is dear

TEMPLATE = Path(__file__).parents[2] / "docs" / "template-plugin"
BROKEN_PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "incidentd-broken"
version = "0.1"
[project.entry-points.incidentd]
broken-import = "incidentd_broken.raises"
broken-exit = "incidentd_broken.leaves"
broken-missing = "incidentd_broken.not_there"
broken-hook = "incidentd_broken.nonsense"
broken-slow = "incidentd_broken.hangs"
broken-handler = "incidentd_broken.handler"
[tool.hatch.build.targets.wheel]
packages = ["incidentd_broken"]
"""
BROKEN_MODULES = {
    "__init__": "",
    "raises": "raise RuntimeError('the vendor library is not installed')\n",
    "leaves": "raise SystemExit(3)\n",
    "hangs": "import time; time.sleep(600)\n",
    "nonsense": """
from incidentd.plugin import hookimpl

@hookimpl
def incidentd_sources():
    return ["no adapter at all"]
""",
    "handler": """
import sys
import threading
from incidentd.plugin import AdapterConfig, AdapterType, AlertSource, Notifier, Route, hookimpl

class Config(AdapterConfig):
    pass

class Source(AlertSource):
    def __init__(self, config, context):
        pass

    def routes(self):
        return (Route(method="POST", path="/broken", handler=self.receive),)

    async def receive(self, request):
        raise RuntimeError("fails on every request")

class Pathless(AlertSource):
    def __init__(self, config, context):
        pass

    def routes(self):
        sys.exit("has no routes today")

class Quitting(Notifier):
    def __init__(self, config, context):
        sys.exit("cannot be made")

    async def send(self, notification):
        raise AssertionError("was never made")

@hookimpl
def incidentd_sources():
    return (
        AdapterType(id="broken-source", config=Config, create=Source, summary="fails", default_instance={}),
        AdapterType(id="pathless", config=Config, create=Pathless, summary="fails", default_instance={}),
    )

@hookimpl
def incidentd_notifiers():
    return (AdapterType(id="broken-notifier", config=Config, create=Quitting, summary="fails"),)

@hookimpl
def incidentd_on_event(event):
    sys.exit("cannot watch")
""",
}


def pip_install(source: Path, target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-index", "--no-build-isolation", "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=source.parent)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A directory that pip installed docs/template-plugin into."""
    work = tmp_path_factory.mktemp("template")
    shutil.copytree(TEMPLATE, work / "source", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    pip_install(work / "source", work / "installed")
    return work / "installed"


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> Path:
    """A directory that pip installed a package into whose plugins are broken in every way."""
    work = tmp_path_factory.mktemp("broken")
    package = work / "source" / "incidentd_broken"
    package.mkdir(parents=True)
    (work / "source" / "pyproject.toml").write_text(BROKEN_PROJECT)
    for name, text in BROKEN_MODULES.items():
        (package / f"{name}.py").write_text(text)
    pip_install(work / "source", work / "installed")
    return work / "installed"


def adapters(daemon) -> dict[str, dict]:
    return {one["instance"]: one for one in daemon.get("/v1/health")["adapters"]}


def test_the_template_takes_alerts_and_writes_to_its_room(running, make_daemon, recorder, template):
    main = """
[sources.checks]
type = "example"
token = { env = "CHECKS_TOKEN" }
severity = "warning"
[notifiers.ops-room]
type = "example-room"
url = { env = "ROOM_URL" }
"""
    roster = """
[people.ada]
contacts = [{ notifier = "ops-room", address = "ada" }]
[policies.default]
steps = [{ targets = ["person:ada"] }]
"""
    env = {"PYTHONPATH": str(template), "CHECKS_TOKEN": "tell-no-one", "ROOM_URL": f"{recorder.url}/room-secret"}
    daemon = make_daemon(main=main, roster=roster, env=env).start()
    shown = adapters(daemon)
    assert (shown["checks"]["state"], shown["ops-room"]["state"]) == ("ok", "ok")
    assert daemon.get("/v1/health")["problems"] == []

    check = json.dumps({"check": "db", "up": False, "message": "no answer"}).encode()
    assert daemon.http("POST", "/check", check).status == 401
    assert daemon.alerts() == []
    key = {"Authorization": "Bearer tell-no-one"}
    assert daemon.http("POST", "/check", check, key).status == 202
    assert daemon.http("POST", "/in/checks/check", check, key).status == 202, "also below its instance's name"
    assert daemon.http("POST", "/check", b'{"check": "db", "up": "maybe"}', key).status == 400

    (alert,) = daemon.alerts()
    assert (alert["source"], alert["severity"], alert["summary"]) == ("checks", "warning", "no answer")
    (sent,) = running.eventually(lambda: recorder.requests, "the room is written to")
    assert sent.path == "/room-secret"
    assert "@ada [page] " in json.loads(sent.body)["text"]
    assert "Acknowledge: http://127.0.0.1:" in json.loads(sent.body)["text"]

    up = json.dumps({"check": "db", "up": True}).encode()
    assert daemon.http("POST", "/check", up, key).status == 202
    running.eventually(lambda: len(recorder.requests) == 2, "the end is told")
    assert daemon.alert("CheckDown")["status"] == "resolved"
    for secret in ("tell-no-one", "room-secret"):
        assert secret not in daemon.log.read_text()
        assert secret not in json.dumps(daemon.get("/v1/health"))


def test_an_option_that_the_plugin_does_not_know_is_named_with_its_line(make_daemon, template):
    main = '[sources.checks]\ntype = "example"\ntoken = { env = "CHECKS_TOKEN" }\nseverty = "warning"\n'
    env = {"PYTHONPATH": str(template), "CHECKS_TOKEN": "tell-no-one"}
    daemon = make_daemon(main=main, env=env).start()
    shown = adapters(daemon)["checks"]
    assert shown["state"] == "failed"
    assert "severty" in shown["detail"]
    assert "incidentd.toml:6" in shown["detail"]
    assert adapters(daemon)["alertmanager"]["state"] == "ok"


def test_broken_plugins_are_shown_and_harm_nothing(running, make_daemon, broken):
    main = '[notifiers.never]\ntype = "broken-notifier"\n[notifiers.log]\ntype = "log"\n'
    main += '[sources.gone]\ntype = "not-installed"\n'
    roster = f"""
[people.ada]
os_user = "{running.ACTING_USER}"
contacts = [{{ notifier = "never" }}, {{ notifier = "log", after = "10m" }}]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "30m" }}]
"""
    daemon = make_daemon(main=main, roster=roster, env={"PYTHONPATH": str(broken)}).start()
    health = daemon.get("/v1/health")
    assert health["status"] == "degraded"
    shown = adapters(daemon)
    for name, reason in {
        "broken-import": "the vendor library is not installed",
        "broken-exit": "SystemExit",
        "broken-slow": "took longer than 10 s",
        "broken-missing": "not_there",
        "broken-hook": "str where an AdapterType was expected",
        "never": "cannot be made",
    }.items():
        assert shown[name]["state"] == "failed", shown[name]
        assert reason in shown[name]["detail"]
        assert any(name in problem for problem in health["problems"])

    assert shown["gone"]["state"] == "missing"
    assert 'no installed plugin offers the source type "not-installed"' in shown["gone"]["detail"]
    assert shown["pathless"]["state"] != "ok"
    assert "has no routes today" in shown["pathless"]["detail"]
    assert daemon.post("/broken", {}).status == 500
    running.eventually(lambda: adapters(daemon)["broken-source"]["state"] != "ok", "the failing source is shown")

    daemon.fire("DiskFull")
    page = running.eventually(
        lambda: (page := daemon.page_of("DiskFull")) and page["deliveries"][-1]["state"] == "delivered" and page,
        "the page goes by the next contact method at once",
    )
    assert [one["state"] for one in page["deliveries"]] == ["failed", "delivered"]
    running.eventually(lambda: "broken-handler" in adapters(daemon), "the plugin that quits on every event is shown")
    assert daemon.terminate() == 0


COUNTED = """
import asyncio
import os
import time
from incidentd.plugin import AdapterConfig, AdapterType, AlertSource, hookimpl

def write(word):
    with open(os.environ["COUNT_FILE"], "a") as file:
        file.write(word)

class Polling(AlertSource):
    def __init__(self, config, context):
        write("(")
        time.sleep(0.2)
        write(")")

    def routes(self):
        return ()

    async def run(self):
        write("+")
        try:
            await asyncio.Event().wait()
        finally:
            write("-")

@hookimpl
def incidentd_sources():
    return (AdapterType(id="polling", config=AdapterConfig, create=Polling, summary="polls", default_instance={}),)
"""


def test_reloads_asked_for_at_once_happen_one_after_the_other(running, make_daemon, tmp_path):
    """Overlapping ones could start the task of a source twice, and a poller that runs twice sends everything twice."""
    package = tmp_path / "path"
    (package / "counted-1.dist-info").mkdir(parents=True)
    (package / "counted-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: counted\nVersion: 1\n")
    (package / "counted-1.dist-info" / "entry_points.txt").write_text("[incidentd]\ncounted = counted\n")
    (package / "counted.py").write_text(COUNTED)
    count = tmp_path / "count"
    daemon = make_daemon(env={"PYTHONPATH": str(package), "COUNT_FILE": str(count)}).start()
    running.eventually(lambda: count.read_text() == "()+", "it polls")
    threads = [threading.Thread(target=daemon.ask, args=("POST", "/v1/reload")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    running.eventually(lambda: count.read_text().count("-") == 3, "each reload ended what ran before")
    assert "((" not in count.read_text()
    assert count.read_text().count("+") == 4
    assert daemon.terminate() == 0
    assert count.read_text().count("-") == 4
