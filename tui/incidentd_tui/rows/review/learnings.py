"""Learnings: what people know now that they did not know before; without a name where somebody wants that."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.review_steps import Step
from incidentd.wire.review_records import Learning
from incidentd_tui import paint, theme
from incidentd_tui.rows.review.seen import Key, Seen, StepView, spaced


def learning(seen: Seen, key: Key | None) -> Learning | None:
    """The learning of a row."""
    wanted = key[1] if key is not None and key[0] == "learning" else None
    return next((one for one in seen.view.learnings if one.id == wanted), None)


def _rows(seen: Seen) -> Sequence[Key]:
    return spaced([("learning", one.id) for one in seen.view.learnings])


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    one = learning(seen, key)
    if one is None:
        return [[]]
    texts = paint.wrap(one.text, width - 4, 12)
    lines: list[paint.Line] = [[("✦ " if not number else "  ", theme.success), (text, theme.plain)]
                               for number, text in enumerate(texts)]  # fmt: skip
    you = " (you)" if one.mine else ""
    who = f"{one.author}{you}" if one.author else "without a name"
    return [*lines, [(f"  — {who}", theme.faint)]]


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    how: paint.Line = [("  w", theme.key), (" writes one, with your name or without", theme.muted)]
    return [[], [("  What do you know now that you did not know before?", theme.plain)], *([how] if seen.held else [])]


def _asks(seen: Seen, key: Key | None) -> str:
    return "What do you know now? What will you do differently tomorrow?"


STEP = StepView(name=Step.LEARNINGS, short="Learnings", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
