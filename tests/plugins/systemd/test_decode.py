"""Unit names as systemd.unit(5) has them, and what is said of a unit."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest

from incidentd.plugin import BadRequest, Signal, SignalKind
from incidentd_systemd.config import SystemdConfig
from incidentd_systemd.decode import display_unit, read_statement, unit_signal

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def signal(service: str = "", **said: Any) -> Signal:
    body = {"unit": "backup.service", "host": "db-1", "state": "failed", **said}
    return unit_signal(read_statement(json.dumps(body).encode()), SystemdConfig(), service, AT)


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("backup.service", "backup.service"),
        (r"my\x2dapp.service", "my-app.service"),
        (r"getty@tty1.service", "getty@tty1.service"),
        (r"backup@srv-my\x2ddata.service", "backup@srv-my-data.service"),
        (r"caf\xc3\xa9.service", "café.service"),
        (r"bad\xff.service", "bad\ufffd.service"),
        (r"x\x00y.service", "x\u2400y.service"),
        (r"a\x5cx2db.service", r"a\x2db.service"),
        ("-.mount", "/ (mount)"),
        (r"srv-my\x2ddata.mount", "/srv/my-data (mount)"),
        (r"dev-disk-by\x2duuid-ab\x2dcd.swap", "/dev/disk/by-uuid/ab-cd (swap)"),
        (r"half\x2.service", r"half\x2.service"),
        ("nodot", "nodot"),
    ],
)
def test_a_name_for_people(unit: str, shown: str) -> None:
    assert display_unit(unit) == shown


@pytest.mark.skipif(shutil.which("systemd-escape") is None, reason="systemd-escape is not installed")
@pytest.mark.parametrize("path", ["/", "/srv", "/srv/my-data", "/dev/disk/by-uuid/a b", "/mnt/é\\x", "/.hidden/x"])
def test_it_undoes_what_systemd_does_to_paths(path: str) -> None:
    done = subprocess.run(
        ["systemd-escape", "--path", "--suffix=mount", path], capture_output=True, text=True, check=True
    )
    assert display_unit(done.stdout.strip()) == f"{path} (mount)"


def test_a_failure_with_everything() -> None:
    unit = r"my\x2dapp@a\x2db.service"
    found = signal(
        unit=unit,
        properties={"Description": "My app", "Result": "exit-code", "ExecMainStatus": "3", "ActiveState": "failed"},
        journal="one\ntwo",
    )
    assert (found.kind, found.key, found.starts_at) == (SignalKind.FIRING, f"db-1/{unit}", AT)
    assert found.labels == {
        "alertname": "SystemdUnitFailed",
        "severity": "critical",
        "host": "db-1",
        "unit": unit,
        "template": r"my\x2dapp@.service",
    }
    assert found.annotations == {
        "summary": "my-app@a-b.service failed on db-1 (exit-code, status 3)",
        "description": "My app",
        "unit_name": "my-app@a-b.service",
        "active_state": "failed",
        "result": "exit-code",
        "exec_main_status": "3",
        "journal": "one\ntwo",
    }


def test_a_recovery_ends_the_same_alert() -> None:
    found = signal(state="recovered", why="it is active again")
    assert (found.kind, found.key, found.ends_at) == (SignalKind.RESOLVED, signal().key, AT)
    assert found.annotations == {"summary": "backup.service on db-1 is well: it is active again"}


def test_what_people_see_alike_is_not_one_unit() -> None:
    keys = {signal(unit=unit).key for unit in (r"a\x2db.service", "a-b.service")}
    keys |= {signal(host="other").key, signal("web").key, signal().key}
    assert len(keys) == 5
    assert signal("web").labels["service"] == "web"


def test_without_properties_the_sentence_says_no_more() -> None:
    assert signal().annotations["summary"] == "backup.service failed on db-1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": "sad"}, "state"),
        ({"unit": ""}, "unit"),
        ({"unit": "a b.service"}, "unit"),
        ({"unit": "a/b.service"}, "unit"),
        ({"unit": "x" * 256}, "unit"),
        ({"host": " "}, "host"),
        ({"host": "a/b"}, "host"),
        ({"properties": {f"P{n}": "x" for n in range(41)}}, "properties"),
        ({"journal": 5}, "journal"),
    ],
)
def test_a_fault_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        signal(**change)
    assert caught.value.field == field
