"""Whether the database answers, and what a node does while it does not: nothing waits, and what is asked is refused.

A network that swallows packets says nothing for a quarter of an hour (the kernel's own limit), and whoever waits for
it keeps senders, people and locks waiting. So one connection asks every second; when no answer comes and no new
connection can be had either, everything under way is cut off and everything new is refused at once, until the database
answers again. Senders then go to another node.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol
from weakref import WeakSet

import structlog

from incidentd.domain.display import safe_line

log = structlog.get_logger("incidentd.storage")
_WHY = 400


class Unreachable(OSError):
    """The database does not answer: whether a change was stored is not known. Ask again, or ask another node."""


class Line(Protocol):
    """A connection of the driver, as far as it is cut off here."""

    def terminate(self) -> None: ...


class Reach:
    """What a node knows of its way to the database. `changed` is called when it is lost, and when it is back."""

    def __init__(self) -> None:
        self._lines: WeakSet[Any] = WeakSet()
        self._since: datetime | None = None
        self._why = ""
        self.changed: Callable[[], None] = lambda: None

    def opened(self, line: Line) -> None:
        """Remember a connection, to cut it off when the database falls silent."""
        self._lines.add(line)

    def require(self) -> None:
        """Raises `Unreachable` while the database does not answer."""
        if self._since is not None:
            raise Unreachable(self.trouble())

    def trouble(self) -> str:
        """What is wrong, in words; "" when nothing is."""
        if self._since is None:
            return ""
        return f"the database has not answered since {self._since:%Y-%m-%d %H:%M:%S} UTC: {self._why}"

    def lost(self, error: BaseException) -> None:
        """No answer, and no new connection: cut off whatever waits for one."""
        first, self._why = self._since is None, safe_line(str(error) or type(error).__name__, _WHY)
        if first:
            self._since = datetime.now(UTC)
            log.error("database_unreachable", error=self._why)
        self.cut_off()
        if first:
            self.changed()

    def cut_off(self) -> None:
        """End every connection: what waits for one fails now, and what is asked next opens a new one."""
        for line in list(self._lines):
            line.terminate()
        self._lines.clear()

    def answered(self) -> None:
        """It answers."""
        if self._since is None:
            return
        log.warning("database_reachable_again", away_since=self._since.isoformat())
        self._since, self._why = None, ""
        self.changed()
