"""What experiments with faults showed, in one table at the end of a run, and as JSON lines in $INCIDENTD_EXPERIMENTS.

An experiment counts what was lost and missed and asserts that itself; times are only told, beside what is aimed at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COLUMNS = ("experiment", "runs", "lost", "missed", "duplicated", "aimed at", "seen")
PROPERTY = "experiment"


class Experiments:
    """The plugin. Results travel with the reports of their tests, so that it makes no difference who runs them."""

    def __init__(self) -> None:
        self._shown: list[dict[str, Any]] = []

    @pytest.fixture
    def experiment(self, record_property: Callable[[str, object], None]) -> Callable[..., None]:
        """`experiment(name, runs=, lost=, missed=, duplicated=, aimed=, seen=)` keeps a line of the table.

        None means that there is nothing of the kind to count. `duplicated` is of messages under the same key.
        """

        def keep(
            name: str,
            *,
            runs: int,
            lost: int | None = 0,
            missed: int | None = 0,
            duplicated: int | None = None,
            aimed: str = "none lost, none missed",
            seen: str = "",
        ) -> None:
            values = (name, runs, lost, missed, duplicated, aimed, seen)
            record_property(PROPERTY, dict(zip(COLUMNS, values, strict=True)))

        return keep

    @pytest.fixture
    def runs(self, request: pytest.FixtureRequest) -> Callable[[int, int], int]:
        """`runs(full, quick)`: how often to do it; `full` where faults are what is being looked for."""
        marked = "faults" in str(request.config.option.markexpr).replace("not faults", "")
        return lambda full, quick: int(os.environ.get("INCIDENTD_RUNS", full if marked else quick))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what a test found, also one that failed afterwards."""
        if report.when == "teardown":
            found = [value for name, value in report.user_properties if name == PROPERTY]
            self._shown += [value for value in found if isinstance(value, dict)]

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Show the table, once: workers of a run have no terminal."""
        if not self._shown or hasattr(config, "workerinput"):
            return
        terminalreporter.section("experiments")
        for line in table(self._shown):
            terminalreporter.write_line(line)
        if path := os.environ.get("INCIDENTD_EXPERIMENTS"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in self._shown)


def table(found: list[dict[str, Any]]) -> list[str]:
    """The lines of a Markdown table."""
    rows = [COLUMNS, *(tuple("" if one[name] is None else str(one[name]) for name in COLUMNS) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
