"""Changes of the day as rows with their events: what overrides, swaps and absences have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from incidentd.domain import duty_words
from incidentd.domain.duty_changes import Absence, Override, Swap
from incidentd.domain.duty_rules import BadChange
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.storage import duty_changes
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import duty as wire_duty

T = TypeVar("T", Override, Swap, Absence)
E = TypeVar("E", Override, Absence)
V = TypeVar("V", bound=msgspec.Struct)
_VIEWS: dict[type, type[msgspec.Struct]] = {
    Override: wire_duty.Override,
    Swap: wire_duty.Swap,
    Absence: wire_duty.Absence,
}
_WORDS = {Override: "override", Swap: "swap", Absence: "absence"}


def added(tx: Tx, change: T, kind: str, actor: str) -> T:
    """Store a new change with its event."""
    stored = duty_changes.add(tx, change)
    _emit(tx, stored, kind, actor)
    return stored


def view(kind: type[V], change: Override | Swap | Absence) -> V:
    """As callers see it."""
    return kind(**msgspec.structs.asdict(change))


def current(change: Override | Swap | Absence) -> msgspec.Struct:
    """How it stands, for a `Conflict`."""
    return view(_VIEWS[type(change)], change)


def existing(tx: Tx, kind: type[T], change_id: int, if_version: int | None) -> T:
    """One change, locked. Raises `NotFound`, `Conflict`."""
    change = duty_changes.get(tx.conn, kind, change_id, lock=True)
    if change is None:
        raise NotFound(f"there is no {_WORDS[kind]} {change_id}", field="id", remedy="incidentctl schedule show")
    if if_version is not None and change.version != if_version:
        raise Conflict(
            f"{_WORDS[kind]} {change_id} is at version {change.version}, changed by {change.by}",
            current=current(change),
        )
    return change


def standing(tx: Tx, kind: type[E], change_id: int, if_version: int | None) -> E:
    """One that is not over. Raises `NotFound`, `Conflict`."""
    change = existing(tx, kind, change_id, if_version)
    if change.cancelled or change.ends_at <= tx.now:
        raise Conflict(f"{_WORDS[kind]} {change_id} is over", current=current(change))
    return change


def ended(tx: Tx, change: E, actor: str) -> E:
    """What lies behind stays true: a change that has begun ends now."""
    begun = change.starts_at < tx.now
    over = msgspec.structs.replace(change, **({"ends_at": tx.now} if begun else {"cancelled": True}), by=actor)
    return replaced(tx, over, f"{_WORDS[type(change)]}.{'ended' if begun else 'cancelled'}", actor)


def replaced(tx: Tx, change: T, kind: str, actor: str = SYSTEM) -> T:
    """Store it over its former self, with its event."""
    stored = duty_changes.replace(tx, change)
    _emit(tx, stored, kind, actor)
    return stored


def _emit(tx: Tx, change: T, kind: str, actor: str) -> None:
    data = msgspec.to_builtins(change)
    tx.emit(kind, f"{_WORDS[type(change)]}:{change.id}", data | {"text": duty_words.told(change, kind)}, actor=actor)


def checked(check: Callable[[], None]) -> None:
    """Run a rule. Raises `Invalid` for what it refuses."""
    try:
        check()
    except BadChange as error:
        raise Invalid(str(error), field=error.field, remedy=error.remedy) from None
