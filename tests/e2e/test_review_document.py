"""The document of a review in a real headless Chromium: on a phone and on a desk, light and dark, without scripts."""

import importlib.util
import sys
from pathlib import Path

import pytest

from incidentd.configuration.review_templates import render
from incidentd.domain.review_document import document

WIDTHS = (320, 1280)
_SIZE = "Emulation.setDeviceMetricsOverride"


@pytest.fixture
def page(tmp_path):
    """The file of the incident that the unit tests have."""
    path = Path(__file__).parents[1] / "unit" / "reviews" / "scene.py"
    spec = importlib.util.spec_from_file_location("review_scene_e2e", path)
    assert spec is not None
    scene = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scene)
    file = tmp_path / "review.html"
    file.write_text(render("internal.html", document(scene.material()), {}), encoding="utf-8")
    return file.as_uri()


@pytest.mark.e2e
def test_the_document_is_read_by_everybody(browsers, page):
    for scheme in ("light", "dark"):
        reader = browsers(scheme=scheme)
        for width in WIDTHS:
            reader.command(_SIZE, width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
            reader.open(page)
            assert reader.script("return document.documentElement.scrollWidth") <= width
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
