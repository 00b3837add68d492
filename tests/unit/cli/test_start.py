"""A command must feel instant: what a whole run loads."""

import subprocess
import sys

import pytest

from incidentd import wire

HEAVY = {
    "aiohttp", "aiosqlite", "asyncio", "incidentd.client", "incidentd.daemon", "incidentd.domain.incidents",
    "incidentd.plugin", "incidentd.services", "incidentd.storage", "pydantic", "rich", "shutil", "sqlalchemy",
    "structlog", "textual", "uvloop", "zoneinfo",
}  # fmt: skip
RUN = """
import sys
from incidentd.cli import ctl
code = ctl.run(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""


def loaded(api, *words):
    command = [sys.executable, "-c", RUN, "--socket", api.socket_path, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "line",
    ["alert trace 12", "alert list", "page ack 3", "incident show 4", "incident timeline 4", "incident note 4 x",
     "events", "health", "oncall", "api GET /v1/info"],
)  # fmt: skip
def test_a_run_loads_no_more_than_it_needs(line, api, canned):
    api.on("GET", "/v1/alerts/12/trace", canned.trace())
    api.on("GET", "/v1/alerts", wire.AlertPage(alerts=(canned.alert(),), next_cursor="", total=1))
    api.on("POST", "/v1/pages/3/acknowledge", canned.page())
    api.on("GET", "/v1/pages/3", canned.page_detail())
    api.on("GET", "/v1/incidents/4", canned.incident_detail())
    api.on("GET", "/v1/incidents/4/timeline", wire.Timeline(entries=(canned.entry(),)))
    api.on("POST", "/v1/incidents/4/notes", canned.entry())
    api.on("GET", "/v1/events", wire.EventPage(events=(canned.event(),), last_seq=1))
    api.on("GET", "/v1/health", canned.health())
    api.on("GET", "/v1/oncall", canned.oncall())
    api.on("GET", "/v1/info", canned.info())
    modules = loaded(api, *line.split())
    assert "incidentd.cli.ctl" in modules
    assert sorted(HEAVY & modules) == []


@pytest.mark.parametrize("words", [["--help"], ["completion", "bash"]])
def test_help_loads_no_group(words, api):
    modules = loaded(api, *words)
    assert not {"incidentd.cli.alerts", "incidentd.cli.incidents", "incidentd.cli.pages"} & modules
    assert sorted((HEAVY - {"shutil"}) & modules) == []


def test_the_language_lint_loads_no_more_than_it_needs(api, tmp_path):
    (tmp_path / "review.md").write_text("The pod failed to start.")
    modules = loaded(api, "lint", str(tmp_path / "review.md"))
    assert "incidentd.lexicon" in modules
    assert sorted((HEAVY | {"incidentd.domain.process", "markdown_it", "tempfile"}) & modules) == []


def test_a_shim_that_spools_loads_no_more_than_it_needs(api, tmp_path, monkeypatch):
    monkeypatch.setenv("INCIDENTD_SPOOL", str(tmp_path))
    words = ["nagios", "-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=x", "--url", "http://127.0.0.1:1"]
    modules = loaded(api, *words)
    assert len(list(tmp_path.glob("*.json"))) == 1
    assert sorted((HEAVY | {"subprocess", "json.tool"}) & modules) == []
