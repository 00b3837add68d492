"""The demonstration, as `make run` shows it without a terminal."""

import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidentd.demo import scenario
from incidentd.demo.clock import ScaledClock

PROGRAM = Path(sys.executable).with_name("incidentd")


@pytest.mark.parametrize("name", scenario.names())
def test_a_scenario_is_in_order_and_has_what_a_replay_needs(name):
    chosen = scenario.load(name)
    times = [chosen.instant(fact) for fact in chosen.event]
    assert times == sorted(times)
    kinds = [fact.kind for fact in chosen.event]
    assert kinds.count("alert") == 1
    assert kinds.count("mitigation") == 1
    assert kinds.index("alert") < kinds.index("mitigation")
    end = datetime(2030, 1, 1, tzinfo=UTC)
    moved = chosen.ending_at(end)
    assert moved.instant(moved.event[-1]) == end
    assert moved.instant(moved.event[0]) - end == times[0] - times[-1]


def test_an_unknown_scenario_names_the_known_ones():
    with pytest.raises(scenario.UnknownScenario, match=r"load-balancer-1.*rate-limit"):
        scenario.load("../../etc/passwd")


def test_the_clock_is_faster_and_never_goes_back():
    start = datetime(2030, 1, 1, tzinfo=UTC)
    clock = ScaledClock(start, 3600)
    first = clock.now()
    assert start <= first
    assert clock.real_seconds_until(first + timedelta(hours=1)) == pytest.approx(1, abs=0.2)
    clock.run_at(1)
    assert first <= clock.now()
    assert clock.real_seconds_until(start) == 0


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROGRAM), "demo", *arguments], capture_output=True, text=True, timeout=60, check=False,
        stdin=subprocess.DEVNULL, env={**os.environ, "TERM": "dumb", **environ},
    )  # fmt: skip


@pytest.fixture
def short_directory():
    """An empty directory whose path leaves room for a socket's: sun_path holds 107 bytes, and tmp_path may be long."""
    with tempfile.TemporaryDirectory(prefix="d", dir="/tmp") as name:
        yield Path(name)


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_is_handled_to_its_end_and_leaves_nothing_behind(name, short_directory):
    places = {"XDG_STATE_HOME": str(short_directory / "state"), "TMPDIR": str(short_directory)}
    done = run("--scenario", name, "--speed", "3600", **places)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("Alert", "What people were sent", "Why? ", "Timeline"):
        assert f"\n{part}" in done.stdout
    assert re.search(r"^page +to (ada|lin|mei): \[critical\]", done.stdout, re.MULTILINE)
    # On a busy machine the fast clock lets the page escalate before ada's acknowledgement.
    assert re.search(r"^[a-z, ]+ (was|were) paged; ada acknowledged by link", done.stdout, re.MULTILINE)
    assert "INC-1  SEV1  resolved" in done.stdout
    assert "active → mitigated" in done.stdout
    reported = sum(fact.count for fact in scenario.load(name).event if fact.kind == "report")
    assert len(re.findall(r"^R-\d+ ", done.stdout, re.MULTILINE)) == reported
    assert ("incidentd asks: declare an incident?" in done.stdout) == (reported > 1)
    assert list(short_directory.iterdir()) == [], "the user's own daemon is not touched either"


def test_simulated_days_are_kept_for_a_daemon_to_serve(short_directory):
    kept = short_directory / "kept"
    done = run("--year", "--days", "1", "--keep", str(kept))
    assert done.returncode == 0, done.stderr
    counts = {name: int(count) for count, name in re.findall(r"^ *(\d+) (\w+)$", done.stdout, re.MULTILINE)}
    assert counts.keys() >= {"alerts", "pages", "incidents", "reports", "reviews", "experiments", "letters", "events"}
    assert counts["events"] > counts["alerts"] > 0
    assert (kept / "state" / "incidentd.db").stat().st_mode & 0o777 == 0o600
    again = run("--year", "--days", "1", "--keep", str(kept))
    assert again.returncode == 2
    assert f"{kept}/config exists" in again.stderr


def test_an_unknown_scenario_is_a_usage_error():
    done = run("--scenario", "nope")
    assert done.returncode == 2
    assert "rate-limit" in done.stderr
