"""Draw the picture of a review's document: the real HTML of a made-up review in a real headless Chromium.

python docs/img/render_document.py [--out DIR]
"""

from __future__ import annotations

import argparse
import base64
import importlib.util
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

from incidentd.configuration.review_templates import render
from incidentd.domain.review_document import document

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1280, 2150


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.exists():
        raise SystemExit(f"{path} is not there: run this in a checkout")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def picture(page: Path) -> bytes:
    """The top of the page as PNG."""
    driver, port = shutil.which("chromedriver"), _free_port()
    if driver is None:
        raise SystemExit("chromedriver is not installed")
    with subprocess.Popen([driver, f"--port={port}", "--allowed-ips=127.0.0.1"], stdout=subprocess.DEVNULL) as running:
        try:
            time.sleep(2)
            browser = _load("browser", ROOT / "tests" / "e2e" / "browser.py").Browser(port)
            browser.command("Emulation.setScrollbarsHidden", hidden=True)
            size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
            browser.command("Emulation.setDeviceMetricsOverride", **size)
            browser.open(page.as_uri())
            drawn = browser.command("Page.captureScreenshot", format="png")["data"]
            browser.close()
        finally:
            running.terminate()
    return base64.b64decode(drawn)


def main() -> None:
    """Write `review-document.png`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out: Path = parser.parse_args().out
    scene = _load("review_scene", ROOT / "tests" / "unit" / "reviews" / "scene.py")
    with tempfile.TemporaryDirectory() as directory:
        page = Path(directory) / "review.html"
        page.write_text(render("internal.html", document(scene.material()), {}), encoding="utf-8")
        (out / "review-document.png").write_bytes(picture(page))


if __name__ == "__main__":
    main()
