"""Every input that was kept is read again, and a few changes of each: what broke once breaks nothing any more."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CHANGES = 6
"""For each target in `make test`; `make fuzz` makes as many as its time allows."""


def load(name: str) -> Any:
    """A module beside this file; there are no packages of tests."""
    known = sys.modules.get(f"fuzz_{name}")
    if known is not None:
        return known
    spec = importlib.util.spec_from_file_location(f"fuzz_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TARGETS = load("targets").TARGETS
changed = load("mutation").changed


def seeds(target: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((HERE / "corpus" / target).iterdir())]


@pytest.mark.parametrize("target", TARGETS)
def test_what_was_kept_and_what_is_near_it_breaks_nothing(target):
    kept, chance = seeds(target), random.Random(target)
    for data in [*kept, b"", *(changed(kept, chance) for _ in range(CHANGES))]:
        try:
            TARGETS[target](data)
        except Exception as error:  # the bytes tell more than the traceback
            raise AssertionError(f"{target} fails on {data[:400]!r}") from error


def test_the_corpus_is_small_and_belongs_to_targets():
    found = list((HERE / "corpus").rglob("*"))
    files = [path for path in found if path.is_file()]
    assert {path.name for path in found if path.is_dir()} == set(TARGETS)
    assert max(path.stat().st_size for path in files) <= 64 * 1024
    assert sum(path.stat().st_size for path in files) < 512 * 1024
