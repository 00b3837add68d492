"""The learning library: what reviews found, one thing a row, and what is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from incidentd.wire.library import LibraryItem, Use
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model

VIEWS = (
    ("learning", "Learnings"),
    ("factor", "Factors"),
    ("review", "Reviews"),
    ("action", "Actions"),
    ("all", "All"),
)
_LETTERS = {"learning": "L-", "factor": "F-", "review": "INC-", "action": "A-"}
_NAME = 8
_STATES = {"open": ("open", theme.warning), "done": ("✓ done", theme.success), "wont_do": ("not done", theme.muted)}


def name(item: LibraryItem) -> str:
    """What people call it."""
    return f"{_LETTERS.get(str(item.kind), '')}{item.id}"


def paint_row(model: Model, item: LibraryItem, width: int) -> paint.Line:
    """One line: its name, what kind it is, its words with those that were searched for in bold, where it is from."""
    left: paint.Line = [(f"{name(item):<{_NAME}}", theme.muted), *_kind(item), *marked(item, theme.plain)]
    uses: paint.Line = [(f" {phrases.count(item.uses, 'use')}", theme.success)] if item.uses else []
    right: paint.Line = [*uses, (f"  INC-{item.incident_id:<5}", theme.faint), (f"{item.at:%d %b %Y} ", theme.faint)]
    return paint.between(left, right, width)


def _kind(item: LibraryItem) -> paint.Line:
    if item.kind == "action":
        word, style = _STATES.get(str(item.state), (str(item.state), theme.muted))
        return [(f"{word:<9}", style)]
    if item.kind == "review":
        return [(f" {item.severity.value} ", theme.ranked(item.severity.rank)), (" ", theme.plain)]
    if item.kind == "factor":
        return [(f"{item.category} {item.role}  ", theme.primary)]
    return []


def marked(item: LibraryItem, style: Style) -> paint.Line:
    """Its words on one line, with what was searched for in bold."""
    spans: paint.Line = []
    text, at = str(item.text), 0
    for begin, end in item.hits:
        if begin < at or end > len(text):
            continue  # made harmless for the screen it may have become longer
        spans += [(_flat(text[at:begin]), style), (_flat(text[begin:end]), theme.key)]
        at = end
    return [*spans, (_flat(text[at:]), style)]


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def preview(model: Model, item: LibraryItem, uses: Sequence[Use], width: int) -> list[paint.Line]:
    """What stands beside the list: all of its words, where it is from, and where it was used again."""
    lines: list[paint.Line] = [
        [],
        [(name(item), theme.bold), (f"  {item.kind}", theme.muted)],
        [],
        *([(text, theme.plain)] for text in paint.wrap(str(item.text), width, 14)),
        [],
    ]
    facts = {
        "category": item.category,
        "role": item.role,
        "theme": item.theme,
        "state": str(item.state).replace("_", " "),
    }
    lines += [[(f"{key:<10}", theme.muted), (value, theme.plain)] for key, value in facts.items() if value]
    lines += [
        [],
        [("FROM", theme.heading)],
        [(f" {item.severity.value} ", theme.ranked(item.severity.rank)), (f"  INC-{item.incident_id}", theme.muted),
         (f"  {item.at:%d %b %Y}", theme.muted)],
        *([(text, theme.bold)] for text in paint.wrap(str(item.title), width, 3)),
        [(item.service, theme.primary)],
    ]  # fmt: skip
    return lines + _uses(uses, item.uses, width)


def _uses(uses: Sequence[Use], count: int, width: int) -> list[paint.Line]:
    lines: list[paint.Line] = [[], [("USED AGAIN", theme.heading), (f"  {count}", theme.faint)]]
    if not count:
        return [*lines, [("nowhere yet; U writes down where it was", theme.muted)]]
    for one in uses[:6]:
        word = "the same again in" if one.linked else f"{one.kind}:"
        lines += [[(text, theme.plain)] for text in paint.wrap(f"{word} {one.place}", width, 2)]
    return lines
