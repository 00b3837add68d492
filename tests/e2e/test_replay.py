"""`incidentctl replay` against a real daemon: a process of its own, faults of edited files, the table and the JSON."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.e2e

EDITED = """
[route]
group_wait = "0s"
[[route.routes]]
name = "quiet"
match = ["alertname=DiskFull"]
page = false
"""


@pytest.fixture
def daemon(make_daemon, running):
    return make_daemon(roster=running.ADA_BY_LOG).start()


@pytest.fixture
def paged(daemon, running):
    """A daemon that has paged ada about one alert."""
    assert daemon.ctl("alert", "send", "DiskFull").returncode == 0
    running.eventually(lambda: json.loads(daemon.ctl("--json", "page", "list").stdout)["pages"], "it is paged")
    return daemon


def test_a_dropped_page(paged, tmp_path):
    edited = tmp_path / "new.toml"
    edited.write_text(EDITED)
    done = paged.ctl("--timeout", "30", "replay", "--since", "1h", "--config", str(edited))
    assert done.returncode == 0, done.stderr
    assert "1 dropped" in done.stdout
    assert "its route pages nobody" in done.stdout
    assert "1 pages were really sent, 1 of them are alike" in done.stdout
    (change,) = json.loads(paged.ctl("--json", "replay", "--config", str(edited)).stdout)["changes"]
    assert (change["kind"], change["id"]) == ("dropped", "P-1")
    explained = paged.ctl("replay", "--config", str(edited), "--explain", "1").stdout
    assert "paging ada by log" in explained.split("A-1 after")[0]


def test_faults_of_an_edited_file(paged, tmp_path):
    edited = tmp_path / "new.toml"
    edited.write_text('[route]\ngroup_wiat = "3s"\n')
    done = paged.ctl("replay", "--config", str(edited))
    assert done.returncode == 2
    assert f'{edited}:2: route.group_wiat: unknown key — did you mean "group_wait"?' in done.stderr
    assert "nothing was replayed" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name what you edited"),
        (["--config", "/nowhere"], "does not exist"),
        (["--config", "/"], "holds no process.toml"),
        (["--since", "soon", "--config", "/"], "is not a time"),
    ],
)
def test_a_wrong_command_line(daemon, arguments, says):
    done = daemon.ctl("replay", *arguments)
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr
