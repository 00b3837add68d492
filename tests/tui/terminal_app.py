"""Run by tests in a real pseudo-terminal: the app over the scene, with PAYLOAD from the environment in every text."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path


def _load(name: str):
    spec = importlib.util.spec_from_file_location(f"tui_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _tell_drafts(client, path: Path) -> None:
    """Leave what is kept in a file, where a test sees it while the app runs."""
    keep = client.save_draft

    async def save_draft(key: str, text: str):
        draft = await keep(key, text)
        path.write_text(repr(client.drafts), encoding="utf-8")
        return draft

    client.save_draft = save_draft


def main() -> int:
    from incidentd_tui.app import IncidentdApp

    fakes, scene = _load("fakes"), _load("scene")
    payload = os.environb.get(b"PAYLOAD", b"").decode("unicode_escape")
    client = _load("test_hostile").poison(fakes, scene, payload) if payload else scene.build(fakes)
    room = int(sys.argv[1]) if len(sys.argv) > 1 else None
    app = IncidentdApp(client, clock=fakes.FixedClock(), incident_id=room)
    if saved := os.environ.get("DRAFTS_TO"):
        _tell_drafts(client, Path(saved))
    app.run(mouse=False)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
