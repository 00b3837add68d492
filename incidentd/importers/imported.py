"""What an import gives: files to write, places of secrets, and the report."""

from __future__ import annotations

from typing import Any

import msgspec

from incidentd.importers.report import Report


class NothingRead(Exception):
    """What was named cannot be carried over as it is; the message says why, where, and what to do."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """The files to write, as TOML data by name, the secrets' placeholders by file name, and the report."""

    files: dict[str, dict[str, Any]]
    secrets: dict[str, str]
    report: Report
