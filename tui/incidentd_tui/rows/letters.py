"""Monthly letters: a month a row, and one as calm text."""

from __future__ import annotations

from incidentd.wire.letters import Letter, LetterHead
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import document
from incidentd_tui.rows.detail import Section

_INDENT = 2


def row(model: Model, one: LetterHead, width: int) -> paint.Line:
    """Its month, its title, and whether it was sent."""
    style = theme.plain if one.sent_at is not None else theme.muted
    return paint.between(
        [(f"{one.month:<9}", theme.muted), (str(one.title), style)], [(state(model, one), style)], width
    )


def state(model: Model, one: LetterHead | Letter) -> str:
    """When it was sent and to how many; what was not is a draft."""
    if one.sent_at is None:
        return "draft: as it would be by now "
    at = phrases.day_hour(one.sent_at, model.now(), model.zone)
    return f"sent {at} to {phrases.count(one.readers, 'reader')} "


def sections(model: Model, one: Letter, width: int) -> list[Section]:
    """Its title, and each part under its heading."""
    to = f" · for {', '.join(map(str, one.to))}" if one.to else ""
    head: list[paint.Line] = [[(str(one.title), theme.bold)], [(f"{state(model, one).strip()}{to}", theme.muted)]]
    found = [Section("title", head)]
    for part in str(one.text).strip().split("\n\n"):
        heading, _, text = part.partition("\n")
        lines = document.prose(text, width - _INDENT) if text else []
        indented: list[paint.Line] = [[(" " * _INDENT, theme.plain), *line] for line in lines]
        found.append(Section(heading.lower(), [[(heading.upper(), theme.heading)], *indented]))
    return found
