"""The units are what systemd itself accepts, and as strict as the documentation says."""

import configparser
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from incidentd.cli.own_configuration import EXIT_CONFIGURATION, EXIT_PASSING, EXIT_UNAVAILABLE
from incidentd.serving import EXIT_DISK

EXIT_USAGE = click.UsageError.exit_code
UNITS = Path(__file__).parents[2] / "systemd"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )


def version() -> int:
    return int(analyze("--version").stdout.split()[1])


@pytest.fixture
def units(tmp_path) -> Path:
    """The units with programs that exist here: `verify` looks for them. The drop-ins for every service are in place."""
    program = shutil.which("true")
    shutil.copytree(UNITS / "every-service", tmp_path, dirs_exist_ok=True)
    for path in UNITS.glob("incidentd*"):
        text = path.read_text()
        for name in ("incidentd", "incidentctl"):
            text = text.replace(f"/opt/incidentd/bin/{name} ", f"{program} ")
        (tmp_path / path.name).write_text(text)
    return tmp_path


@needs_systemd
def test_systemd_accepts_every_unit(units):
    for unit in sorted(path for path in units.iterdir() if path.is_file()):
        path = unit if "@" not in unit.name else unit.rename(unit.with_name(unit.name.replace("@", "@backup")))
        done = analyze("verify", "--man=no", path)
        complaints = [line for line in done.stderr.splitlines() if "incidentd" in line]
        assert complaints == [], done.stderr
        assert done.returncode == 0, done.stderr


@needs_systemd
@pytest.mark.parametrize(
    ("name", "since", "complaint"),
    [("notify-reload.conf", 253, "Failed to parse service type"), ("restart-steps.conf", 254, "Unknown key")],
)
def test_a_drop_in_is_for_a_newer_systemd_only(units, name, since, complaint):
    drop_in = units / "incidentd.service.d"
    drop_in.mkdir()
    shutil.copy(UNITS / name, drop_in)
    said = analyze("verify", "--man=no", units / "incidentd.service").stderr
    complaints = [line for line in said.splitlines() if "incidentd" in line]
    assert bool(complaints) == (version() < since)
    assert [line for line in complaints if complaint not in line] == []


@needs_systemd
def test_the_service_is_locked_in(units):
    done = analyze("security", "--offline=true", "--threshold=15", units / "incidentd.service")
    assert done.returncode == 0, done.stdout[-3000:]


def unit(name: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string((UNITS / name).read_text())
    return found


def test_a_restart_is_never_given_up():
    service = unit("incidentd.service")
    assert service["Service"]["Restart"] == "always"
    assert service["Unit"]["StartLimitIntervalSec"] == "0"


def test_what_a_restart_cannot_mend_is_not_restarted():
    """And nothing else: each of these asks somebody to do something."""
    service = unit("incidentd.service")
    asks = {EXIT_USAGE, EXIT_UNAVAILABLE, EXIT_CONFIGURATION}
    assert {int(code) for code in service["Service"]["RestartPreventExitStatus"].split()} == asks
    assert not asks & {EXIT_PASSING, EXIT_DISK}
    down = unit(service["Unit"]["OnFailure"])
    assert down["Unit"]["Conflicts"] == service["Service"]["Sockets"]


def test_peers_keep_their_identity():
    assert unit("incidentd.service")["Service"]["PrivateUsers"] == "no"


def test_the_sockets_carry_the_names_the_daemon_looks_for():
    assert unit("incidentd-api.socket")["Socket"]["FileDescriptorName"] == "api"
    assert unit("incidentd-ingress.socket")["Socket"]["FileDescriptorName"] == "ingress"


def test_the_failure_handler_asks_for_no_handler_of_its_own():
    name = "incidentd-on-failure.conf"
    assert not unit("incidentd-unit-failed@.service").has_option("Unit", "OnFailure")
    assert unit(f"every-service/service.d/{name}")["Unit"]["OnFailure"] == "incidentd-unit-failed@%n.service"
    assert not unit(f"every-service/incidentd-unit-failed@.service.d/{name}").sections()


def test_the_daemon_leaves_no_core_dump():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read(UNITS / "incidentd.service")
    assert unit["Service"]["LimitCORE"] == "0"
