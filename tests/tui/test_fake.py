"""The fake daemon must not drift from the client that the UI talks to."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from incidentd.client import Client

METHODS = [name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")]
SOURCES = Path(__file__).parents[2] / "tui" / "incidentd_tui"


@pytest.fixture(scope="module")
def asked():
    """The whole source of the UI."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.py")))


@pytest.mark.parametrize("name", METHODS)
def test_the_fake_has_every_method_that_the_ui_asks_for_with_its_parameters(fakes, asked, name):
    if not hasattr(fakes.FakeClient, name):
        assert f"client.{name}(" not in asked
        return
    real = inspect.signature(getattr(Client, name))
    fake = inspect.signature(getattr(fakes.FakeClient, name))
    told = [(one.name, one.kind, one.default) for one in real.parameters.values()]
    assert [(one.name, one.kind, one.default) for one in fake.parameters.values()] == told
