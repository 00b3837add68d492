"""Which history of a replicated database this node has seen, so that it never goes back to a server that was replaced.

PostgreSQL begins a new timeline, with a higher number, whenever a standby is promoted. The former primary stays on its
own: when it comes back as it was it takes writes, and what is stored there is missing on the other. A node remembers
the newest timeline in a file beside its lock, and refuses every server of the same system that is behind it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger("incidentd.storage")
FILE = "database-history"
"""In the state directory: the system identifier, and the timeline."""
QUESTION = """
SELECT (SELECT system_identifier FROM pg_control_system()) AS system,
       left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline
"""
"""Of a server that is not in recovery. Whoever may connect may ask; some managed services do not answer."""


class Replaced(OSError):
    """A standby was promoted in the place of the server that was reached."""


class Lineage:
    """The newest history that was seen. `on_newer` is called when a server turns out to be ahead of the others."""

    def __init__(self, state_dir: Path | None = None) -> None:
        self._file = None if state_dir is None else state_dir / FILE
        self._system, self._timeline = self._read()
        self.on_newer: Callable[[], None] = lambda: None

    def _read(self) -> tuple[int, int]:
        if self._file is None:
            return 0, 0
        try:
            system, timeline = self._file.read_text(encoding="ascii").split()
            return int(system), int(timeline)
        except FileNotFoundError:
            return 0, 0
        except (OSError, ValueError) as error:
            log.error("database_history_unreadable", file=str(self._file), error=repr(error))
            return 0, 0

    def is_newer(self, system: int, timeline: int) -> bool:
        """Whether a server took the place of all that this node has seen."""
        return system == self._system and timeline > self._timeline

    def admit(self, system: int, timeline: int) -> None:
        """Take a server as one to write to. Raises `Replaced` when this node has seen a newer timeline of it."""
        if system == self._system and timeline < self._timeline:
            raise Replaced(
                f"the server was replaced: it is on timeline {timeline}, and this node has worked on {self._timeline}."
                f" Keep it from the nodes; if it was restored on purpose, stop them and remove {self._file or FILE}"
            )
        if (system, timeline) == (self._system, self._timeline):
            return
        newer = self.is_newer(system, timeline)
        self._system, self._timeline = system, timeline
        self._keep()
        if newer:
            log.warning("database_failed_over", timeline=timeline)
            self.on_newer()

    def _keep(self) -> None:
        if self._file is None:
            return
        partial = self._file.with_name(f".{FILE}.{os.getpid()}")
        try:
            with partial.open("w", encoding="ascii") as file:
                file.write(f"{self._system} {self._timeline}\n")
                file.flush()
                os.fsync(file.fileno())
            partial.rename(self._file)
        except OSError as error:  # it is known as long as this process lives
            log.error("database_history_not_kept", file=str(self._file), error=repr(error))
