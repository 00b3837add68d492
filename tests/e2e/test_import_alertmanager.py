"""An imported routing tree sends alerts where the real Alertmanager says it would."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import pytest

from incidentd.domain.routing import matching_routes
from incidentd.importers.alertmanager import read_alertmanager
from incidentd.importers.directory import write_directory
from incidentd.settings import load_configuration

pytestmark = pytest.mark.e2e
RICH = Path(__file__).parents[1] / "importers" / "rich.yml"
LABELS = {
    "alertname": ("Watchdog", "DiskFull"),
    "service": ("web", "front.end", "frontXend"),
    "severity": ("critical", "info"),
    "env": ("test", ""),
    "instance": ("db.example.org:9100", ""),
}


def test_the_example_is_what_a_real_alertmanager_takes(needs, tmp_path):
    done = subprocess.run(
        [needs("amtool"), "check-config", str(RICH)],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 inhibit rules" in done.stdout


def test_every_alert_goes_where_amtool_says(needs, tmp_path):
    amtool = needs("amtool")
    found = read_alertmanager(RICH, tmp_path / "out")
    write_directory(tmp_path / "out", found.files, found.secrets, RICH.name)
    root = load_configuration(tmp_path / "out", {"HOME": str(tmp_path)}).process.route
    ends = set()
    for values in itertools.product(*LABELS.values()):
        labels = {name: value for name, value in zip(LABELS, values, strict=True) if value}
        told = subprocess.run(
            [amtool, "config", "routes", "test", f"--config.file={RICH}", *(f"{n}={v}" for n, v in labels.items())],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        receivers = ",".join(route.name or root.name for route in matching_routes(root, labels))
        assert receivers == told.stdout.strip(), labels
        ends.add(receivers)
    assert len(ends) >= 5, "the labels tell routes apart"
