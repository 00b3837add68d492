"""When pages come: a grid of weekdays and hours, denser where there were more, with what each density counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from incidentd.domain.display import safe_line
from incidentd.domain.pictures.glyphs import UNICODE, Glyphs
from incidentd.domain.pictures.spans import LEAST_WIDTH, Canvas, Line, Span, flowed, wrapped
from incidentd.domain.pictures.tables import Table, Value
from incidentd.wire.figures import Rhythm

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24
STEPS = 4
_MARGIN = 4  # columns before the grid


def steps(most: int) -> list[tuple[int, int]]:
    """The counts that each density stands for, as (least, most) of it; even steps up to `most`, at most four."""
    many = min(STEPS, most)
    bounds = [round(most * step / many) for step in range(many + 1)] if many else []
    return [(low + 1, high) for low, high in pairwise(bounds)]


def step_of(count: int, found: Sequence[tuple[int, int]]) -> int:
    """0 for none, else which of the densities; the densest is always 4."""
    if not count:
        return 0
    return next(number for number, (_, high) in enumerate(found, 1 + STEPS - len(found)) if count <= high)


def by_day(rhythm: Rhythm) -> list[int]:
    return [sum(row) for row in rhythm.counts]


def by_hour(rhythm: Rhythm) -> list[int]:
    return [sum(hour) for hour in zip(*rhythm.counts, strict=True)]


def step_text(bounds: tuple[int, int]) -> str:
    low, high = bounds
    return str(low) if low == high else f"{low}-{high}"


def rhythm_lines(rhythm: Rhythm, width: int, *, glyphs: Glyphs = UNICODE) -> list[Line]:
    """The grid in `width` columns, 40 at least, with its sums, those of columns upright where they are narrow."""
    width = max(width, LEAST_WIDTH)
    found = steps(max((count for row in rhythm.counts for count in row), default=0))
    days, hours = by_day(rhythm), by_hour(rhythm)
    digits, level = len(str(sum(days))), len(str(max(hours, default=0)))
    cell = min(max((width - _MARGIN - digits) // HOURS, 1), 3)
    ink = max(cell - 1, 1)  # columns of a cell that are drawn
    end = _MARGIN + HOURS * cell + (cell == 1)
    canvas = Canvas(width, 1 + len(DAYS) + (level if level > ink else 1))
    for hour in range(0, HOURS, 3 if cell > 1 else 6):
        canvas.put(0, _MARGIN + hour * cell, f"{hour:02}", "label")
    for row, (name, counts, total) in enumerate(zip(DAYS, rhythm.counts, days, strict=True), 1):
        canvas.put(row, 0, name, "label")
        for hour, count in enumerate(counts):
            step = step_of(count, found)
            canvas.put(row, _MARGIN + hour * cell, glyphs.steps[step] * ink, f"step{step}")
        canvas.put(row, end, f"{total:>{digits}}", "total")
    foot = 1 + len(DAYS)
    canvas.put(foot, 0, "all", "label")
    for hour, count in enumerate(hours):
        texts = f"{count:>{level}}" if level > ink else [f"{count:>{ink}}"]
        for row, text in enumerate(texts, foot):
            canvas.put(row, _MARGIN + hour * cell, text, "total")
    canvas.put(foot, end, f"{sum(days):>{digits}}", "total")
    return [*canvas.lines(), *_legend(found, width, glyphs), *wrapped(caption(rhythm), width)]


def _legend(found: Sequence[tuple[int, int]], width: int, glyphs: Glyphs) -> list[Line]:
    items: list[Line] = [(Span(glyphs.steps[0], "step0"), Span(" 0", "label"))]
    for step, bounds in enumerate(found, 1 + STEPS - len(found)):
        items.append((Span(glyphs.steps[step], f"step{step}"), Span(f" {step_text(bounds)}", "label")))
    return flowed(items, width)


def caption(rhythm: Rhythm) -> str:
    return f"{rhythm.n} pages by weekday and hour, on the clock of {safe_line(rhythm.zone, 60)}."


def rhythm_table(rhythm: Rhythm) -> Table:
    """A row an hour, with its pages by weekday and in all; the last row is the whole day."""
    rows: list[tuple[Value, ...]] = [
        (f"{hour:02}:00", *(row[hour] for row in rhythm.counts), total) for hour, total in enumerate(by_hour(rhythm))
    ]
    rows.append(("all", *by_day(rhythm), rhythm.n))
    return Table(caption(rhythm), (f"hour ({rhythm.zone})", *DAYS, "all"), tuple(rows))
