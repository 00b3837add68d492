"""Fixtures of the tests under a real systemd; each module has a machine of its own."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# A receiver of webhooks inside the machine: what it is sent, headers included, is one line of JSON each.
SINK = """
import http.server, json

class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with open("/run/sent", "a") as file:
            file.write(json.dumps({"path": self.path, "headers": dict(self.headers), "body": body}) + "\\n")
        self.send_response(200)
        self.end_headers()

http.server.ThreadingHTTPServer(("127.0.0.1", 9999), Sink).serve_forever()
"""
SINK_UNIT = """[Service]
ExecStart=/opt/incidentd/bin/python -u /opt/sink.py
[Install]
WantedBy=multi-user.target
"""
AT_ONCE = '[route]\ngroup_wait = "0s"\n[limits]\nusual = []\n'
BY_HOOK = """
[people.ada]
contacts = [{ notifier = "hook" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1h" }]
"""
HOOK = '\n[notifiers.hook]\ntype = "webhook"\nurl = "http://127.0.0.1:9999/hook"\n'


@pytest.fixture(scope="session")
def scripts(machines) -> Callable[[str], Mapping[str, list[str]]]:
    """`scripts("install.md")`: the code blocks without a language, by the heading that they stand below."""

    def read(document: str) -> Mapping[str, list[str]]:
        sections = re.split(r"^## (.+)$", (machines.ROOT / "docs" / document).read_text(), flags=re.MULTILINE)[1:]
        pairs = zip(sections[::2], sections[1::2], strict=True)
        return {title: re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) for title, text in pairs}

    return read


@pytest.fixture(scope="session")
def machines() -> ModuleType:
    """The module with `Machine` and `lay_out`."""
    spec = importlib.util.spec_from_file_location("systemd_machine", Path(__file__).with_name("machine.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def boot(machines, tmp_path_factory, sqlite_template) -> Iterator[Callable[..., Any]]:
    """Boot this checkout, installed; `prepare(files)` may change what is laid over the root `lower` before.

    It finds a database without rows, as forty migrations are not what is tried here.
    """
    started: list[Any] = []

    def start(*units: str, prepare: Callable[[Path], object] = lambda files: None, lower: Path = Path("/")) -> Any:
        machine = machines.Machine(tmp_path_factory.mktemp("machine"), lower)
        machine.bound = machines.lay_out(machine.files)
        machine.enabled = (*units, "sink.service")
        state = machine.files / "var/lib/private/incidentd"
        state.mkdir(parents=True)
        state.parent.chmod(0o700)
        shutil.copyfile(sqlite_template, state / "incidentd.db")
        (machine.files / "opt/sink.py").write_text(SINK)
        (machine.files / "etc/systemd/system/sink.service").write_text(SINK_UNIT)
        etc = machine.files / "etc/incidentd"
        (etc / "roster.toml").write_text(BY_HOOK)
        (etc / "process.toml").write_text(AT_ONCE)
        with (etc / "incidentd.toml").open("a") as main:
            main.write(HOOK)
        prepare(machine.files)
        started.append(machine)
        try:
            return machine.start()
        except machines.CannotBoot as error:
            pytest.skip(str(error))

    yield start
    for machine in started:
        machine.close()
