"""The fake daemon must not drift from the client that the UI talks to."""

from __future__ import annotations

import inspect

import pytest

from incidentd.client import Client

METHODS = [name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
def test_the_fake_has_every_method_of_the_client_with_its_parameters(fakes, name):
    real = inspect.signature(getattr(Client, name))
    fake = inspect.signature(getattr(fakes.FakeClient, name))
    told = [(one.name, one.kind, one.default) for one in real.parameters.values()]
    assert [(one.name, one.kind, one.default) for one in fake.parameters.values()] == told
