"""The sheet of an SVG picture: head, what a screen reader reads, its two palettes, and the marks to draw with.

A sheet needs nothing else: no script, no font, no address. It follows the reader's light or dark scheme, and prints
light. What is told apart by colour is told apart by shape, pattern or a number as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from incidentd.domain.columns import fit, wrap
from incidentd.domain.columns import width as width_of
from incidentd.domain.display import safe_line
from incidentd.domain.review_markup import escaped

WIDTH, MARGIN = 960, 24  # user units
HEAD = 76  # the title and the line under it
_LETTER = 6.6  # user units that a letter of a label takes, about
_TITLE_LETTER = 12.0
_LINE = 17
_LONGEST = 100_000
_FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif'

# Fills of the classes. Steps and severities differ in lightness too, so that they differ in grey and to every eye.
# Whether a yes is wanted depends on the figure, so that neither yes nor no looks like an alarm.
_LIGHT = {
    "ground": "#ffffff", "ink": "#1b2430", "soft": "#4b5767", "line": "#d9dfe7", "edge": "#78859a",
    "sev1": "#b3261e", "sev2": "#b06a00", "sev3": "#0a5fa8", "sev4": "#56657a", "sev5": "#56657a", "unrated": "#56657a",
    "kept": "#0a5fa8", "missed": "#78859a",
    "step0": "#ffffff", "step1": "#d8e7f5", "step2": "#97c1e6", "step3": "#3b80bd", "step4": "#0b3a6b",
    "on1": "#1b2430", "on2": "#1b2430", "on3": "#ffffff", "on4": "#ffffff",
}  # fmt: skip
_DARK = {
    "ground": "#0f141b", "ink": "#e4e9f0", "soft": "#a8b4c3", "line": "#2c3746", "edge": "#7d8b9d",
    "sev1": "#ff8a73", "sev2": "#f2b63c", "sev3": "#6cb6ff", "sev4": "#a8b4c3", "sev5": "#a8b4c3", "unrated": "#a8b4c3",
    "kept": "#6cb6ff", "missed": "#7d8b9d",
    "step0": "#0f141b", "step1": "#1c3550", "step2": "#2f6292", "step3": "#6aaee6", "step4": "#d2e9ff",
    "on1": "#e4e9f0", "on2": "#e4e9f0", "on3": "#0f141b", "on4": "#0f141b",
}  # fmt: skip


class Sheet(NamedTuple):
    """What stands around a picture; `text` says the same as the picture to who does not see it."""

    ident: str  # its own among the pictures of a page
    title: str
    subtitle: str
    text: str
    height: float
    width: float = WIDTH


def drawn(sheet: Sheet, body: Iterable[str]) -> str:
    """The whole SVG document."""
    ident, room = identifier(sheet.ident), sheet.width - 2 * MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img"'
            f' aria-labelledby="{ident}-title {ident}-desc" viewBox="0 0 {sheet.width:g} {sheet.height:g}"'
            f' width="{sheet.width:g}" height="{sheet.height:g}">',
            f'<title id="{ident}-title">{_text(sheet.title)}</title>',
            f'<desc id="{ident}-desc">{_text(sheet.text)}</desc>',
            f"<style>{_STYLE}</style>",
            f"<defs>{_pattern(ident, 'lines', _STRIPE)}{_pattern(ident, 'points', _POINT)}</defs>",
            f'<rect class="ground" width="{sheet.width:g}" height="{sheet.height:g}"/>',
            label(MARGIN, 36, fit(safe_line(sheet.title), int(room / _TITLE_LETTER)), "ink title"),
            label(MARGIN, 58, fit(safe_line(sheet.subtitle), int(room / _LETTER)), "soft"),
            *body,
            "</svg>",
            "",
        ]
    )


def identifier(name: str) -> str:
    """A name as an identifier of an element."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "picture"


def _palette(colours: Mapping[str, str]) -> str:
    fills = "".join(f".picture .{name}{{fill:{colour}}}" for name, colour in colours.items())
    strokes = "".join(f".picture .{name}-stroke{{stroke:{colour}}}" for name, colour in colours.items())
    return fills + strokes


_STYLE = (
    f".picture{{font-family:{_FONT};font-size:12px;max-width:100%;height:auto}}"
    ".picture .title{font-size:19px;font-weight:700}.picture .bold{font-weight:700}.picture .small{font-size:10.5px}"
    ".picture .end{text-anchor:end}.picture .middle{text-anchor:middle}.picture .none{fill:none}"
    ".picture .dash{stroke-dasharray:5 4}.picture text{font-variant-numeric:tabular-nums}"
    f"{_palette(_LIGHT)}"
    f"@media screen and (prefers-color-scheme:dark){{{_palette(_DARK)}}}"
)
_STRIPE = '<path class="none ink-stroke" stroke-width="1.6" d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2"/>'
_POINT = '<circle class="soft" cx="3" cy="3" r="1.1"/>'


def _pattern(ident: str, name: str, sign: str) -> str:
    return (
        f'<pattern id="{ident}-{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect class="ground" width="6" height="6"/>{sign}</pattern>'
    )


# ------------------------------------------------------------------ marks
def label(x: float, y: float, text: str, classes: str = "ink") -> str:
    """A text; `classes` may hold end, middle, bold and small."""
    return f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}">{_text(text)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, classes: str, weight: float = 1) -> str:
    at = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line class="{classes}" {at} stroke-width="{weight:g}"/>'


def box(x: float, y: float, width: float, height: float, fill: str, told: str = "", outline: str = "edge") -> str:
    """A rectangle with an outline; `fill` is a class, or a reference to a pattern (`url(#...)`)."""
    paint = f'class="{outline}-stroke" fill="{fill}"' if fill.startswith("url(") else f'class="{fill} {outline}-stroke"'
    return f'<rect {paint} x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">{hint(told)}</rect>'


def hint(text: str) -> str:
    """What a pointer on a mark is told."""
    return f"<title>{_text(text)}</title>" if text else ""


def paragraph(y: float, text: str, classes: str = "soft", width: float = WIDTH) -> tuple[list[str], float]:
    """Running text from `y` on, and where the next line would stand."""
    lines = list(wrap(safe_line(text), int((width - 2 * MARGIN) / _LETTER)))
    return [label(MARGIN, y + at * _LINE, one, classes) for at, one in enumerate(lines)], y + len(lines) * _LINE


class Sign(NamedTuple):
    """A mark of the legend, drawn around a point, and what it means."""

    mark: str
    text: str


def legend(y: float, signs: Sequence[Sign], width: float = WIDTH) -> tuple[list[str], float]:
    """Signs beside each other from `y` on, and where the next line would stand."""
    found: list[str] = []
    x: float = MARGIN
    for sign in signs:
        size = 26 + width_of(sign.text) * _LETTER + 18
        if x > MARGIN and x + size > width - MARGIN:
            x, y = MARGIN, y + _LINE + 4
        found += [f'<g transform="translate({x + 8:.1f},{y - 4:.1f})">{sign.mark}</g>', label(x + 22, y, sign.text)]
        x += size
    return found, y + _LINE + 6 if signs else y


def _text(text: str) -> str:
    return escaped(safe_line(text, _LONGEST))
