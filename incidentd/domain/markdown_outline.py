"""A Markdown document as a row of blocks with their line numbers: headings, list items, rows of tables, the rest."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_COMMENT = re.compile(r"^\s*<!--.*-->\s*$", re.DOTALL)
_TICK = re.compile(r"^\[([ xX])\]\s+")


class Kind(enum.Enum):
    """What a block is."""

    HEADING = enum.auto()
    PARAGRAPH = enum.auto()
    ITEM = enum.auto()
    ROW = enum.auto()
    OTHER = enum.auto()


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One block. `text` is plain, `source` the lines as they stand in the file, `line` the first of them, 1-based.

    `level` is a heading's. A row has `cells`, and `head` when it is the first of its table; `ticked` is that of an item
    with a box, None for one without.
    """

    kind: Kind
    line: int
    text: str
    source: str
    level: int = 0
    cells: tuple[str, ...] = ()
    head: bool = False
    ticked: bool | None = None


def outline(body: str, first_line: int = 1) -> tuple[Block, ...]:
    """The blocks of a document. Comments are left out; nested items belong to the one that they stand below."""
    # A parser that only an import needs: 20 ms.
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    lines = body.split("\n")
    root = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(body))
    return tuple(block for node in root.children for block in _blocks(node, lines, first_line))


def _blocks(node: SyntaxTreeNode, lines: list[str], first: int) -> Iterator[Block]:
    start, end = node.map or (0, 0)
    source = "\n".join(lines[start:end]).rstrip()
    line = first + start
    if node.type == "heading":
        yield Block(kind=Kind.HEADING, line=line, text=_plain(node), source=source, level=int(node.tag[1]))
    elif node.type in ("bullet_list", "ordered_list"):
        for item in node.children:
            at, to = item.map or (start, end)
            text = "\n".join(_item_lines(item))
            tick = _TICK.match(text)
            yield Block(
                kind=Kind.ITEM,
                line=first + at,
                text=_TICK.sub("", text),
                source="\n".join(lines[at:to]).rstrip(),
                ticked=tick[1] != " " if tick else None,
            )
    elif node.type == "table":
        rows = [row for part in node.children for row in part.children]
        for number, row in enumerate(rows):
            at, to = row.map or (start, end)
            cells = tuple(_plain(cell) for cell in row.children)
            kept = "\n".join(lines[at:to])
            joined = " | ".join(cells)
            yield Block(kind=Kind.ROW, line=first + at, text=joined, source=kept, cells=cells, head=number == 0)
    elif node.type == "paragraph":
        yield Block(kind=Kind.PARAGRAPH, line=line, text=_plain(node), source=source)
    elif source and node.type != "hr" and not _COMMENT.match(source):
        yield Block(kind=Kind.OTHER, line=line, text=source, source=source)


def _item_lines(item: SyntaxTreeNode) -> Iterator[str]:
    """The texts of an item, and those of the items below it as lines of a list."""
    for child in item.children:
        if child.type in ("bullet_list", "ordered_list"):
            for nested in child.children:
                yield from (f"- {text}" if at == 0 else f"  {text}" for at, text in enumerate(_item_lines(nested)))
        elif child.type in ("fence", "code_block"):
            yield child.content.rstrip()
        elif text := _plain(child):
            yield text


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(_words(node)).strip()


def _words(node: SyntaxTreeNode) -> Iterator[str]:
    """What a reader reads: without marks, with the addresses of links."""
    if node.type in ("text", "html_inline"):
        yield node.content
    elif node.type == "code_inline":
        yield f"`{node.content}`"
    elif node.type in ("softbreak", "hardbreak"):
        yield " "
    elif node.type in ("fence", "code_block", "html_block"):
        yield node.content.rstrip()
    else:
        said = "".join(word for child in node.children for word in _words(child))
        yield said
        href = str(node.attrs.get("href", "")) if node.type == "link" else ""
        if href.startswith(("http://", "https://")) and href not in said:
            yield f" ({href})"
