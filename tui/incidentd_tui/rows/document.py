"""The document of a review as calm text: its sections, each of blocks, wrapped to a width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.style import Style

from incidentd.wire import review_documents as documents
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows.detail import Section

_INDENT = 2
_MOST = 400  # lines of one text


def title(found: documents.ReviewDocument, width: int) -> Section:
    """Its name, its title, and what is to be known at a glance."""
    lines: list[paint.Line] = [
        [(found.name, theme.heading), (f"  {found.reference}", theme.faint)],
        *([(text, theme.bold)] for text in paint.wrap(str(found.title), width, 4)),
        [],
    ]
    for fact in found.facts:
        lines += _hung(f"{fact.name:<14} ", str(fact.text), width, theme.muted)
    return Section("title", lines)


def section(model: Model, found: documents.DocumentSection, width: int) -> Section:
    """One section under its heading."""
    lines: list[paint.Line] = [[(str(found.title).upper(), theme.heading)]]
    for block in found.blocks:
        lines += [[], *_block(model, block, width - _INDENT)]
    return Section(str(found.id), [lines[0], *([("  ", theme.plain), *one] if one else [] for one in lines[1:])])


def plain(text: str, width: int) -> Section:
    """A document that was written elsewhere: its Markdown as it is, headings in bold."""
    lines: list[paint.Line] = []
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip("#"))
        is_heading = 0 < marks <= 6 and line[marks : marks + 1] == " "
        shown = line[marks + 1 :] if is_heading else line
        lines += [[(one, theme.bold if is_heading else theme.plain)] for one in paint.wrap(shown, width, _MOST)] or [[]]
    return Section("document", lines)


# ------------------------------------------------------------------ blocks
def _block(model: Model, block: documents.Block, width: int) -> list[paint.Line]:
    match block:
        case documents.Prose():
            return prose(str(block.text), width)
        case documents.Remark():
            return [[(text, theme.muted)] for text in paint.wrap(str(block.text), width, _MOST)]
        case documents.Listing():
            return _listing(block, width)
        case documents.Grid():
            return _grid(block, width)
        case documents.Story():
            return _story(model, block.moments, width)
        case documents.Voices():
            head: list[paint.Line] = [[(str(block.title), theme.bold)]]
            return head + _voices(block.voices, width)
        case _:  # a chart says the same in words
            return [[(text, theme.plain)] for text in paint.wrap(str(block.text), width, _MOST)]


def prose(text: str, width: int) -> list[paint.Line]:
    """Paragraphs as they were typed, list items hung under their mark."""
    lines: list[paint.Line] = []
    for paragraph in text.split("\n"):
        mark = "· " if paragraph.startswith("- ") else ""
        lines += _hung(mark, paragraph[2:] if mark else paragraph, width, theme.primary) if paragraph.strip() else [[]]
    return lines


def _hung(lead: str, text: str, width: int, style: Style) -> list[paint.Line]:
    """`text` behind `lead`, further lines under its beginning."""
    rows = paint.wrap(text, max(width - len(lead), 16), _MOST) or [""]
    return [[(lead if not at else " " * len(lead), style), (row, theme.plain)] for at, row in enumerate(rows)]


def _listing(block: documents.Listing, width: int) -> list[paint.Line]:
    lines: list[paint.Line] = [[(str(block.title), theme.bold)]] if block.title else []
    for row in block.rows:
        labels = "".join(f"[{label}] " for label in row.labels)
        lines += _hung("· ", f"{labels}{row.text}", width, theme.primary)
        for note in row.notes:
            lines += [[("    ", theme.plain), (text, theme.muted)] for text in paint.wrap(str(note), width - 4, 20)]
    return lines


def _grid(block: documents.Grid, width: int) -> list[paint.Line]:
    """A table whose last column takes what is left; in a narrow window each row is a small list."""
    rows = [[str(cell) for cell in row] for row in block.rows]
    head = [str(cell) for cell in block.head]
    sizes = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines: list[paint.Line] = [[(str(block.caption), theme.bold)]] if block.caption else []
    if sum(sizes[:-1]) + 2 * len(sizes) + 20 > width:
        for row in rows:
            for name, cell in zip(head, row, strict=True):
                lines += _hung(f"{name}: ", cell, width, theme.muted)
            lines.append([])
        return lines[:-1] if rows else lines
    lines.append([(_cells(head, sizes), theme.heading)])
    for row in rows:
        lead = _cells(row[:-1], sizes)
        lines += _hung(f"{lead}  " if lead else "", row[-1], width, theme.plain)
    return lines


def _cells(row: Iterable[str], sizes: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{size}}" for cell, size in zip(row, sizes, strict=False))


def _story(model: Model, moments: Sequence[documents.Told], width: int) -> list[paint.Line]:
    lines: list[paint.Line] = []
    group = ""
    for one in moments:
        if one.group and one.group != group:
            lines.append([(f"── {one.group}", theme.faint)])
        group = str(one.group)
        lead = f"{phrases.hour(one.at, model.zone)}  {one.after:<9} "
        mark = "◆ " if one.decision else ""
        by = f" ({one.by})" if one.by else ""
        lines += _hung(lead, f"{mark}{one.text}{by}", width, theme.muted)
        below = [str(text) for text in (one.detail, *one.notes) if text]
        lines += [
            [(" " * len(lead), theme.plain), (text, theme.muted)]
            for note in below
            for text in paint.wrap(note, max(width - len(lead), 16), 20)
        ]
        lines += [[(" " * len(lead), theme.plain), *line] for line in _voices(one.voices, max(width - len(lead), 16))]
    return lines


def _voices(voices: Sequence[documents.Voice], width: int) -> list[paint.Line]:
    lines: list[paint.Line] = []
    for one in voices:
        new = f"  new to {one.new_to}" if one.new_to else ""
        lines.append([(str(one.who), theme.primary), (new, theme.success)])
        for word, text in (("saw", one.saw), ("thought", one.thought), ("tried", one.tried), ("", one.text)):
            if text:
                lines += _hung(f"  {word:<8}" if word else "  ", str(text), width, theme.muted)
    return lines
