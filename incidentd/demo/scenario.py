"""The scenarios that come with incidentd."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from incidentd.domain.scenarios import Fact, Scenario, parse_scenario

__all__ = ["Fact", "Scenario", "UnknownScenario", "load", "names"]


class UnknownScenario(Exception):  # noqa: N818
    """There is no scenario of that name."""


def _folder() -> Any:
    return files("incidentd.demo") / "scenarios"


def names() -> list[str]:
    """The scenarios that come with incidentd."""
    return sorted(one.name.removesuffix(".toml") for one in _folder().iterdir() if one.name.endswith(".toml"))


def load(name: str) -> Scenario:
    """One scenario. Raises `UnknownScenario` naming the known ones."""
    if name not in names():
        raise UnknownScenario(f"there is no scenario {name!r}; there are {', '.join(names())}")
    return parse_scenario((_folder() / f"{name}.toml").read_text(encoding="utf-8"))
