"""Ground rules: read out once, large and calm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from incidentd.domain.review_steps import Step
from incidentd_tui import paint, theme
from incidentd_tui.rows.review.seen import Key, Seen, StepView, centred

_WIDTH = 64


def _rows(seen: Seen) -> Sequence[Key]:
    return ()


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    return [[]]


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    """A sentence a paragraph, the first one bold; who has read them below."""
    text = next((one.text for one in seen.view.steps if one.name == Step.GROUND_RULES), "")
    wide = min(_WIDTH, width - 6)
    lines: list[paint.Line] = []
    for number, sentence in enumerate(re.split(r"(?<=[.!?]) +", str(text))):
        style = theme.bold if not number else theme.plain
        lines += [[("▎ ", theme.primary), (line, style)] for line in paint.wrap(sentence, wide - 2)]
        lines.append([])
    return centred(seen, [*lines, *_read(seen, wide)], wide)


def _read(seen: Seen, width: int) -> list[paint.Line]:
    """Who said that they are done with them, without a word on who is not when one is alone."""
    mine = seen.me()
    if not seen.held or mine is None:
        return []
    if mine.done_step == Step.GROUND_RULES:
        return [[("✓ ", theme.success), ("You are done.", theme.plain)]]
    return [[("d", theme.key), (" when you have read them", theme.muted)]]


def _asks(seen: Seen, key: Key | None) -> str:
    return ""


STEP = StepView(name=Step.GROUND_RULES, short="Ground rules", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
