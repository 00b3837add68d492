"""Keeps each version that is in force in the state directory, so that it can be read when no daemon runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from incidentd.configuration.kept_versions import NotKept, keep
from incidentd.storage.process_versions import VersionRow


class ProcessKeeping:
    """Writes where `directory` says; None writes nothing. What cannot be written is a problem, and no failure."""

    def __init__(self) -> None:
        self.directory: Callable[[], Path] | None = None
        self.problem = ""

    async def keep(self, row: VersionRow) -> None:
        """Write a version that was taken up, off the event loop: files are flushed."""
        if self.directory is None:
            return
        try:
            await asyncio.to_thread(keep, self.directory(), row.name, row.process_version, row.how, row.source)
            self.problem = ""
        except NotKept as error:
            self.problem = f"{error}; the store has it all the same"
