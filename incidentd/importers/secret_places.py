"""Where the secrets of an imported file will stand: references to files, which a person fills."""

from __future__ import annotations

import re
from pathlib import Path

from incidentd.importers.report import Outcome
from incidentd.importers.yaml_table import Table

DIRECTORY = "secrets"
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


class SecretPlaces:
    """Makes references below `output`; `files` are the placeholders, by name. Never sees a secret's value."""

    def __init__(self, output: Path, base: Path) -> None:
        self._output = output
        self._base = base
        self.files: dict[str, str] = {}

    def new(self, name: str, placeholder: str, table: Table, key: str, what: str) -> dict[str, str]:
        """A reference to a file of its own for the secret under `key`; `what` says what has to be written there."""
        name = _NO_NAME.sub("-", name)
        self.files[name] = placeholder
        path = self._output / DIRECTORY / name
        table.say(Outcome.TO_DO, f"is a secret and was not copied: write {what} into {path}", key)
        return {"file": str(path)}

    def existing(self, table: Table, key: str) -> dict[str, str] | None:
        """A reference to the file that the text under `key` names, relative to the imported file."""
        given = table.text(key)
        if not given or "\0" in given:
            return None
        path = self._base / given
        table.say(Outcome.TO_DO, f"let incidentd's user read {path}, or move it", key)
        return {"file": str(path)}
