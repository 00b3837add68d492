"""Pictures as SVG: well-formed, whole in words, inert, and with every mark inside of the sheet."""

import re
from xml.etree import ElementTree

import msgspec
import pytest

from incidentd.domain.pictures.dots_svg import dots_svg
from incidentd.domain.pictures.load_svg import load_svg
from incidentd.domain.pictures.rhythm_svg import rhythm_svg
from incidentd.domain.severity import Severity

SVG = "{http://www.w3.org/2000/svg}"


def drawn(scene):
    """One of each, and some that have little to show."""
    few = [scene.case(1, 0, 60), scene.case(2, 9, 0, low=0, high=90)]
    return {
        "year": dots_svg(scene.year()),
        "many": dots_svg(scene.year(count=2000)),
        "one": dots_svg(scene.detail([scene.case(1, 0, 60)])),
        "none": dots_svg(scene.detail([], of=3)),
        "zeros": dots_svg(scene.detail(few[1:])),
        "share": dots_svg(scene.year("share")),
        "many shares": dots_svg(scene.year("share", 3000)),
        "count": dots_svg(scene.year("count")),
        "no share": dots_svg(scene.detail([], "share")),
        "rhythm": rhythm_svg(scene.rhythm()),
        "busy rhythm": rhythm_svg(scene.rhythm(5000)),
        "load": load_svg(scene.load()),
        "no load": load_svg(scene.load([])),
    }


@pytest.fixture(scope="module")
def pictures(scene):
    return {name: ElementTree.fromstring(text) for name, text in drawn(scene).items()}


