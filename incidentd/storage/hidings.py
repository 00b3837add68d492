"""What hid which alert, and when: the past of `suppressions`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, String, func, literal, select, union_all

from incidentd.storage.schema_quiet import hidings, maintenance, silences, suppressions


class Hiding(msgspec.Struct, frozen=True):
    """From `since` until `until` (None: it goes on) something hid an alert."""

    alert_id: int
    by: str
    since: datetime
    until: datetime | None


def past(conn: Connection, by: Sequence[str] | str, since: datetime) -> list[Hiding]:
    """What any of the subjects `by` hid after `since`, the latest first; a text means subjects that begin with it."""

    def chosen(column: ColumnElement[str]) -> ColumnElement[bool]:
        return column.startswith(by, autoescape=True) if isinstance(by, str) else column.in_(by)

    gone = select(hidings.c.alert_id, hidings.c.by, hidings.c.since, hidings.c.until)
    gone = gone.where(chosen(hidings.c.by), hidings.c.until > since).order_by(
        hidings.c.since.desc(), hidings.c.id.desc()
    )
    here = select(suppressions.c.alert_id, suppressions.c.by, suppressions.c.since)
    here = here.where(chosen(suppressions.c.by)).order_by(suppressions.c.since.desc(), suppressions.c.alert_id)
    going_on = [Hiding(row.alert_id, row.by, row.since, None) for row in conn.execute(here)]
    return going_on + [Hiding(row.alert_id, row.by, row.since, row.until) for row in conn.execute(gone)]


def hidden_until(conn: Connection, by: str, end: datetime) -> list[int]:
    """The alerts that `by` hides, or hid until its `end` came: they may have been looked at since."""
    here = select(suppressions.c.alert_id).where(suppressions.c.by == by)
    gone = select(hidings.c.alert_id).where(hidings.c.by == by, hidings.c.until >= end)
    return sorted(set(conn.execute(union_all(here, gone)).scalars()))


def subjects_of_rule(conn: Connection, rule: int) -> list[str]:
    """The silences and windows that are occurrences of a rule."""
    silenced = select((literal("silence:") + silences.c.id).label("by")).where(silences.c.rule == rule)
    windows = select((literal("maintenance:") + maintenance.c.id.cast(String)).label("by"))
    return list(conn.execute(union_all(silenced, windows.where(maintenance.c.rule == rule))).scalars())


def last_hid(conn: Connection, rule: int, now: datetime) -> datetime | None:
    """When a rule last hid anything: now while it does, None when it never did."""
    ours = select((literal("silence:") + silences.c.id).label("by")).where(silences.c.rule == rule)
    windows = select((literal("maintenance:") + maintenance.c.id.cast(String)).label("by"))
    subjects = union_all(ours, windows.where(maintenance.c.rule == rule)).subquery()
    going_on = select(suppressions.c.alert_id).join(subjects, subjects.c.by == suppressions.c.by).limit(1)
    if conn.execute(going_on).first() is not None:
        return now
    gone = select(func.max(hidings.c.until)).join(subjects, subjects.c.by == hidings.c.by)
    return conn.execute(gone).scalar_one_or_none()
