"""Import rules that import-linter cannot say: exact allow-lists, purity of the domain, and what a start-up loads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

IO_MODULES = {
    "aiohttp",
    "aiosqlite",
    "asyncio",
    "asyncpg",
    "click",
    "http",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "pluggy",
    "random",
    "secrets",
    "selectors",
    "shutil",
    "signal",
    "socket",
    "sqlalchemy",
    "sqlite3",
    "ssl",
    "structlog",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uvloop",
}
CLOCK_READS = {"now", "utcnow", "today"}


def imported(tree: ast.Module) -> list[tuple[int, str]]:
    """(line, dotted name) of every import in `tree`, those inside functions included."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # `from incidentd import storage` imports incidentd.storage
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def test_plugins_import_the_public_api_only(source):
    wrong = [
        f"{source.name(path)}:{line} imports {name}"
        for path in source.modules("plugins")
        for line, name in imported(source.tree(path))
        if name.partition(".")[0] == "incidentd" and not within(name, "incidentd.plugin")
    ]
    assert wrong == []


def is_daemon_side(path: Path) -> bool:
    """Whether `path` is a part of `incidentd`, which starts the daemon, and not of `incidentctl`."""
    return path.parent.name == "cli" and path.stem in {
        "daemon",
        "demo",
        "imports",
        "own_configuration",
        "database_files",
        "migrate_store",
    }


def test_cli_and_tui_see_the_client_side_only(source):
    allowed = ["client", "unixsocket", "wire", "domain", "cli", "clock", "h1", "lexicon", "runbooks", "spool", "sse"]
    wrong = [
        f"{source.name(path)}:{line} imports {name}"
        for path in source.modules("incidentd/cli", "tui")
        for line, name in imported(source.tree(path))
        if within(name, "incidentd")
        and not is_daemon_side(path)
        and not any(within(name, f"incidentd.{part}") for part in allowed)
    ]
    assert wrong == []


def test_the_domain_does_no_input_or_output_and_reads_no_clock(source):
    wrong = []
    for path in source.modules("incidentd/domain"):
        tree = source.tree(path)
        wrong += [
            f"{source.name(path)}:{line} imports {name}"
            for line, name in imported(tree)
            if any(within(name, module) for module in IO_MODULES)
        ]
        wrong += [
            f"{source.name(path)}:{node.lineno} reads the clock: take `now` as a parameter"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCK_READS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"datetime", "date"}
        ]
    assert wrong == []


HEAVY = {
    "aiohttp", "aiosmtplib", "aiosqlite", "alembic", "apprise", "asyncpg", "pluggy", "prometheus_client", "pydantic",
    "rich", "sqlalchemy", "structlog", "textual", "uvloop",
}  # fmt: skip
BEHIND_THE_SOCKET = {"incidentd.daemon", "incidentd.services", "incidentd.storage", "incidentd.plugin"}
LOADS = [
    # what is started, and what it must not load
    ("import incidentd.cli.ctl", HEAVY | BEHIND_THE_SOCKET),
    ("import incidentd.wire, incidentd.client", HEAVY),
    ("import incidentd.plugin", {"aiohttp", "sqlalchemy", "textual", "apprise", "incidentd.storage"}),
    ("import incidentd.daemon", {"alembic", "apprise", "textual", "incidentd_tui"}),  # structlog takes rich along
    ("import incidentd_tui.__main__", HEAVY),  # the first frame is drawn before Textual is imported
    ("import incidentd_tui.app", HEAVY - {"textual", "rich"}),
]


def loaded_by(start: str, directory: Path) -> set[str]:
    """The modules of a fresh interpreter that ran `start` outside the checkout."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{start}\nprint(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=directory,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(("start", "banned"), LOADS, ids=[start for start, _ in LOADS])
def test_a_start_loads_no_more_than_it_needs(start, banned, tmp_path):
    assert sorted(banned & loaded_by(start, tmp_path)) == []


def test_no_command_of_incidentctl_loads_what_is_behind_the_socket(source, tmp_path):
    """Its groups are imported when they are used, so each of them has to be looked at."""
    modules = [path.stem for path in source.modules("incidentd/cli") if not is_daemon_side(path)]
    assert "ctl" in modules
    start = "\n".join(f"import incidentd.cli.{name}" for name in modules if name != "__init__")
    assert sorted((HEAVY | BEHIND_THE_SOCKET) & loaded_by(start, tmp_path)) == []


def test_the_tools_know_every_package(source):
    """A new plugin that import-linter or the wheel does not know would escape every rule."""
    project = source.pyproject()
    packages = {"incidentd", "incidentd_tui"} | {path.name for path in source.plugins()}
    assert set(project["tool"]["importlinter"]["root_packages"]) == packages
    shipped = {path.rpartition("/")[2] for path in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert shipped == packages
    entry_points = project["project"]["entry-points"]["incidentd"]
    assert entry_points == {path.name.removeprefix("incidentd_"): path.name for path in source.plugins()}
    contracts = {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    plugins = {path.name for path in source.plugins()}
    assert set(contracts["plugins-independent"]["modules"]) == plugins
    assert set(contracts["textual"]["source_modules"]) == plugins | {"incidentd"}
