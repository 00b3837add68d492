"""What a user gets: every package and data file, nothing of the repository's own."""

import configparser
import os
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def packages() -> dict[str, Path]:
    found = {"incidentd": ROOT / "incidentd", "incidentd_tui": ROOT / "tui" / "incidentd_tui"}
    return found | {path.name: path for path in (ROOT / "plugins").glob("incidentd_*") if path.is_dir()}


def files_of(package: Path) -> list[Path]:
    return [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_top_level_names(wheel_names):
    tops = {name.partition("/")[0] for name in wheel_names}
    (info,) = [top for top in tops if top.endswith(".dist-info")]
    assert tops - {info, info.replace(".dist-info", ".data")} == set(packages())


def test_every_file_of_every_package_is_shipped(wheel_names):
    missing = [
        f"{name}/{path.relative_to(package).as_posix()}"
        for name, package in packages().items()
        for path in files_of(package)
        if f"{name}/{path.relative_to(package).as_posix()}" not in wheel_names
    ]
    assert missing == []


def test_nothing_else_is_shipped(wheel_names):
    strange = [
        name for name in wheel_names if "__pycache__" in name or "/tests/" in name or name.endswith((".pyc", ".db"))
    ]
    assert strange == []


def test_the_data_files_are_there(wheel_names):
    assert any(name.startswith("incidentd_tui/") and name.endswith(".tcss") for name in wheel_names)
    assert any(name.startswith("incidentd/storage/migrations/versions/") for name in wheel_names)
    examples = {f"incidentd/examples/config/{path.name}" for path in (ROOT / "config").glob("*.toml")}
    assert {f"incidentd/examples/config/{name}.toml" for name in ("incidentd", "process", "roster")} <= examples
    examples |= {"incidentd/examples/config/prometheus-alerts.yml", "incidentd/examples/config/grafana/incidentd.json"}
    assert examples <= wheel_names
    templates = {f"incidentd/review_templates/{path.name}" for path in (ROOT / "incidentd/review_templates").iterdir()}
    assert len(templates & wheel_names) == 5
    runbooks = {f"incidentd/runbooks/pages/{path.name}" for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert len(runbooks) > 30
    assert runbooks <= wheel_names


def test_what_an_installation_copies_lies_beside_the_program(wheel_names):
    """In share/incidentd of the environment: the units and the examples, as they are here."""
    shared = {name.partition(".data/data/share/incidentd/")[2] for name in wheel_names} - {""}
    files = [*(ROOT / "systemd").rglob("*"), *(ROOT / "config").rglob("*")]
    assert shared == {path.relative_to(ROOT).as_posix() for path in files if path.is_file()}


def test_every_package_is_typed(wheel_names):
    assert {f"{name}/py.typed" for name in packages()} <= wheel_names


def read(wheel: Path, suffix: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(suffix)]
        return archive.read(name).decode()


def test_entry_points(wheel):
    found = configparser.ConfigParser()
    found.read_string(read(wheel, ".dist-info/entry_points.txt"))
    assert set(found["console_scripts"]) == {"incidentd", "incidentctl", "incidentd-tui"}
    assert dict(found["incidentd"]) == {
        name.removeprefix("incidentd_"): name for name in packages() if name not in ("incidentd", "incidentd_tui")
    }


def test_licence_and_metadata(wheel, wheel_names):
    metadata = Parser().parsestr(read(wheel, ".dist-info/METADATA"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Version"] == project["version"]
    assert metadata["Requires-Python"] == ">=3.11"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_names)
    assert "Apache License" in (ROOT / "LICENSE").read_text()


def test_an_installation_pins_what_is_tested():
    """requirements/run.txt is a part of requirements/dev.txt: the same versions, the same hashes."""

    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text()
        return {line for line in text.replace("\\\n", "").splitlines() if line and not line.lstrip().startswith("#")}

    assert pins("run.txt") <= pins("dev.txt")
    assert len(pins("run.txt")) > 40


def test_the_sdist_is_complete_and_clean(sdist_names):
    assert {
        "pyproject.toml",
        "LICENSE",
        "README.md",
        "Makefile",
        "requirements/dev.txt",
        "requirements/run.txt",
    } <= sdist_names
    assert not [name for name in sdist_names if name.startswith((".venv", ".git/", "dist")) or "__pycache__" in name]


SCRIPTS = [
    "import sys; sys.argv = ['incidentd', 'check']; from incidentd.cli.daemon import main; main()",
    "import sys; sys.argv = ['incidentctl', 'incident', '--help']; from incidentd.cli.ctl import main; main()",
    "import importlib.metadata as m; [e.load() for e in m.entry_points(group='incidentd')]",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_wheel_works_outside_the_checkout(installed, tmp_path, script):
    """The editable checkout must not lend the wheel a file it lacks."""
    probe = f"import incidentd; assert incidentd.__file__.startswith({str(installed)!r}), incidentd.__file__\n{script}"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "PYTHONPATH": str(installed), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
