"""Versions of the process as people name them."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.services.errors import Unknown
from incidentd.storage import process_versions

_PREFIX = "V-"


def version_named(conn: Connection, name: str) -> str:
    """The hash that is meant by V-3, or by the hash itself. Raises `Invalid` for a version that there is not."""
    if not name.startswith(_PREFIX):
        return name
    found = process_versions.get(conn, int(name.removeprefix(_PREFIX)))
    if found is None:
        raise Unknown(f"there is no version {name}", field="process", remedy="incidentctl process history lists them")
    return found.process_version
