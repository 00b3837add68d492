"""Which checklists apply to an incident, and what of them is done.

The lists are settings, and settings change; a tick is an event that holds the text it was set on. So an edit of the
file loses no tick: an item that is no longer listed stays in view when it was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from incidentd.domain.checklists import Checklist, Item
from incidentd.domain.incidents import OPEN, Incident
from incidentd.domain.roles import Role
from incidentd.wire import Event
from incidentd.wire.checklists import ChecklistItem

TICKED = "incident.checklist"
"""The event of a tick, and of one that is taken back."""


def applies(one: Checklist, incident: Incident) -> bool:
    """Whether it is to be seen to as the incident stands."""
    at_severity = not one.severities or incident.severity in one.severities
    return at_severity and incident.status in (one.statuses or OPEN)


def checklist(lists: Iterable[Checklist], incident: Incident, events: Sequence[Event]) -> tuple[ChecklistItem, ...]:
    """What applies in the order of the file, then what was ticked off and applies no longer."""
    ticks = _ticks(events)
    listed = {item.id: item for one in lists if applies(one, incident) for item in one.items}
    return (
        *(_shown(item, ticks.get(item.id), applies=True) for item in listed.values()),
        *(_shown(_item(tick), tick, applies=False) for name, tick in ticks.items() if name not in listed),
    )


def _ticks(events: Sequence[Event]) -> dict[str, Event]:
    """The latest tick of each item that is not taken back, in the order of the first."""
    latest = {str(one.data["item"]): one for one in events if one.kind == TICKED}
    return {name: one for name, one in latest.items() if one.data["done"]}


def _item(tick: Event) -> Item:
    return Item(str(tick.data["item"]), Role(str(tick.data["role"])), str(tick.data["text"]))


def _shown(item: Item, tick: Event | None, *, applies: bool) -> ChecklistItem:
    return ChecklistItem(
        id=item.id,
        role=item.role,
        text=item.text,
        done_at=tick.at if tick else None,
        done_by=tick.actor if tick else "",
        applies=applies,
    )


def to_do(items: Iterable[ChecklistItem], role: str) -> Iterator[str]:
    """What a role still has to see to."""
    return (one.text for one in items if one.role == role and one.done_at is None)
