"""The version of a review that customers read: what people wrote for them, without names, addresses or inner words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from incidentd.domain.review_document import Material
from incidentd.domain.review_sections import CUSTOMERS, SECTIONS, instant
from incidentd.domain.review_voices import Voices
from incidentd.wire.review_documents import (
    FORMAT,
    Block,
    DocumentSection,
    Listing,
    Prose,
    Remark,
    ReviewDocument,
    Row,
)

NAMES = tuple(name for name, one in SECTIONS.items() if one.external)
ADDRESS = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.)\S+", re.IGNORECASE)
REFERENCE = re.compile(r"\b(?:INC|[AFLPHMDQ])-\d+\b")
_ELSEWHERE = "(an address of ours)"
_SYSTEM = "one of our systems"


class Outward:
    """Makes a text fit for customers. `services` are inner names; those that the public title has are public."""

    def __init__(self, voices: Voices, services: Iterable[str], public_title: str) -> None:
        self._said = voices.said
        self._systems = inner_names(services, public_title)

    def __call__(self, text: str) -> str:
        text = REFERENCE.sub("an incident", ADDRESS.sub(_ELSEWHERE, text))
        for pattern in self._systems.values():
            text = pattern.sub(_SYSTEM, text)
        return self._said(text)


def inner_names(services: Iterable[str], public_title: str) -> dict[str, re.Pattern[str]]:
    """Names of services that are no words of the language: `checkout-api` is one, `payments` may be customers' own."""
    found = {}
    for name in sorted(services, key=len, reverse=True):
        pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
        if not name.isalpha() and not pattern.search(public_title):
            found[name] = pattern
    return found


def outward(material: Material) -> Outward:
    """What makes the texts of an incident fit for customers."""
    return Outward(material.voices(ours=True), material.roster.services, material.detail.incident.public_title)


def external_document(material: Material) -> ReviewDocument:
    """The whole of it."""
    fit, sections, incident = outward(material), material.view.sections, material.detail.incident
    title = sections.get("external_title", "").strip() or incident.public_title
    return ReviewDocument(
        format=FORMAT,
        document="external",
        title=fit(title) or f"Disruption on {incident.started_at:%-d %B %Y}",
        name="",
        reference="",
        facts=(),
        sections=(
            _section("summary", "Summary", fit(sections.get("external_summary", ""))),
            DocumentSection(id="what-happened", title="What happened", blocks=tuple(_happened(material, fit))),
            _section("what-we-do", "What we do", fit(sections.get("external_what_we_do", ""))),
        ),
        foot=f"Written {material.made_at:%-d %B %Y}. All times are UTC.",
        made_at=material.made_at,
    )


def _section(name: str, title: str, text: str) -> DocumentSection:
    block: Block = Prose(text=text) if text.strip() else Remark(text="Nothing has been written here yet.")
    return DocumentSection(id=name, title=title, blocks=(block,))


def _happened(material: Material, fit: Outward) -> Iterator[Block]:
    text = fit(material.view.sections.get("external_what_happened", "")).strip()
    if text:
        yield Prose(text=text)
    told = [one for one in material.detail.updates if one.audience == CUSTOMERS]
    if told:
        rows = tuple(Row(text=f"{instant(one.at)}: {fit(one.text)}") for one in told)
        yield Listing(title="What we said at the time", rows=rows)
    elif not text:
        yield Remark(text="Nothing has been written here yet.")
