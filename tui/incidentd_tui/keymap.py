"""The user's own keys: `[keys]` in $XDG_CONFIG_HOME/incidentd/tui.toml maps an action id to Textual key names."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from incidentd.domain.display import safe_line


def keymap_path(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "incidentd" / "tui.toml"


def load_keymap(path: Path | None = None) -> tuple[dict[str, str], str]:
    """(action id -> keys, what is wrong with the file); an absent file is no fault.

    Example: `"inbox.ack" = "f5,A"` under `[keys]`.
    """
    path = path or keymap_path(os.environ)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, safe_line(f"{path}: {error}", 200)
    keys = found.get("keys", {})
    if not isinstance(keys, dict):
        return {}, f"{path}: [keys] must be a table of action id = keys"
    wrong = [name for name, value in keys.items() if not isinstance(value, str) or not value]
    if wrong:
        return {}, safe_line(f"{path}: keys of {wrong[0]!r} must be a text such as 'f5' or 'ctrl+a'", 200)
    return dict(keys), ""
