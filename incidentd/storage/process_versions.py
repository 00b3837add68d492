"""Versions of the process as rows. At most one is in force: the one whose state is adopted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, text, update

from incidentd.domain.process_versions import How, Source, Standing, State, name_of
from incidentd.storage import event_log
from incidentd.storage.schema import incidents
from incidentd.storage.schema_process import process_versions
from incidentd.storage.tx import Tx

_V = process_versions.c
IN_FORCE = func.coalesce(select(_V.process_version).where(_V.state == State.ADOPTED).limit(1).scalar_subquery(), "")
"""What a new row remembers as the version it ran under; "" when none was ever recorded."""
_NEXT = select(func.coalesce(func.max(_V.id), 0) + 1).scalar_subquery()
"""Without gaps: a sequence leaves one for what is refused. `one_at_a_time` keeps others from taking the same."""
_MOST = 10_000
ADOPTED = "process.adopted"
"""The kind of event by which a version comes into force."""
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7307)")


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version. `process_version` is the hash of what it means, `version` counts what became of it."""

    id: int
    process_version: str
    document: str
    files: Mapping[str, str]
    state: State
    how: How
    proposed_by: str
    proposed_at: datetime
    reason: str
    explanations: Mapping[str, str]
    decided_by: str
    decided_at: datetime | None
    note: str
    version: int

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.id)

    @property
    def subject(self) -> str:
        """What its events carry."""
        return f"process:{self.id}"

    @property
    def standing(self) -> Standing:
        """What the rules look at."""
        return Standing(name=self.name, state=self.state, how=self.how, proposed_by=self.proposed_by)

    @property
    def source(self) -> Source:
        """As it is written, with what was said about it."""
        return Source(text=self.document, files=self.files, reason=self.reason, because=self.explanations)


def _row(row: Row[Any]) -> VersionRow:
    values = {name: getattr(row, name) for name in VersionRow.__struct_fields__}
    return VersionRow(**values | {"state": State(row.state), "how": How(row.how)})


def one_at_a_time(tx: Tx) -> None:
    """Until the commit no other node proposes or adopts: two of them could both find that nothing is in force."""
    if tx.is_postgresql:  # SQLite has one writer
        tx.conn.execute(_ONE_AT_A_TIME)


def add(tx: Tx, process_version: str, source: Source, **values: Any) -> VersionRow:
    """Store a version that was not known; `values` are its state, how, reason and so on."""
    fixed = {
        "id": _NEXT,
        "process_version": process_version,
        "document": source.text,
        "files": dict(source.files),
        "explanations": dict(source.because),
        "reason": source.reason,
        "proposed_at": tx.now,
        "decided_by": "",
        "note": "",
        "version": 1,
    }
    query = insert(process_versions).values(**fixed | values).returning(process_versions)
    return _row(tx.conn.execute(query).one())


def change(tx: Tx, row: VersionRow, **values: Any) -> VersionRow:
    """Store what became of it."""
    query = update(process_versions).where(_V.id == row.id).values(**values, version=row.version + 1)
    return _row(tx.conn.execute(query.returning(process_versions)).one())


def get(conn: Connection, number: int, *, lock: bool = False) -> VersionRow | None:
    """One version, None when there is none."""
    query = select(process_versions).where(_V.id == number)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _row(row)


def in_force(conn: Connection) -> VersionRow | None:
    """The one that is in force, None when none was ever recorded."""
    row = conn.execute(select(process_versions).where(_V.state == State.ADOPTED)).one_or_none()
    return None if row is None else _row(row)


def mark(conn: Connection) -> tuple[int, How] | None:
    """By which a node sees that another version is in force, or by another right."""
    row = conn.execute(select(_V.id, _V.how).where(_V.state == State.ADOPTED)).one_or_none()
    return None if row is None else (row.id, How(row.how))


def same(conn: Connection, process_version: str, source: Source) -> VersionRow | None:
    """The version that means this, or is written word for word like it.

    The hash of a meaning may be another one in a later incidentd that knows more settings; the words are not.
    """
    by_meaning = conn.execute(select(process_versions).where(_V.process_version == process_version)).one_or_none()
    if by_meaning is not None:
        return _row(by_meaning)
    alike = map(_row, conn.execute(select(process_versions).where(_V.document == source.text).order_by(_V.id.desc())))
    return next((one for one in alike if one.files == source.files), None)


def listed(conn: Connection, states: Collection[State], limit: int) -> list[VersionRow]:
    """The newest first, of some states, or of all when none is named."""
    query = select(process_versions)
    if states:
        query = query.where(_V.state.in_(list(states)))
    return [_row(row) for row in conn.execute(query.order_by(_V.id.desc()).limit(limit))]


def numbers(conn: Connection) -> dict[str, int]:
    """The number of each version, by the hash that incidents remember."""
    return {row.process_version: row.id for row in conn.execute(select(_V.process_version, _V.id))}


def reasons(conn: Connection) -> dict[str, str]:
    """Why each version was made, by its hash; "" where nobody said."""
    return {row.process_version: row.reason for row in conn.execute(select(_V.process_version, _V.reason))}


def incidents_under(conn: Connection, versions: Collection[str]) -> dict[str, int]:
    """How many incidents were declared under each of some versions."""
    query = select(incidents.c.process_version, func.count()).where(incidents.c.process_version.in_(list(versions)))
    return {row[0]: row[1] for row in conn.execute(query.group_by(incidents.c.process_version))}


def boundaries(conn: Connection) -> list[tuple[datetime, str]]:
    """When each version came into force, the oldest first; one that came again is there again."""
    found = event_log.after_of_kinds(conn, 0, (ADOPTED,), _MOST)
    return [(one.at, str(one.data["process_version"])) for one in found]
