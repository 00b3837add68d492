"""Fixtures of the UI's tests. `run_test()` is entered in the tests: inside a fixture it loses its context."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

_HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tui_{name}", _HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", autouse=True)
def _style_sheets_parsed_once():
    """Each app reads the same sheets anew, more than once: a seventh of the time of a test went there."""
    from textual.css.stylesheet import Stylesheet

    parse, parsed = Stylesheet._parse_rules, {}

    def parse_once(self, *sheet, **more):
        key = (sheet, *more.items(), *self._variables.items())
        if key not in parsed:
            parsed[key] = parse(self, *sheet, **more)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(scope="session")
def fakes():
    """The module with `FakeClient` and the makers of wire structs."""
    return _load("fakes")


@pytest.fixture(scope="session")
def scene():
    """The module that builds the scene of the snapshots."""
    return _load("scene")


@pytest.fixture
def client(fakes, scene):
    """A daemon in the middle of an incident."""
    return scene.build(fakes)


@pytest.fixture
def make_app(fakes, tmp_path, monkeypatch):
    """Make the app over a fake client, with a fixed clock and no keys of this machine's user."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)

    def make(client, **options):
        from incidentd_tui.app import IncidentdApp

        return IncidentdApp(client, clock=options.pop("clock", None) or fakes.FixedClock(), **options)

    return make


@pytest.fixture
def settled():
    """Wait until the app has loaded and drawn."""

    async def wait(pilot, condition=None, seconds=30.0):
        import asyncio

        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            await pilot.pause(0.02)
            if condition() if condition else pilot.app.model.loaded:
                await pilot.pause()
                return
        raise AssertionError("the app did not get there in time")

    return wait


def screen_lines(app) -> list[str]:
    """What is on the screen, line by line, as the compositor drew it."""
    return ["".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()]


@pytest.fixture
def lines():
    """The text of the screen, line by line."""
    return screen_lines


@pytest.fixture
def text(lines):
    """The text of the screen in one string."""
    return lambda app: "\n".join(line.rstrip() for line in lines(app))
