"""Writes docs/reference from the code, and checks every link of the documentation.

`python docs/build.py` writes; with `--check` nothing is written, and a page that has drifted is a failure.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import links
import listener_openapi
import reference_alarms
import reference_api
import reference_authorisation
import reference_cli
import reference_config
import reference_figures
import reference_hooks

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"

INDEX = """# Reference

Written from the code by `make docs`.

| | |
|---|---|
| [Commands](cli.md) | `incidentd`, `incidentctl`, `incidentd-tui` |
| [Configuration](config.md) | every key of every file, and of every built-in plugin |
| [API](api.md) | the routes of the socket and the structs they carry |
| [Who may call what](authorisation.md) | the routes of socket and listener, and who may call each |
| [The listener](listener.json) | its routes and those of the built-in plugins as an OpenAPI document |
| [Figures](figures.md) | every figure of how a team responds, with what it counts and what it does not say |
| [Alarms](alarms.md) | what incidentd says about itself, and the runbook of each |
| [Hooks](hooks.md) | what a plugin implements |
"""
PAGES: Mapping[str, Callable[[], str]] = {
    "README.md": lambda: INDEX,
    "alarms.md": reference_alarms.page,
    "api.md": reference_api.page,
    "authorisation.md": reference_authorisation.page,
    "cli.md": reference_cli.page,
    "config.md": reference_config.page,
    "figures.md": reference_figures.page,
    "hooks.md": reference_hooks.page,
    "listener.json": listener_openapi.page,
}


def drifted(write: bool) -> list[str]:
    """The pages that differ from the code; written when `write`."""
    REFERENCE.mkdir(exist_ok=True)
    found = []
    for name, make in PAGES.items():
        path = REFERENCE / name
        text = make().rstrip() + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            found.append(name)
            if write:
                path.write_text(text, encoding="utf-8")
    return found


def main() -> int:
    """The exit code: 1 when a page has drifted (with --check) or a link is dead."""
    check = "--check" in sys.argv[1:]
    pages = drifted(write=not check)
    for name in pages:
        print(f"docs/reference/{name} {'has drifted from the code: run make docs' if check else 'written'}")
    dead = links.dead(ROOT)
    for fault in dead:
        print(fault)
    return 1 if dead or (check and pages) else 0


if __name__ == "__main__":
    sys.exit(main())
