"""Fixtures of the e2e tests: real processes with directories and ports of their own, stopped whatever happens."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"e2e_{name}", _HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def running() -> ModuleType:
    """The module with `Incidentd`, `Program`, `eventually` and `free_port`."""
    return _load("running")


@pytest.fixture(scope="session")
def loopback() -> ModuleType:
    """The module with `Mailbox`, `Gauges` and `Recorder`."""
    return _load("loopback")


@pytest.fixture(scope="session")
def browser() -> ModuleType:
    """The module with `Browser` and `start_driver`."""
    return _load("browser")


@pytest.fixture
def stack() -> Iterator[contextlib.ExitStack]:
    """What is entered or registered here ends after the test, the last one first."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def make_daemon(running, stack, tmp_path, sqlite_template) -> Callable[..., Any]:
    """Make an `Incidentd` that is stopped after the test; `start()` is the caller's.

    It finds a database without rows: forty migrations took a third of a start. A first start has tests of its own.
    """
    made: list[Any] = []

    def make(**options: Any) -> Any:
        daemon = running.Incidentd(tmp_path / f"d{len(made)}", **options)
        shutil.copyfile(sqlite_template, daemon.home / "state" / "incidentd.db")
        made.append(daemon)
        stack.callback(daemon.close)
        return daemon

    return make


@pytest.fixture
def daemon(make_daemon) -> Any:
    """A running daemon: nobody waits for groups, `ada` is the caller and is paged by the log."""
    return make_daemon().start()


@pytest.fixture
def run_program(running, stack, tmp_path) -> Callable[..., Any]:
    """Start a program that is stopped after the test."""

    def run(name: str, *command: str | Path, **options: Any) -> Any:
        program = running.Program(name, command, tmp_path / f"{name}.log", **options)
        stack.callback(program.stop)
        return program

    return run


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """The path of a program; skips the test, loudly, when it is not installed."""

    def path_of(program: str) -> str:
        found = shutil.which(program)
        if found is None:
            message = f"{program} is NOT INSTALLED: this test proves nothing here (see tests/e2e/install-debian.sh)"
            warnings.warn(message, stacklevel=2)
            pytest.skip(message)
        return found

    return path_of


@pytest.fixture
def mailbox(loopback, stack) -> Any:
    """A running SMTP server."""
    return stack.enter_context(loopback.Mailbox())


@pytest.fixture
def recorder(loopback, stack) -> Any:
    """A running HTTP server that records and answers by script."""
    return stack.enter_context(loopback.Recorder())


@pytest.fixture
def browsers(browser, stack, run_program, needs) -> Callable[..., Any]:
    """Open sessions of a real headless Chromium; they are closed after the test."""
    port = browser.start_driver(run_program, needs)

    def make(**options: Any) -> Any:
        session = browser.Browser(port, **options)
        stack.callback(session.close)
        return session

    return make
