"""docs/template-plugin is built, installed by pip and run as a third party would, then passes its own tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATE = Path(__file__).parents[2] / "docs" / "template-plugin"


@pytest.fixture(scope="module")
def installed_plugin(tmp_path_factory) -> Path:
    """A directory that pip installed the template into, from a copy that lies outside the checkout."""
    work = tmp_path_factory.mktemp("template")
    shutil.copytree(TEMPLATE, work / "source", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    target = work / "installed"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-index", "--no-build-isolation", "--target", str(target), str(work / "source")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=installed.parent / "source",
    )


def test_its_entry_point_is_found(installed_plugin):
    script = "from importlib.metadata import entry_points as e; print(e(group='incidentd')['example'].load().__file__)"
    done = run(installed_plugin, "-c", script)
    assert done.stdout.strip().startswith(str(installed_plugin)), done.stderr


def test_its_own_tests_pass(installed_plugin):
    done = run(installed_plugin, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
