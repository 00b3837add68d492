"""Which alert a request is about. Pure functions.

Opsgenie knows an alert by an id of its own, by the sender's alias and by a small number. Here the id is derived from
service and alias, so that it needs no table and is the same after a restart; the small number is incidentd's own.
"""

from __future__ import annotations

import enum
import hashlib
import uuid

from incidentd.plugin import storable

_SMALL = 18  # digits


class IdentifierType(enum.StrEnum):
    """What the identifier in a path is; the query's `identifierType` says so, "id" unless it does."""

    ID = "id"
    ALIAS = "alias"
    TINY = "tiny"


def scope_of(service: str) -> str:
    """What the keys of a service's alerts begin with: another service's API key must not touch them."""
    return hashlib.blake2b(service.encode(), digest_size=8).hexdigest()


def alert_id(service: str, alias: str) -> str:
    """The id of the alert with `alias`, written like a UUID."""
    name = f"{len(service)},{service}{storable(alias)}".encode(errors="replace")
    return str(uuid.UUID(bytes=hashlib.blake2b(name, digest_size=16).digest()))


def alert_key(service: str, identifier: str) -> str:
    """The key of the alert with the id `identifier`."""
    return f"{scope_of(service)}:{identifier}"


def parse_id(text: str) -> str | None:
    """An alert's id in its usual spelling; None for a text that is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def parse_tiny(text: str) -> int | None:
    """An alert's number; None for a text that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _SMALL else None
