"""What a version of a document says otherwise than the one before it, section by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from incidentd.wire.review_documents import SectionChange

_HEAD = "## "
_TOP = "Title"


def changes(before: str, after: str) -> tuple[SectionChange, ...]:
    """Lines of Markdown that came and went, in the order of `after`; one that moved within its section did not."""
    old, new = dict(_sections(before)), dict(_sections(after))
    found = (_change(name, old.get(name, []), new.get(name, [])) for name in dict.fromkeys((*new, *old)))
    return tuple(one for one in found if one.added or one.removed)


def _change(name: str, old: list[str], new: list[str]) -> SectionChange:
    return SectionChange(section=name, added=tuple(_without(new, old)), removed=tuple(_without(old, new)))


def _without(lines: list[str], others: list[str]) -> Iterator[str]:
    left = Counter(others)
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            yield line


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """(title, lines that say something) of each section; a second one of a name goes on with a number."""
    name, seen = _TOP, Counter[str]()
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith(_HEAD):
            yield name, lines
            title = line.removeprefix(_HEAD).strip()
            seen[title] += 1
            name, lines = f"{title} ({seen[title]})" if seen[title] > 1 else title, []
        elif line.strip() and line.strip() != "---":
            lines.append(line.strip())
    yield name, lines
