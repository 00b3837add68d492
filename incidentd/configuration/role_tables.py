"""`[roles]` and `[[checklists]]` of process.toml: who is asked to communicate, and what each role sees to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any

import pydantic

from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import Name, PositiveDuration, Table
from incidentd.domain.checklists import Checklist, Item
from incidentd.domain.communicators import Communicators
from incidentd.domain.incidents import Status
from incidentd.domain.people import Roster, Target, TargetKind
from incidentd.domain.process import Process
from incidentd.domain.roles import Role
from incidentd.domain.severity import Severity

_SHAPES = 'a handle, "team:NAME" or "schedule:NAME"'
_ASKED = (TargetKind.PERSON, TargetKind.TEAM, TargetKind.SCHEDULE)


def _communicator(value: Any) -> Target:
    kind, colon, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not colon:
        kind, name = TargetKind.PERSON, kind
    if kind not in _ASKED or not name.strip():
        raise ValueError(f"is nobody to ask — write {_SHAPES}")
    return Target(TargetKind(kind), name)


class RolesTable(Table):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    separate: frozenset[Severity] = frozenset({Severity.SEV1, Severity.SEV2})
    communicators: Annotated[
        tuple[Annotated[Target, pydantic.PlainValidator(_communicator)], ...], pydantic.Field(max_length=50)
    ] = ()
    ask_next_after: PositiveDuration = timedelta(minutes=3)


def communicators(table: RolesTable) -> Communicators:
    """Who is asked to communicate, in order."""
    return Communicators(targets=tuple(dict.fromkeys(table.communicators)), delay=table.ask_next_after)


def role_problems(process: Process, roster: Roster) -> Iterable[str]:
    """Whom `[roles]` names and the roster does not have."""
    known = {TargetKind.PERSON: roster.people, TargetKind.TEAM: roster.teams, TargetKind.SCHEDULE: roster.schedules}
    for one in process.communicators.targets if roster.people else ():
        if one.name not in known[one.kind]:
            yield f"communicators names {one.kind} {one.name}, which the roster does not have"


# ---------------------------------------------------------------------- checklists
class ItemTable(Table):
    """`id` stays the same when the text is written anew: what was ticked off stays so."""

    id: Name
    text: Annotated[str, pydantic.Field(min_length=1, max_length=250, pattern=r"\S")]


class ChecklistTable(Table):
    """No severities: at every severity; no statuses: as long as the incident is open."""

    role: Role
    severities: frozenset[Severity] = frozenset()
    statuses: frozenset[Status] = frozenset()
    items: Annotated[list[ItemTable], pydantic.Field(min_length=1, max_length=50)]


def checklists(tables: Sequence[ChecklistTable]) -> tuple[Checklist, ...]:
    """The checklists as their tables state them."""
    return tuple(
        Checklist(
            role=table.role,
            severities=table.severities,
            statuses=table.statuses,
            items=tuple(Item(id=one.id, role=table.role, text=one.text) for one in table.items),
        )
        for table in tables
    )


def broken_checklists(tables: Sequence[ChecklistTable]) -> Iterable[Broken]:
    """Items of one name: a tick would not say which of them is done."""
    first: dict[str, int] = {}
    for index, table in enumerate(tables):
        for place, item in enumerate(table.items):
            if item.id in first:
                what = f'"{item.id}" is an item of checklist {first[item.id] + 1} already'
                yield ("checklists", index, "items", place, "id"), (what, "give it a name of its own")
            first.setdefault(item.id, index)
