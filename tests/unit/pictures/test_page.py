"""The page of pictures: whole for a screen reader, inert, and on its own."""

from html.parser import HTMLParser

import msgspec
import pytest

from incidentd.domain.pictures.page import figure_section, load_section, page_html, page_title, rhythm_section
from incidentd.wire.figures import Figures


class Reader(HTMLParser):
    """Collects the identifiers that a page has and those it points to, and whether every element is closed."""

    VOID = ("meta",)

    def __init__(self, text):
        super().__init__()
        self.ids, self.wanted, self.open, self.tags, self.words = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        self.wanted += found.get("aria-labelledby", "").split()
        self.wanted += [found["href"].removeprefix("#")] if "href" in found else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def sections(scene):
    details = [scene.year(), scene.year("share"), scene.year("count")]
    return [*map(figure_section, details), rhythm_section(scene.rhythm()), load_section(scene.load())]


def test_every_picture_has_its_name_its_rows_and_its_words(scene, sections):
    page = Reader(page_html("How we respond", "team shop", sections, scene.START))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.wanted) <= set(page.ids)
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(tag) for tag in ("section", "svg", "table", "caption", "h1")] == [5, 5, 5, 5, 1]
    assert tags.count("details") == 10
    words = "".join(page.words)
    assert "From when users were hit until they were no longer hit." in words
    assert "V-2in force from 2026-05-11. Updates every 30 minutes" in words
    assert "Reckoned from the log at 2026-01-01 00:00 UTC" in words


def test_a_page_asks_nothing_of_anybody(scene, sections):
    text = page_html("How we respond", "", sections, scene.START)
    page = Reader(text)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "form"}
    assert all(found["href"].startswith("#") for _, found in page.tags if "href" in found)
    assert not any(name.startswith("on") or name == "src" for _, found in page.tags for name in found)


def test_text_from_outside_is_inert(scene):
    year = scene.year()
    figure = msgspec.structs.replace(year.figure, title=scene.HOSTILE, definition=scene.HOSTILE, note=scene.HOSTILE)
    detail = msgspec.structs.replace(year, figure=figure)
    load = msgspec.structs.replace(scene.load(), team=scene.HOSTILE, definitions={scene.HOSTILE: scene.HOSTILE})
    text = page_html(scene.HOSTILE, scene.HOSTILE, [figure_section(detail), load_section(load)], scene.START)
    assert "script" not in {tag for tag, _ in Reader(text).tags}
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_what_a_page_counts_stands_under_its_title(scene):
    year = scene.year()

    def counted(**scope):
        found = msgspec.structs.replace(year.scope, **{"team": "", **scope})
        listed = Figures(at=year.at, scope=found, figures=(), boundaries=year.boundaries, incidents=0)
        return page_title(listed)[1]

    assert counted() == "every team"
    assert counted(team="shop", version="cccc") == "team shop, process V-3"
    assert counted(version="0123456789abcdef", since=scene.START) == "process 0123456789ab, from 2026-01-01"
