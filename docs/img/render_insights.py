"""Draw the pictures of figures of the documentation: those of a made-up year, as SVG and (with rsvg-convert) as PNG.

python docs/img/render_insights.py [--out DIR]
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from incidentd.domain.pictures.dots_svg import dots_svg
from incidentd.domain.pictures.load_svg import load_svg
from incidentd.domain.pictures.rhythm_svg import rhythm_svg

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 1400  # pixels


def _scene() -> ModuleType:
    path = ROOT / "tests" / "unit" / "pictures" / "scene.py"
    spec = importlib.util.spec_from_file_location("pictures_scene", path)
    if spec is None or spec.loader is None or not path.exists():
        raise SystemExit(f"{path} is not there: run this in a checkout")
    module = sys.modules["pictures_scene"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Write `insights-*.svg` and `insights-*.png`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out: Path = parser.parse_args().out
    scene = _scene()
    pictures: dict[str, Callable[[], str]] = {
        "dots": lambda: dots_svg(scene.year()),
        "share": lambda: dots_svg(scene.year("share", 140)),
        "rhythm": lambda: rhythm_svg(scene.rhythm()),
        "load": lambda: load_svg(scene.load()),
    }
    converter = shutil.which("rsvg-convert")
    for name, draw in pictures.items():
        target = out / f"insights-{name}.svg"
        target.write_text(draw(), encoding="utf-8")
        if converter:
            command = [converter, "-w", str(WIDTH), "-o", str(target.with_suffix(".png")), str(target)]
            subprocess.run(command, check=True)
        print(target)
    if not converter:
        print("no PNG: rsvg-convert (librsvg2-bin) is not installed", file=sys.stderr)


if __name__ == "__main__":
    main()
