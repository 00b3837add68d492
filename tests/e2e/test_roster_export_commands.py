"""The commands of docs/from-oncall-opsgenie-pagerduty.md fetch an export that is imported as it stands.

They run in a real shell with curl and jq, against a server on loopback that answers what the samples hold.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from incidentd.importers.oncall import read_oncall
from incidentd.importers.opsgenie import read_opsgenie
from incidentd.importers.pagerduty import read_pagerduty

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "importers"
PAGE = ROOT / "docs" / "from-oncall-opsgenie-pagerduty.md"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
Answer = Callable[[str, dict[str, str], str], Any]


def documents(path: Path) -> list[Any]:
    """What stands one after another in a file; nothing without one."""
    text, at, found = path.read_text(encoding="utf-8") if path.exists() else "", 0, []
    while at < len(text):
        value, at = json.JSONDecoder().raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def script(heading: str) -> str:
    """The shell block below a heading of the page."""
    found = re.search(rf"### {heading}\n.*?```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, heading
    return found[1]


# ------------------------------------------------------------------ what the vendors answer
def oncall(path: str, query: dict[str, str], base: str) -> Any:
    found = documents(SAMPLES / "oncall" / f"{path.removeprefix('/api/v1/').strip('/')}.json")
    number = int(query.get("page", 1))
    more = f"{base}{path}?perpage=100&page={number + 1}" if number < len(found) else None
    return found[number - 1] | {"next": more}


def opsgenie(path: str, query: dict[str, str], base: str) -> Any:
    here, parts = SAMPLES / "opsgenie", path.strip("/").split("/")
    if parts == ["teams"]:
        return {"data": [{"id": one["data"]["id"]} for one in documents(here / "teams.json")]}
    if len(parts) == 1:
        found = documents(here / f"{parts[0]}.json")
        at = int(query.get("offset", 0))
        paging = {"next": f"{base}{path}?offset={at + 1}"} if at + 1 < len(found) else {}
        return found[at] | {"paging": paging}
    if parts[0] == "teams" and len(parts) == 2:
        return next(one for one in documents(here / "teams.json") if one["data"]["id"] == parts[1])
    below = documents(here / parts[2].replace("-", "_") / f"{parts[1]}.json")
    if parts[2] == "notification-rules" and len(parts) == 3:
        return {"data": [{"id": one["data"]["id"]} for one in below]}
    if parts[2] == "notification-rules":
        return next(one for one in below if one["data"]["id"] == parts[3])
    return below[0] if below else {"data": []}


def pagerduty(path: str, query: dict[str, str], base: str) -> Any:
    here, parts = SAMPLES / "pagerduty", path.strip("/").split("/")
    if parts == ["schedules"]:
        return {
            "schedules": [{"id": one["schedule"]["id"]} for one in documents(here / "schedules.json")],
            "more": False,
        }
    if len(parts) == 1:
        return documents(here / f"{parts[0]}.json")[int(query["offset"]) // 100]
    if len(parts) == 2:
        return next(one for one in documents(here / "schedules.json") if one["schedule"]["id"] == parts[1])
    if parts[2] == "overrides":
        assert query["since"] < query["until"]
    below = documents(here / parts[2] / f"{parts[1]}.json")
    if below or parts[2] != "members":
        return below[0] if below else {parts[2]: []}
    users = [one for page in documents(here / "users.json") for one in page["users"]]
    return {
        "members": [{"user": one} for one in users if any(t["id"] == parts[1] for t in one["teams"])],
        "more": False,
    }


@pytest.fixture
def serve() -> Iterator[Callable[[Answer, str], str]]:
    """Serve answers on loopback to whoever shows the key; gives the address."""
    running: list[ThreadingHTTPServer] = []

    def serve(answer: Answer, key: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                known = self.headers["Authorization"] == key
                body = json.dumps(answer(parts.path, query, base) if known else {"message": "no"}).encode()
                self.send_response(200 if known else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Silence."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        base = f"http://127.0.0.1:{server.server_port}"
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return base

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("heading", "answer", "read", "key", "host"),
    [
        ("Grafana OnCall", oncall, read_oncall, "s3cret", ""),
        ("Opsgenie", opsgenie, read_opsgenie, "GenieKey s3cret", "https://api.opsgenie.com/v2"),
        ("PagerDuty", pagerduty, read_pagerduty, "Token token=s3cret", "https://api.pagerduty.com"),
    ],
)
def test_the_commands_fetch_what_is_imported(needs, serve, tmp_path, heading, answer, read, key, host):
    needs("curl")
    needs("jq")
    base = serve(answer, key)
    text = script(heading)
    assert host in text
    done = subprocess.run(
        ["sh", "-eu", "-c", text.replace(host, base) if host else text],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "URL": base, "TOKEN": "s3cret", "KEY": "s3cret"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found, sample = read(tmp_path / "export", NOW), read(SAMPLES / answer.__name__, NOW)
    assert found.files == sample.files
    assert len(found.report.findings) == len(sample.report.findings)
