"""The protection of project work as a picture: every figure also as text, bars told apart by pattern, not by colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from incidentd.domain.display import safe_line
from incidentd.wire.protection import ProtectedWeek, Protection

_LEFT, _TOP, _COLUMN, _HEIGHT, _PANEL = 16, 64, 64, 90, 170  # in user units
_PATTERNS = (
    '<defs><pattern id="lines" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff"/><line x1="0" y1="0" x2="0" y2="6" stroke="#111" stroke-width="2"/>'
    "</pattern>"
    '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#fff"/>'
    '<circle cx="3" cy="3" r="1.6" fill="#111"/></pattern></defs>'
)


class Bar(NamedTuple):
    """One bar: its share of the panel's height, what stands over it, and how it is filled."""

    height: float
    label: str
    fill: str


class Panel(NamedTuple):
    title: str
    bars: Callable[[ProtectedWeek], Sequence[Bar]]


def svg(found: Protection) -> str:
    """An SVG document of the weeks of `found`."""
    most = max((one.hours for one in found.weeks), default=0) or 1
    panels = (
        Panel("Project days without an interruption, of all", _leak_free),
        Panel("Reactive work that support handled, of all", _absorption),
        Panel("Hours with an interrupt: all (lines), outside working hours (dots), in sleep hours (black)",
              lambda one: _hours(one, most)),
    )  # fmt: skip
    width = max(2 * _LEFT + _COLUMN * len(found.weeks), 640)
    height = _TOP + _PANEL * len(panels)
    title = _text(f"How project work of team {found.team} is protected")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc"'
        f' viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="11" fill="#111">',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{_text(_description(found))}</desc>',
        _PATTERNS,
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="28" font-size="16" font-weight="bold">{title}</text>',
        *(line for at, panel in enumerate(panels) for line in _panel(panel, found.weeks, _TOP + at * _PANEL, width)),
        "</svg>",
    ]
    return "\n".join(lines)


def _panel(panel: Panel, weeks: Sequence[ProtectedWeek], top: int, width: int) -> Iterator[str]:
    base = top + 30 + _HEIGHT
    yield f'<text x="{_LEFT}" y="{top}" font-weight="bold">{_text(panel.title)}</text>'
    yield f'<line x1="{_LEFT}" y1="{base}" x2="{width - _LEFT}" y2="{base}" stroke="#111"/>'
    for number, week in enumerate(weeks):
        left = _LEFT + number * _COLUMN
        yield f'<text x="{left}" y="{base + 14}">{week.day:%d %b}</text>'
        bars = panel.bars(week)
        if not bars:
            yield f'<text x="{left}" y="{base - 4}">no data</text>'
        size = (_COLUMN - 16) / max(len(bars), 1)
        for place, bar in enumerate(bars):
            x, high = left + place * size, bar.height * _HEIGHT
            yield (
                f'<rect x="{x:.1f}" y="{base - high:.1f}" width="{size - 2:.1f}" height="{high:.1f}" fill="{bar.fill}"'
                ' stroke="#111"/>'
            )
            yield f'<text x="{x:.1f}" y="{base - high - 4:.1f}">{_text(bar.label)}</text>'


def _leak_free(one: ProtectedWeek) -> Sequence[Bar]:
    label = f"{one.project_days - one.leaks}/{one.project_days}"
    return () if one.leak_free is None else (Bar(one.leak_free, label, "url(#lines)"),)


def _absorption(one: ProtectedWeek) -> Sequence[Bar]:
    return () if one.absorption is None else (Bar(one.absorption, f"{one.absorbed}/{one.work}", "url(#lines)"),)


def _hours(one: ProtectedWeek, most: int) -> Sequence[Bar]:
    figures = ((one.hours, "url(#lines)"), (one.off_hours, "url(#dots)"), (one.sleep_hours, "#111"))
    return [Bar(count / most, str(count), fill) for count, fill in figures]


def _description(found: Protection) -> str:
    weeks = (
        f"Week from {one.day}: {one.project_days - one.leaks} of {one.project_days} project days without"
        f" an interruption, support handled {one.absorbed} of {one.work}, {one.hours} hours with an interrupt,"
        f" {one.off_hours} of them outside working hours and {one.sleep_hours} in sleep hours."
        for one in found.weeks
    )
    return " ".join([*weeks, *(f"Island: {one.text}." for one in found.islands), *found.definitions.values()])


def _text(text: str) -> str:
    return escape(safe_line(text, 100_000))
