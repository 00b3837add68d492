"""The document of a review in a real headless Chromium: on a phone and on a desk, light and dark, without scripts."""

import importlib.util
import itertools
import sys
from pathlib import Path

import pytest

from incidentd.configuration.review_templates import render
from incidentd.domain.review_document import document
from incidentd.domain.review_external import external_document

WIDTHS = (320, 1280)
_SIZE = "Emulation.setDeviceMetricsOverride"


@pytest.fixture
def pages(tmp_path):
    """The two files of the incident that the unit tests have: for the team, and for customers."""
    path = Path(__file__).parents[1] / "unit" / "reviews" / "scene.py"
    spec = importlib.util.spec_from_file_location("review_scene_e2e", path)
    assert spec is not None
    scene = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scene)
    found = []
    for made in (document(scene.material()), external_document(scene.material())):
        found.append(tmp_path / f"{made.document}.html")
        found[-1].write_text(render(found[-1].name, made, {}), encoding="utf-8")
    return [one.as_uri() for one in found]


@pytest.mark.e2e
def test_the_document_is_read_by_everybody(browsers, pages):
    for scheme in ("light", "dark"):
        reader = browsers(scheme=scheme)
        for width, page in itertools.product(WIDTHS, reversed(pages)):
            reader.command(_SIZE, width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
            reader.open(page)
            assert reader.script("return document.documentElement.scrollWidth") <= width
            assert reader.script("return document.querySelector('main').offsetWidth") >= min(width - 50, 600)
            worst, ratio = reader.contrasts()[0]
            assert ratio >= 4.5, (scheme, worst, ratio)
    assert reader.accessible("nav") == [("navigation", "Contents")]
    assert reader.accessible("main") == [("main", "")]
    (drawn,) = reader.accessible(".chart svg")
    assert drawn[0] in ("image", "img", "graphics-document")
    assert drawn[1].startswith("From the beginning to the end: began +0 s")
    reader.command(_SIZE, width=320, height=900, deviceScaleFactor=1, mobile=True)
    roles = {role for role, _ in reader.accessible("table, tbody tr, tbody th, tbody td")}
    assert roles == {"table", "row", "rowheader", "cell"}
    reader.keys("\ue004")  # Tab
    assert reader.focus()[1] == "Skip to the text"
