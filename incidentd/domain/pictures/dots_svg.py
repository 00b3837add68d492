"""Every case of a figure as a dot, as SVG: the shape says its severity, bars say what is disputed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from incidentd.domain.pictures.by_period_svg import period_svg
from incidentd.domain.pictures.captions import (
    boundary_text,
    caption,
    case_text,
    explanation,
    period_text,
    scope_text,
)
from incidentd.domain.pictures.glyphs import severity_style
from incidentd.domain.pictures.plot import Plot, plot, spread, worst
from incidentd.domain.pictures.shapes import shape
from incidentd.domain.pictures.sheet import (
    HEAD,
    MARGIN,
    WIDTH,
    Sheet,
    Sign,
    drawn,
    hint,
    label,
    legend,
    line,
    paragraph,
)
from incidentd.domain.pictures.version_labels import version_labels
from incidentd.domain.severity import Severity
from incidentd.wire.figures import FigureCase, FigureDetail, VersionBoundary

_LEFT, _RIGHT, _TOP, _HEIGHT = 92, WIDTH - MARGIN - 12, HEAD + 34, 340
_BOTTOM = _TOP + _HEIGHT
_ZERO = 30  # the strip of zeros under the plot
_APART = 9  # dots closer than this are drawn as one with their number
_NAMED = 8  # cases that the hint of such a dot names
_MOST_TICKS = 12


class _Place(NamedTuple):
    x: float
    y: float
    cases: tuple[FigureCase, ...]


def dots_svg(detail: FigureDetail, ident: str = "") -> str:
    """The picture of a figure, shares and counts by period; `ident` is its own among the pictures of a page."""
    ident = ident or f"dots-{detail.figure.name}"
    if detail.figure.kind != "duration":
        return period_svg(detail, ident)
    found = plot(detail)
    foot = _BOTTOM + (_ZERO if found.zeros else 0)
    signs, y = legend(foot + 54, list(_signs(found)))
    told, y = paragraph(y, caption(found), "ink")
    defined, y = paragraph(y + 4, f"{detail.figure.definition} {detail.figure.note}".strip())
    subtitle = ", ".join(filter(None, (scope_text(detail.scope, detail.boundaries), period_text(found))))
    sheet = Sheet(ident, detail.figure.title, subtitle, explanation(found), y + 4)
    body = [
        *_value_axis(found),
        *_time_axis(found, foot),
        *_boundaries(found, foot),
        *_spreads(found),
        *(_dot(detail, place) for place in _places(found)),
        *_median(found),
        *signs,
        *told,
        *defined,
    ]
    return drawn(sheet, body)


# ------------------------------------------------------------------ axes
def _x(found: Plot, at: FigureCase | VersionBoundary) -> float:
    return _LEFT + found.times.place(at.at) * (_RIGHT - _LEFT)


def _y(found: Plot, value: float) -> float:
    return _BOTTOM - found.values.place(value) * _HEIGHT if value > 0 else _BOTTOM + _ZERO / 2 + 1


def _value_axis(found: Plot) -> Iterator[str]:
    for tick in found.values.ticks:
        y = _BOTTOM - tick.place * _HEIGHT
        yield line(_LEFT, y, _RIGHT, y, "line-stroke")
        yield label(_LEFT - 14, y + 4, tick.text, "soft end")
    if found.zeros:
        yield label(_LEFT - 14, _y(found, 0) + 4, "0", "soft end")
    yield line(_LEFT, _TOP, _LEFT, _BOTTOM, "edge-stroke")


def _time_axis(found: Plot, foot: float) -> Iterator[str]:
    yield line(_LEFT, _BOTTOM, _RIGHT, _BOTTOM, "edge-stroke")
    if found.zeros:
        yield line(_LEFT, foot, _RIGHT, foot, "edge-stroke")
    for tick in found.times.ticks(_MOST_TICKS):
        x = _LEFT + tick.place * (_RIGHT - _LEFT)
        yield line(x, foot, x, foot + 6, "edge-stroke")
        yield label(x, foot + 20, tick.text, "soft middle")


def _boundaries(found: Plot, foot: float) -> Iterator[str]:
    for one in found.boundaries:
        x = _x(found, one)
        yield f"<g>{line(x, _TOP - 8, x, foot, 'none edge-stroke dash', 1.5)}{hint(boundary_text(one))}</g>"
    yield from version_labels([(_x(found, one), one) for one in found.in_force], _TOP - 14, _RIGHT)


def _median(found: Plot) -> Iterator[str]:
    if found.detail.figure.median is not None:
        yield f'<g transform="translate({_LEFT - 6},{_y(found, found.detail.figure.median):.1f})">{_MEDIAN}</g>'


_MEDIAN = '<path class="ink" d="M-5,-5 L5,0 L-5,5 Z"/>'


# ------------------------------------------------------------------ dots
def _places(found: Plot) -> list[_Place]:
    """Dots at their places; those too close to be told apart are one, between them."""
    cells: dict[tuple[int, int], list[tuple[float, float, FigureCase]]] = {}
    for case in found.detail.cases:
        x, y = _x(found, case), _y(found, case.value)
        cells.setdefault((int(x // _APART), int(y // _APART)), []).append((x, y, case))
    return [
        _Place(
            sum(x for x, _, _ in dots) / len(dots), sum(y for _, y, _ in dots) / len(dots),
            tuple(case for _, _, case in dots),
        )
        for dots in cells.values()
    ]  # fmt: skip


def _dot(detail: FigureDetail, place: _Place) -> str:
    severity = worst(place.cases)
    mark = shape(severity_style(severity)) if len(place.cases) == 1 else _crowd(severity, str(len(place.cases)))
    return f'<g transform="translate({place.x:.1f},{place.y:.1f})">{mark}{hint(_told(detail, place.cases))}</g>'


def _crowd(severity: Severity | None, many: str) -> str:
    style = severity_style(severity)
    width = 8 + 6 * len(many)
    return (
        f'<rect class="ground {style}-stroke" x="{-width / 2:g}" y="-7.5" width="{width}" height="15" rx="7"'
        f' stroke-width="2"/>{label(0, 4, many, "ink middle small bold")}'
    )


def _told(detail: FigureDetail, cases: Sequence[FigureCase]) -> str:
    shown = "; ".join(case_text(detail, case) for case in cases[:_NAMED])
    return shown if len(cases) <= _NAMED else f"{shown}; and {len(cases) - _NAMED} more"


def _spreads(found: Plot) -> Iterator[str]:
    for case in found.detail.cases:
        if (bounds := spread(case)) is not None:
            x, (low, high) = _x(found, case), (_y(found, value) for value in bounds)
            yield line(x, low, x, high, "edge-stroke", 1.6)
            yield from (line(x - 4, y, x + 4, y, "edge-stroke", 1.6) for y in (low, high))


def _signs(found: Plot) -> Iterator[Sign]:
    used = {case.severity for case in found.detail.cases}
    for severity in (*Severity, None):
        if severity in used:
            yield Sign(shape(severity_style(severity)), "no severity" if severity is None else severity.value)
    if any(len(place.cases) > 1 for place in _places(found)):
        yield Sign(_crowd(None, "3"), "several cases in one place")
    if found.disputed:
        yield Sign(line(0, -7, 0, 7, "edge-stroke", 1.6) + _caps(), "disputed: low to high")
    if found.boundaries:
        yield Sign(line(0, -8, 0, 8, "none edge-stroke dash", 1.5), "new process version")
    if found.detail.figure.median is not None:
        yield Sign(_MEDIAN, "median")


def _caps() -> str:
    return "".join(line(-4, y, 4, y, "edge-stroke", 1.6) for y in (-7, 7))