def texts(root):
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_a_screen_reader_gets_a_title_and_the_whole_in_words(pictures):
    for name, root in pictures.items():
        assert root.get("role") == "img", name
        assert [one.tag for one in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
        assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
        assert root[0].text
        assert len(root[1].text) > 20, name
    assert "90 of 94 cases: least 0 s, median" in pictures["year"][1].text
    assert "Versions of the process: V-1 from 2025-12-12, V-2 from" in pictures["year"][1].text
    assert re.match(r"2026-01: \d+ of \d+; 2026-02:", pictures["share"][1].text)
    assert "By day: Mon 34, Tue 35" in pictures["rhythm"][1].text
    assert "Week from 2026-01-05: 8 pages, 4 of them outside" in pictures["load"][1].text


def test_a_picture_is_on_its_own_and_follows_the_scheme(scene):
    for text in drawn(scene).values():
        assert "prefers-color-scheme:dark" in text
        assert not re.search(r"<script|href|@import|url\((?!#)|\son\w+=", text)
        assert set(re.findall(r"https?://[^\"]*", text)) == {"http://www.w3.org/2000/svg"}


def test_no_mark_leaves_the_sheet(pictures):
    for name, root in pictures.items():
        _, _, width, height = (float(one) for one in root.get("viewBox").split())
        for x, y in places(root):
            assert 0 <= x <= width, name
            assert 0 <= y <= height, name
        for one in root.iter(f"{SVG}text"):
            assert float(one.get("y")) <= height, (name, one.text)


def places(root):
    """The corners of boxes, ends of lines and places of groups that stand on the sheet itself."""
    for one in root.iterfind("*"):
        if "transform" in one.attrib:
            yield tuple(float(part) for part in re.findall(r"-?[\d.]+", one.get("transform")))
        elif one.tag == f"{SVG}rect":
            x, y, width, height = (float(one.get(name, "0")) for name in ("x", "y", "width", "height"))
            yield from ((x, y), (x + width, y + height))
        elif one.tag == f"{SVG}line":
            yield from ((float(one.get(f"x{end}")), float(one.get(f"y{end}"))) for end in "12")


def test_long_names_are_cut_and_long_words_wrapped(scene):
    """As far as the width of letters is known: 6.6 units, 12 in a title."""
    long = "a long name " * 40 + "x" * 900
    year = scene.year()
    figure = msgspec.structs.replace(year.figure, title=long, definition=long, note=long, parts={long: 3})
    scope = msgspec.structs.replace(year.scope, team=long)
    detail = msgspec.structs.replace(year, figure=figure, scope=scope)
    load = msgspec.structs.replace(scene.load(), team=long, definitions={"pages": long})
    for text in (dots_svg(detail), load_svg(load), dots_svg(msgspec.structs.replace(detail, cases=()))):
        root = ElementTree.fromstring(text)
        for one in root.iterfind(f"{SVG}text"):
            classes = one.get("class", "").split()
            if "end" not in classes:
                size = 12 if "title" in classes else 6.6
                assert float(one.get("x", "")) + len(one.text or "") * size <= float(root.get("width", "")) + 1


def hints(root):
    return [one.text for one in root.iterfind(f"{SVG}g/{SVG}title")]


@pytest.mark.parametrize("count", [1, 90, 2000])
def test_every_case_is_a_dot_or_counted_in_one(scene, count):
    detail = scene.detail(scene.year(count=count).cases)
    root = ElementTree.fromstring(dots_svg(detail))
    told = [one for one in hints(root) if one.startswith("INC-")]
    named = [name for one in told for name in re.findall(r"\bINC-\d+", one)]
    more = sum(int(found[1]) for one in told if (found := re.search(r"and (\d+) more$", one)))
    assert len(named) == len(set(named))
    assert len(named) + more == count


def test_every_case_of_a_share_is_a_square(scene):
    detail = scene.year("share", 140)
    root = ElementTree.fromstring(dots_svg(detail))
    squares = [one.get("class") for group in root.iterfind(f"{SVG}g[{SVG}title]") for one in group.iter(f"{SVG}rect")]
    assert squares.count("kept kept-stroke") == detail.figure.n
    assert len(squares) == detail.figure.of


def test_every_case_of_a_count_is_a_sign_of_its_severity(scene):
    detail = scene.year("count", 140)
    root = ElementTree.fromstring(dots_svg(detail))
    signs = [sign for group in root.iterfind(f"{SVG}g[{SVG}title]") for sign in group.iterfind(f"{SVG}g")]
    worst = [sign for sign in signs if sign[0].get("class", "").startswith("sev1")]
    assert len(signs) == 140
    assert len(worst) == sum(case.severity is Severity.SEV1 for case in detail.cases) > 0


def test_places_on_the_log_axis_reckoned_by_hand(scene):
    """From 1 min to 6 h; equal factors are equal distances, and both ends are cases."""
    cases = [scene.case(1, 0, 60), scene.case(2, 5, 600), scene.case(3, 10, 6000), scene.case(4, 20, 21_600)]
    root = ElementTree.fromstring(dots_svg(scene.detail(cases)))
    dots = [one for one in root.iterfind(f"{SVG}g") if (one.findtext(f"{SVG}title") or "").startswith("INC-")]
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = (
        [float(part) for part in re.findall(r"[\d.]+", one.get("transform", ""))] for one in dots
    )
    assert y1 - y2 == pytest.approx(y2 - y3, abs=0.11)
    assert (y1 - y4) / (y1 - y2) == pytest.approx(2.556, abs=0.01)  # log(360) / log(10)
    assert (x2 - x1, x3 - x2, x4 - x3) == pytest.approx(((x4 - x1) / 4, (x4 - x1) / 4, (x4 - x1) / 2), abs=0.2)


def test_severities_differ_by_their_shape(scene):
    cases = [scene.case(number, number * 40, 60, severity=one) for number, one in enumerate((*Severity, None))]
    text = dots_svg(scene.detail(cases))
    root = ElementTree.fromstring(text)
    dots = [one for one in root.iterfind(f"{SVG}g") if (one.findtext(f"{SVG}title") or "").startswith("INC-")]
    shapes = {re.sub(r"sev\d|unrated", "", str([(mark.tag, sorted(mark.items())) for mark in one])) for one in dots}
    assert len(shapes) == 6


def test_text_from_outside_is_inert(scene):
    year = scene.year()
    figure = msgspec.structs.replace(year.figure, title=scene.HOSTILE, definition=scene.HOSTILE, note=scene.HOSTILE)
    boundary = msgspec.structs.replace(scene.boundary(2, 60), name=scene.HOSTILE)
    case = scene.case(1, 3, 5, service=scene.HOSTILE, low=1, high=9)
    case = msgspec.structs.replace(case, name=scene.HOSTILE)
    scope = msgspec.structs.replace(year.scope, team=scene.HOSTILE, service=scene.HOSTILE, version=scene.HOSTILE)
    for kind in ("duration", "share"):
        detail = msgspec.structs.replace(
            year, figure=msgspec.structs.replace(figure, kind=kind), cases=(case, *year.cases), boundaries=(boundary,),
            scope=scope,
        )  # fmt: skip
        inert(dots_svg(detail, scene.HOSTILE))
    rhythm = msgspec.structs.replace(scene.rhythm(), zone=scene.HOSTILE, definition=scene.HOSTILE, scope=scope)
    inert(rhythm_svg(rhythm))
    load = msgspec.structs.replace(scene.load(), team=scene.HOSTILE, zone=scene.HOSTILE)
    inert(load_svg(msgspec.structs.replace(load, definitions={scene.HOSTILE: scene.HOSTILE})))


def inert(text):
    ElementTree.fromstring(text)
    assert "<script" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
