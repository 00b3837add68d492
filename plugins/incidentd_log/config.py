"""Settings of a log notifier."""

from __future__ import annotations

from pathlib import Path

import pydantic

from incidentd.plugin import AdapterConfig


class LogConfig(AdapterConfig):
    """`[notifiers.NAME] type = "log"`. Without `path`, notifications go to the daemon's own log."""

    path: Path | None = None  # a file that gets one JSON line a notification; created with mode 0600
    fsync: bool = False  # wait until each line is on the disk

    @pydantic.field_validator("path")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        if value is not None and (not value.is_absolute() or "\0" in str(value)):
            raise ValueError("write an absolute path")
        return value
