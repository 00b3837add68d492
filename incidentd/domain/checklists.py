"""Checklists as the process file states them: what each role sees to at which severities."""

from __future__ import annotations

import msgspec

from incidentd.domain.roles import Role
from incidentd.domain.severity import Severity


class Item(msgspec.Struct, frozen=True):
    """One thing to see to. `id` is the same for ever, whatever its text becomes."""

    id: str
    role: Role
    text: str


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """Empty `severities` are all, empty `statuses` (those of an incident) are all before its end."""

    role: Role
    severities: frozenset[Severity] = frozenset()
    statuses: frozenset[str] = frozenset()
    items: tuple[Item, ...]
