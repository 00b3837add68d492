"""The parking lot: ideas for later, uncommented. Actions are made of them by a small group, later."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.review_steps import Step
from incidentd.wire.review_records import Idea
from incidentd_tui import paint, theme
from incidentd_tui.rows.review.seen import Key, Seen, StepView
from incidentd_tui.rows.review.similar import action_line


def idea(seen: Seen, key: Key | None) -> Idea | None:
    """The idea of a row."""
    wanted = key[1] if key is not None and key[0] == "idea" else None
    return next((one for one in seen.view.ideas if one.id == wanted), None)


def _rows(seen: Seen) -> Sequence[Key]:
    ideas: list[Key] = [("idea", one.id) for one in seen.view.ideas]
    if seen.view.actions:
        return [*ideas, ("head", 0), *(("action", one.id) for one in seen.view.actions)]
    return ideas


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    if key[0] == "head":
        return [[], [("ACTIONS", theme.heading), (f"  {len(seen.view.actions)}", theme.faint)]]
    if key[0] == "action":
        action = next((one for one in seen.view.actions if one.id == key[1]), None)
        return [action_line(seen, action, width)] if action is not None else [[]]
    one = idea(seen, key)
    if one is None:
        return [[]]
    became = f"became A-{one.action_id}" if one.action_id else f"dropped: {one.dropped_why}" if one.dropped_why else ""
    style = theme.muted if became else theme.plain
    texts = paint.wrap(one.text, width - 4, 8)
    lines: list[paint.Line] = [[("○ " if not number else "  ", theme.primary), (text, style)]
                               for number, text in enumerate(texts)]  # fmt: skip
    return [*lines, [(f"  — {one.by}", theme.faint), (f"  {became}" if became else "", theme.success)]]


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    how: paint.Line = [("  w", theme.key), (" parks one", theme.muted)]
    return [[], [("  Ideas for later. A small group makes actions of them in about two working days.", theme.plain)],
            *([how] if seen.held else [])]  # fmt: skip


def _asks(seen: Seen, key: Key | None) -> str:
    return "What could be tried? Nothing is decided here."


STEP = StepView(name=Step.PARKING_LOT, short="Parking lot", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
