"""How `--dist loadgroup` shares tests out: those of a module that is marked `xdist_group` run in one process, in order.

pytest-xdist 3.8 does it by a suffix of the node id, which pytest 9.2 no longer takes from there: every test was shared
out by itself, and those that go on where the one before ended found another machine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_MARK = "pytest.mark.xdist_group("


class ByMarkedModule(LoadScopeScheduling):  # type: ignore[misc]
    """What is not marked is shared out one by one."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if _is_marked(self.config.rootpath / module) else nodeid


@cache
def _is_marked(module: Path) -> bool:
    return _MARK in module.read_text(encoding="utf-8")


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByMarkedModule | None:
    """Asked in the process that shares out."""
    return ByMarkedModule(config, log) if config.getoption("dist") == "loadgroup" else None
