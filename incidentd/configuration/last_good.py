"""What stands in at a start for a roster.toml or process.toml that is faulty by then: the last one that was in force.

The daemon keeps both in its state directory: versions of the process for their own sake (`kept_versions`), the roster
here.
"""

from __future__ import annotations

from pathlib import Path

from incidentd.configuration.kept_versions import DIRECTORY, kept, write_whole
from incidentd.configuration.process_file import PROCESS_FILE
from incidentd.configuration.roster_file import ROSTER_FILE

_ROSTER = "roster"


def process_file(state_dir: Path) -> Path | None:
    """The version that was in force last, None where none was kept."""
    found = kept(state_dir)
    return None if found is None else state_dir / DIRECTORY / found.directory / PROCESS_FILE


def roster_file(state_dir: Path) -> Path:
    """The roster that was in force last; it is there once there was one."""
    return state_dir / _ROSTER / ROSTER_FILE


def keep_roster(state_dir: Path, text: str) -> None:
    """Keep the roster that is in force now, whole, if it is another. Raises OSError."""
    file = roster_file(state_dir)
    if not text or (file.is_file() and file.read_text(encoding="utf-8") == text):
        return
    file.parent.mkdir(mode=0o700, exist_ok=True)
    write_whole(file, text)
