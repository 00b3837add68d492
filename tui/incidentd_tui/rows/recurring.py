"""Recurring silences and maintenance: one rule a row, and one in full with its next times."""

from __future__ import annotations

from incidentd.wire import quieting as wire_quieting
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import shifts

VIEWS = (("active", "Active"), ("all", "All"))
_MARKS = {"active": ("↻ ", theme.success), "finished": ("  ", theme.muted), "ended": ("  ", theme.muted)}


def shown_in(view: str, one: wire_quieting.Recurring) -> bool:
    return view == "all" or one.status == "active"


def about(one: wire_quieting.Recurring) -> str:
    """What it hides."""
    return " ".join(one.matchers) if one.kind == "silence" else ", ".join(one.services)


def header(width: int) -> paint.Line:
    return [(f" {'STATE':<11}{'ID':<6}{'KIND':<13}{paint.fit('HIDES', max(width - 62, 10))}RULE", theme.faint)]


def row(model: Model, one: wire_quieting.Recurring, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    mark, style = _MARKS.get(one.status, ("  ", theme.muted))
    return [
        (f"{mark}{one.status:<9}", style),
        (paint.fit(one.name, 5) + " ", theme.muted),
        (paint.fit(one.kind, 12) + " ", theme.plain),
        (paint.fit(about(one), max(width - 62, 10) - 1) + " ", theme.bold),
        (one.rule, theme.muted),
    ]


def lines(model: Model, one: wire_quieting.Recurring, width: int) -> list[paint.Line]:
    """One rule in full."""
    mark, style = _MARKS.get(one.status, ("  ", theme.muted))
    found: list[paint.Line] = [
        [],
        [(mark, style), (f"{one.status}  ", style), (f"{one.name}  {one.kind}", theme.muted)],
        *([(text, theme.bold)] for text in paint.wrap(one.text, width, 6)),
        [(f"by {one.created_by}" + (f", ended by {one.ended_by}" if one.ended_by else ""), theme.primary)],
        [],
        [("HIDES", theme.heading)],
        *([(text, theme.plain)] for text in paint.wrap(about(one), width, 6)),
        [],
        [("WHEN", theme.heading)],
        *([(text, theme.plain)] for text in paint.wrap(one.rule, width, 4)),
    ]
    if one.below:
        found.append([(f"only what is less severe than {one.below}", theme.muted)])
    if one.spared:
        found += [[(text, theme.warning)] for text in paint.wrap(f"not: {' '.join(one.spared)}", width, 4)]
    found += [[], [("NEXT", theme.heading)]]
    found += [[(shifts.span_text(model, time.starts_at, time.ends_at), theme.muted)] for time in one.coming]
    if not one.coming:
        found.append([("never again", theme.muted)])
    if one.last_hid_at is not None:
        told = phrases.day_hour(one.last_hid_at, model.now(), model.zone)
        found.append([(f"it hid something last at {told}", theme.muted)])
    return found
