"""The parts of a review's file: what stands below each heading, with what the heading means."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from incidentd.domain.markdown_outline import Block, Kind
from incidentd.domain.review_headings import Part, category, meaning

_LABEL = re.compile(r"^\*\*(?P<label>[^*\n]{2,60}?):?\*\*:?[ \t]*")
_TELLING = (Part.STORY, Part.SUMMARY, Part.IMPACT)


class Section(msgspec.Struct, kw_only=True):
    """A heading and what stands below it. `part` is None before the first heading that says what follows.

    `shown` is the heading as the prose keeps it: one whose words are those of its part alone is left out. `category` is
    what a heading among factors names. `single`: it spoke of one cause.
    """

    part: Part | None
    heading: str = ""
    line: int = 0
    level: int = 0
    shown: bool = False
    category: str = ""
    single: bool = False
    blocks: list[Block] = []

    def prose(self) -> str:
        """What stands there, as Markdown."""
        texts = [f"### {self.heading}"] if self.shown and self.blocks else []
        before: Kind | None = None
        for block in self.blocks:  # items of a list and rows of a table stay together
            close = block.kind is before and before in (Kind.ITEM, Kind.ROW) and not block.head
            texts.append(("\n" if close else "\n\n" if texts else "") + block.source)
            before = block.kind
        return "".join(texts)


def sections(blocks: Iterable[Block]) -> tuple[Section, ...]:
    """The parts, in their order; a heading of no known meaning belongs to the part above, else to the story."""
    found = [Section(part=None)]
    above: list[Section] = []
    for block in blocks:
        if block.kind is Kind.HEADING:
            above = [one for one in above if one.level < block.level]
            found.append(_begun(block, above[-1] if above else None, titled=any(one.level for one in found)))
            above.append(found[-1])
        elif (labelled := _labelled(block)) is not None:
            heading, rest = labelled
            found.append(heading)
            found[-1].blocks += rest
        else:
            found[-1].blocks.append(block)
    return tuple(found)


def _begun(block: Block, above: Section | None, *, titled: bool) -> Section:
    if block.level == 1 and not titled:  # the title of the document
        return Section(part=None, heading=block.text, line=block.line, level=1)
    known = meaning(block.text)
    held = above.part if above is not None else None
    named = category(block.text) if held is Part.FACTORS else ""
    if named and above is not None:
        known = None
    if known is not None and held is Part.FACTORS and known.part in _TELLING:
        known = None  # "Details of the trigger" below "Contributing factors" is one of them
    part = known.part if known is not None else held or Part.STORY
    return Section(
        part=part,
        heading=block.text,
        line=block.line,
        level=block.level,
        shown=known is None or (part is Part.STORY and "happened" not in block.text.lower()),
        category=named or (above.category if above is not None else ""),
        single=known.single if known is not None else False,
    )


def _labelled(block: Block) -> tuple[Section, list[Block]] | None:
    """A paragraph such as **Impact:** some text, which is a part with its heading."""
    found = _LABEL.match(block.source) if block.kind is Kind.PARAGRAPH else None
    known = meaning(found["label"]) if found else None
    if found is None or known is None or "\n**" in block.source:
        return None
    rest = block.source[found.end() :].strip()
    below = [msgspec.structs.replace(block, text=rest, source=rest)] if rest else []
    section = Section(part=known.part, heading=found["label"], line=block.line, level=7, single=known.single)
    return section, below
