"""What the tests of pictures share."""

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def scene():
    """Made-up figures."""
    name = "pictures_scene"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("scene.py"))
    assert spec is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
