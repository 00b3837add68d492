"""What SQLite was asked is asked of PostgreSQL too: held at the end of a run of the whole suite.

Most service tests run on SQLite alone (see `both_engines` in pyproject.toml), which is sound as long as every function
that asks a database something does so on PostgreSQL in some other test. A whole run compares the two and fails when one
does not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

_TESTS = Path(__file__).parent
_PRODUCT = str(_TESTS.parent / "incidentd") + "/"
_HELD = (_TESTS / "services", _TESTS / "storage")
_PASS_ON = tuple(f"storage/{name}.py" for name in ("batch", "driver_sql", "engines", "store", "tx"))
"""Modules that run what others ask."""
_OF_ONE_ENGINE = (
    "storage/migrate.py",
    "storage/migrations/",
    "replay/",
    "virtual_time.py",
    "storage/maintenance.py add_as",
    "storage/clock_shift.py _move",
    "storage/sizes.py _disk",
    "storage/store_move.py _sqlite",
)
"""What looks after the engine itself or one end of a move, what only a replay asks, whose database is in memory, what
moves after the clock of an only node stepped, and how full the disk of a file is."""


def who_asks(frame: FrameType | None) -> str | None:
    """The innermost function of the product in whose name something is asked: `storage/pages.py of_person`."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_PRODUCT):
            module = code.co_filename.removeprefix(_PRODUCT)
            if module not in _PASS_ON:
                return f"{module} {code.co_qualname.partition('.<locals>')[0]}"
        frame = frame.f_back
    return None


class Asked:
    """The plugin: it listens in each process, and judges in the one that collects what the others heard."""

    def __init__(self) -> None:
        self.heard: dict[str, dict[str, str]] = {"sqlite": {}, "postgresql": {}}
        self._missing: dict[str, str] = {}
        self._test = ""
        event.listen(Engine, "before_cursor_execute", self._hear)

    def _hear(self, conn: Connection, *_: Any) -> None:
        if self._test and (who := who_asks(sys._getframe(1))):
            self.heard[conn.dialect.name].setdefault(who, self._test)

    @staticmethod
    def missing(asked: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Who asks SQLite only, and a test in which it does. `asked` is engine -> function -> test."""
        return {
            who: test
            for who, test in sorted(asked["sqlite"].items())
            if who not in asked["postgresql"] and not who.startswith(_OF_ONE_ENGINE)
        }

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._test = item.nodeid if any(item.path.is_relative_to(one) for one in _HELD) else ""
        try:
            return (yield)
        finally:
            self._test = ""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended: take over what it heard."""
        for engine, found in getattr(node, "workeroutput", {}).get("asked", {}).items():
            self.heard[engine] = found | self.heard[engine]

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        config = session.config
        if hasattr(config, "workeroutput"):
            config.workeroutput["asked"] = self.heard
        elif config.args_source is config.ArgsSource.TESTPATHS and not config.option.keyword and exitstatus <= 1:
            self._missing = self.missing(self.heard)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if self._missing else exitstatus

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._missing:
            return
        terminalreporter.section("asked of SQLite only: mark one test of each with both_engines", red=True)
        for who, test in self._missing.items():
            terminalreporter.write_line(f"{who}, in {test}")
