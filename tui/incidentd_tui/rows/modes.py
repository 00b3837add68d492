"""Modes: who is in support and who on project work, one a row, with their blocks and what is wrong."""

from __future__ import annotations

from datetime import datetime

from incidentd.wire import modes as wire_modes
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import calendar as days
from incidentd_tui.rows import shifts

_MARKS = {"support": ("●", theme.success), "project": ("◇", theme.primary), "": ("–", theme.muted)}


def header(width: int) -> paint.Line:
    return [(f" {paint.fit('PERSON', 14)}{'MODE':<11}{'UNTIL':<15}{'THEN':<24}TEAMS", theme.faint)]


def row(model: Model, one: wire_modes.PersonMode, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    mark, style = _MARKS.get(one.mode, ("·", theme.muted))
    then = f"{one.next_mode} {_when(model, one.next_at)}" if one.next_mode else ""
    return [
        (paint.fit(days.shown_name(model, one.person), 13) + " ", theme.bold),
        (f"{mark} {one.mode or 'neither':<9}", style),
        (f"{_when(model, one.until):<15}", theme.muted),
        (paint.fit(then, 23) + " ", theme.muted),
        (", ".join(one.teams), theme.faint),
    ]


def _when(model: Model, at: datetime | None) -> str:
    return phrases.day_hour(at, model.now(), model.zone) if at is not None else ""


def share(one: wire_modes.TeamModes) -> str:
    """payments: 1 of 2 wanted in support (40 %)."""
    if one.support_percent is None:
        return f"{one.team}: {len(one.support)} in support"
    return f"{one.team}: {len(one.support)} of {one.wanted} wanted in support ({one.support_percent} %)"


def short(one: wire_modes.TeamModes) -> bool:
    """Whether fewer are in support than its share wants."""
    return len(one.support) < one.wanted


def blocks_of(found: wire_modes.Modes, person: str) -> list[wire_modes.ModeBlock]:
    """What stands of somebody's blocks, by time."""
    return sorted(
        (one for one in found.blocks if one.person == person and not one.cancelled), key=lambda one: one.starts_at
    )


def block_row(model: Model, block: wire_modes.ModeBlock) -> paint.Line:
    """A block in one line."""
    mark, style = _MARKS.get(block.mode, ("·", theme.muted))
    length = phrases.span(block.ends_at - block.starts_at)
    return [
        (f"{mark} {block.mode:<9}", style),
        (f"{shifts.span_text(model, block.starts_at, block.ends_at):<38}", theme.plain),
        (f"{length:>6}  ", theme.muted),
        (block.reason, theme.faint),
    ]


def block_lines(model: Model, block: wire_modes.ModeBlock, width: int) -> list[paint.Line]:
    """A block in full."""
    mark, style = _MARKS.get(block.mode, ("·", theme.muted))
    now = block.starts_at <= model.now() < block.ends_at
    why = f"  by {block.by}" + (f": {block.reason}" if block.reason else "")
    return [
        [(f"{mark} {block.mode}  ", style), ("now" if now else "", theme.success)],
        [("  " + shifts.span_text(model, block.starts_at, block.ends_at), theme.plain)],
        *([(text, theme.faint)] for text in paint.wrap(why, width, 3)),
    ]


def lines(model: Model, found: wire_modes.Modes, one: wire_modes.PersonMode, width: int) -> list[paint.Line]:
    """One person in full: blocks, what is wrong with them, and how their teams stand."""
    mark, style = _MARKS.get(one.mode, ("·", theme.muted))
    told: list[paint.Line] = [
        [],
        [(f"{mark} {one.mode or 'in neither mode'}  ", style), (f"{one.name} ({one.person})", theme.bold)],
        [],
        [("BLOCKS", theme.heading)],
    ]
    for block in blocks_of(found, one.person):
        told += block_lines(model, block, width)
    if not blocks_of(found, one.person):
        told.append([("none in these 13 weeks", theme.muted)])
    warnings = [warning for warning in found.warnings if warning.person == one.person]
    if warnings:
        told += [[], [("WARNINGS", theme.heading)]]
    for warning in warnings:
        told += [
            [("▲ " if not at else "  ", theme.warning), (text, theme.plain)]
            for at, text in enumerate(paint.wrap(shifts.warning_text(model, warning), width - 2, 4))
        ]
    teams = [team for team in found.teams if team.team in one.teams]
    if teams:
        told += [[], [("TEAMS", theme.heading)]]
    for team in teams:
        mark, style = ("▲ ", theme.warning) if short(team) else ("  ", theme.plain)
        told += [[(mark if not at else "  ", style), (text, theme.plain)]
                 for at, text in enumerate(paint.wrap(share(team), width - 2, 2))]  # fmt: skip
    return told
