"""Pages as a browser without style reads them: parsed strictly, so that a tag left open or a stray one is a fault."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

_VOID = {"meta", "input", "br", "hr", "link", "img"}


class Element:
    """A tag with its attributes and all the text in it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.text = ""

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Page(HTMLParser):
    """A document. Raises `AssertionError` where its tags do not fit into each other."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(document)
        self.close()
        assert self._open == [], [one.tag for one in self._open]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> ends nothing"
        assert self._open[-1].tag == tag, f"</{tag}> ends <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data):
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of a tag that have these attributes; `class_` names one of the classes."""
        kind = attributes.pop("class_", "")
        return [
            one
            for one in self.elements
            if one.tag == tag and (not kind or kind in one.classes) and attributes.items() <= one.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, (tag, attributes, len(found))
        return found[0]

    @property
    def text(self) -> str:
        return self.one("main").text

    def value(self, name: str) -> str:
        """What a field holds."""
        for one in self.elements:
            if one.attributes.get("name") == name:
                if one.tag == "textarea":
                    return one.text.removeprefix("\n")  # as HTML says of a line break at its start
                return one.attributes.get("value", "")
        raise AssertionError(f"no field {name}")


@pytest.fixture(scope="session")
def parse_page() -> Callable[[bytes | str], Page]:
    """Parse a document."""
    return lambda document: Page(document.decode() if isinstance(document, bytes) else document)
