"""Draw the pictures of the documentation: the real UI over made-up facts, as SVG and (with rsvg-convert) as PNG.

python docs/img/render.py [--out DIR] [--only NAME]
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

ROOT = Path(__file__).resolve().parents[2]
CELL, LINE, SIZE = 12.0, 24.0, 20.0
BACKGROUND, FOREGROUND = "#0e131a", "#d5dce6"


class Picture(NamedTuple):
    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    incident: int | None = None
    step: str = ""  # of the review of INC-298, with everything that was written


PICTURES = (
    Picture("inbox", (120, 30), ("left_square_bracket", "left_square_bracket", "left_square_bracket", "j", "j", "j")),
    Picture("room", (140, 44), (), 311),
    Picture("triage", (120, 34), ("4", "j", "enter")),
    Picture("review-list", (120, 26), ("5",)),
    Picture("review-walk", (140, 40), ("5", "enter", "G", "w", "text:a green status page")),
    Picture("review-accounts", (140, 34), ("5", "enter"), step="accounts"),
    Picture("review-factors", (140, 36), ("5", "enter", "j"), step="factors"),
    Picture("review-similar", (140, 34), ("5", "enter"), step="similar"),
    Picture("terminal-insights", (140, 34), ("7", "j")),
    Picture("terminal-dots", (140, 36), ("7", "j", "enter", "h", "h", "h", "h", "h")),
    Picture("learn", (120, 26), ("6",)),
    Picture("learn-document", (120, 34), ("6", "enter")),
)


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tui_{name}", ROOT / "tests" / "tui" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"tests/tui/{name}.py is not there: run this in a checkout")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def draw(picture: Picture) -> str:
    """The SVG of one picture."""
    from incidentd_tui.app import IncidentdApp

    fakes, scene = _load("fakes"), _load("scene")
    client = scene.build(fakes)
    if picture.step:
        fakes.fake_reviews.reveal(client)
        client.change_review(step=picture.step)
    app = IncidentdApp(client, clock=fakes.FixedClock(), incident_id=picture.incident)
    async with app.run_test(size=picture.size) as pilot:
        for _ in range(100):
            await pilot.pause(0.02)
            if app.model.loaded:
                break
        await pilot.pause(0.4)
        for key in picture.keys:
            await pilot.press(*(key.removeprefix("text:") if key.startswith("text:") else [key]))
            await pilot.pause(0.1)
        await pilot.pause(0.3)
        return svg(app.screen._compositor.render_strips(), picture.size)


def svg(strips: list[Strip], size: tuple[int, int]) -> str:
    """One rectangle and one text element for each run of cells."""
    width, height = size[0] * CELL + 20, size[1] * LINE + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}">',
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
        f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{SIZE:g}" xml:space="preserve">',
    ]
    for row, strip in enumerate(strips):
        column = 0
        for segment in strip:
            parts += _run(segment, 10 + column * CELL, 10 + row * LINE)
            column += segment.cell_length
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _run(segment: Segment, x: float, y: float) -> list[str]:
    style = segment.style or Style.null()
    width = segment.cell_length * CELL
    ground, ink = _hex(style.bgcolor, BACKGROUND), _hex(style.color, FOREGROUND)
    if style.reverse:
        ground, ink = ink, ground
    found = []
    if ground != BACKGROUND:
        found.append(f'<rect x="{x:g}" y="{y:g}" width="{width + 0.5:g}" height="{LINE + 0.5:g}" fill="{ground}"/>')
    weight = ' font-weight="bold"' if style.bold else ""
    for words in re.finditer(r"\S+(?: \S+)*", segment.text):
        start = x + Segment(segment.text[: words.start()]).cell_length * CELL
        run = Segment(words[0]).cell_length * CELL
        at = f'x="{start:g}" y="{y + LINE * 0.76:g}" textLength="{run:g}" lengthAdjust="spacingAndGlyphs"'
        found.append(f'<text {at} fill="{ink}"{weight}>{escape(words[0])}</text>')
    return found


def _hex(color: object, default: str) -> str:
    triplet = getattr(color, "triplet", None)
    return triplet.hex if triplet is not None else default


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--only", default="", help="what the names begin with")
    parser.add_argument("--size", default="", help="another size, such as 80x24")
    parser.add_argument("--incident", type=int, help="open this room")
    parser.add_argument("--keys", default="", help="other keys, by spaces; text:abc types abc")
    options = parser.parse_args()
    converter = shutil.which("rsvg-convert")
    for picture in PICTURES:
        if not picture.name.startswith(options.only):
            continue
        if options.size:
            columns, _, rows = options.size.partition("x")
            picture = picture._replace(size=(int(columns), int(rows)))
        if options.keys:
            picture = picture._replace(keys=tuple(options.keys.split()))
        if options.incident:
            picture = picture._replace(incident=options.incident)
        target = options.out / f"{picture.name}.svg"
        target.write_text(asyncio.run(draw(picture)), encoding="utf-8")
        if converter:
            subprocess.run([converter, "-w", "1400", "-o", str(target.with_suffix(".png")), str(target)], check=True)
        print(target)
    if not converter:
        print("no PNG: rsvg-convert (librsvg2-bin) is not installed", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
