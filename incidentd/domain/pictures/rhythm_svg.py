"""When pages come as SVG: a cell for each hour of the week with its number, darker where there were more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from incidentd.domain.pictures.captions import scope_text
from incidentd.domain.pictures.rhythm import DAYS, HOURS, STEPS, by_day, by_hour, caption, step_of, step_text, steps
from incidentd.domain.pictures.sheet import (
    HEAD,
    MARGIN,
    WIDTH,
    Sheet,
    Sign,
    box,
    drawn,
    label,
    legend,
    paragraph,
)
from incidentd.wire.figures import Rhythm

_LEFT, _TOP, _TALL = MARGIN + 44, HEAD + 28, 30
_WIDE = (WIDTH - MARGIN - 52 - _LEFT) / HOURS
_BOTTOM = _TOP + len(DAYS) * _TALL


def rhythm_svg(rhythm: Rhythm, ident: str = "rhythm") -> str:
    """The picture of a rhythm; `ident` is its own among the pictures of a page."""
    found = steps(max((count for row in rhythm.counts for count in row), default=0))
    signs, y = legend(_BOTTOM + 56, list(_signs(found)))
    told, y = paragraph(y, caption(rhythm), "ink")
    defined, y = paragraph(y + 4, rhythm.definition)
    subtitle = ", ".join(filter(None, (scope_text(rhythm.scope), f"hours on the clock of {rhythm.zone}")))
    body = [
        *_cells(rhythm, found),
        *(label(_LEFT + hour * _WIDE + _WIDE / 2, _TOP - 8, f"{hour:02}", "soft middle") for hour in range(HOURS)),
        *_sums(rhythm),
        *signs,
        *told,
        *defined,
    ]
    return drawn(Sheet(ident, "Pages by weekday and hour", subtitle, _explanation(rhythm), y + 4), body)


def _cells(rhythm: Rhythm, found: Sequence[tuple[int, int]]) -> Iterator[str]:
    for day, row in enumerate(rhythm.counts):
        y = _TOP + day * _TALL
        yield label(MARGIN, y + 20, DAYS[day], "ink bold")
        for hour, count in enumerate(row):
            x, step = _LEFT + hour * _WIDE, step_of(count, found)
            yield box(x + 1, y + 1, _WIDE - 2, _TALL - 2, f"step{step}", f"{DAYS[day]} {hour:02}:00: {count}", "line")
            if count:
                yield label(x + _WIDE / 2, y + 19.5, str(count), f"on{step} middle small")


def _sums(rhythm: Rhythm) -> Iterator[str]:
    right = WIDTH - MARGIN
    yield label(right, _TOP - 8, "all", "soft end")
    for day, total in enumerate(by_day(rhythm)):
        yield label(right, _TOP + day * _TALL + 20, str(total), "ink bold end")
    yield label(MARGIN, _BOTTOM + 20, "all", "soft")
    for hour, total in enumerate(by_hour(rhythm)):
        yield label(_LEFT + hour * _WIDE + _WIDE / 2, _BOTTOM + 20, str(total), "ink bold middle small")
    yield label(right, _BOTTOM + 20, str(sum(by_day(rhythm))), "ink bold end")


def _signs(found: Sequence[tuple[int, int]]) -> Iterator[Sign]:
    yield Sign(box(-7, -7, 14, 14, "step0"), "none")
    for step, bounds in enumerate(found, 1 + STEPS - len(found)):
        yield Sign(box(-7, -7, 14, 14, f"step{step}"), f"{step_text(bounds)} pages")


def _explanation(rhythm: Rhythm) -> str:
    days = ", ".join(f"{name} {total}" for name, total in zip(DAYS, by_day(rhythm), strict=True))
    hours = ", ".join(f"{hour:02}:00 {total}" for hour, total in enumerate(by_hour(rhythm)) if total)
    return f"{caption(rhythm)} By day: {days}. By hour: {hours or 'none'}. {rhythm.definition}"
