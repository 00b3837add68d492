"""Versions of the process: one a row, and what one says otherwise than the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.style import Style

from incidentd.wire.process_comparison import KeyDifference
from incidentd.wire.process_versions import ProcessVersion
from incidentd_tui import paint, phrases, theme


def in_force(one: ProcessVersion) -> bool:
    """Whether it rules now."""
    return any(span.until is None for span in one.in_force)


def row(one: ProcessVersion, zone: tzinfo, width: int) -> paint.Line:
    """One line: name, since when it was in force or what became of it, and why."""
    since = one.in_force[-1].since if one.in_force else one.proposed_at
    state = "in force" if in_force(one) else str(one.state)
    head = f"{one.name!s:<6} {since.astimezone(zone):%d %b %Y}  {state:<10} "
    look = theme.bold if in_force(one) else theme.warning if one.state == "proposed" else theme.muted
    return [(head, look), (paint.fit(str(one.reason or one.note) or "–", max(width - len(head), 8)), theme.plain)]


def in_full(one: ProcessVersion, zone: tzinfo, changes: Sequence[str] | None, width: int) -> list[paint.Line]:
    """Who, when and why; what it says otherwise than the one before, None while that is asked."""
    lines = _text(f"{one.name}  otherwise than the one before", width, theme.bold)
    if changes is None:
        lines.append([("… looking", theme.muted)])
    else:
        lines += [line for text in changes or ("nothing",) for line in _text(text, width, theme.plain)]
    lines.append([])
    for text in dict.fromkeys(str(text) for text in (one.reason, one.note) if text):
        lines += _text(text, width, theme.plain)
    proposed = f"{one.proposed_at.astimezone(zone):%d %b %Y %H:%M}"
    lines += _text(f"proposed {proposed} by {one.proposed_by or 'the file'}", width, theme.muted)
    if one.decided_at is not None and one.how == "adopted":
        decided = f"{one.decided_at.astimezone(zone):%d %b %Y %H:%M}"
        lines += _text(f"{one.state} {decided} by {one.decided_by}", width, theme.muted)
    lines += _text(f"{phrases.count(one.incidents, 'incident')} declared under it", width, theme.muted)
    lines += _text(f"its hash: {one.process_version}", width, theme.muted)
    if one.explanations:
        lines += [[], [("BECAUSE", theme.heading)]]
        for key, why in one.explanations.items():
            lines += _text(f"{key}: {why}", width, theme.plain)
    return lines


def difference(one: KeyDifference) -> str:
    """One key in a line."""
    if one.kind == "changed":
        return f"{one.label}: {one.before} → {one.after}"
    return f"{one.label}: {one.kind} {one.after or one.before}".rstrip()


def _text(text: str, width: int, style: Style) -> list[paint.Line]:
    return [[(line, style)] for line in paint.wrap(text, width, 12)]
