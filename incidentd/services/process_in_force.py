"""What every service asks for the process: the version in force, be it adopted or that of process.toml."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.configuration.process_sources import known_as
from incidentd.domain.process import Process


class InForce:
    """The process now. It is the same object until another one is in force, so that what it leads to can be kept."""

    def __init__(self, of_file: Callable[[], Process]) -> None:
        self._of_file = of_file
        self._adopted: Process | None = None
        self._read: Process | None = None  # what the file said when it got its name
        self._named: Process | None = None

    def __call__(self) -> Process:
        if self._adopted is not None:
            return self._adopted
        process = self._of_file()
        return self._named if self._named is not None and self._read is process else process

    def of_file(self) -> Process:
        """What process.toml says, whether it is in force or not."""
        return self._of_file()

    def adopt(self, process: Process) -> None:
        """From now on `process` is in force, whatever the file says."""
        self._adopted = process

    def follow(self, version: str) -> None:
        """From now on the file is in force; what it says now is known as `version`."""
        self._adopted, self._read = None, self._of_file()
        self._named = known_as(self._read, version)
