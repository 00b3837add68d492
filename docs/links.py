"""Links of Markdown files that lead nowhere. Only links into the repository are followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_DIRECTORIES = ("docs", "config", "benchmarks")


def dead(root: Path) -> list[str]:
    """One line for each dead link: file, link and what is missing."""
    return [f"{path.relative_to(root)}: {fault}" for path in _pages(root) for fault in _faults(path)]


def _pages(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.md"))
    for name in _DIRECTORIES:
        yield from sorted((root / name).rglob("*.md"))


def _faults(page: Path) -> Iterator[str]:
    text = _CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists():
            yield f"{link}: no such file"
        elif anchor and anchor not in _anchors(target):
            yield f"{link}: no such heading"


def _anchors(page: Path) -> set[str]:
    """The anchors a heading gets: lower case, no punctuation, blanks as hyphens."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text)}
