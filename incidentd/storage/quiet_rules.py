"""Recurring silences and maintenance as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from incidentd.domain.maintenance import WindowPlan
from incidentd.domain.quiet_rules import QuietRule, SilencePlan
from incidentd.domain.recurrence import Recurrence
from incidentd.storage.schema_quiet import quiet_rules
from incidentd.storage.tx import Tx

_SPLIT = {"recurrence", "plan", "id"}


_DUE = select(quiet_rules).where(quiet_rules.c.due_at <= bindparam("now")).order_by(quiet_rules.c.id).with_for_update()


def _rule(row: Row[Any]) -> QuietRule:
    values = {name: getattr(row, name) for name in QuietRule.__struct_fields__ if name not in _SPLIT}
    recurrence = Recurrence(
        rrule=row.rrule,
        starts=datetime.fromisoformat(row.starts),
        lasts=timedelta(seconds=row.lasts),
        zone=row.zone,
    )
    plan = msgspec.convert(row.plan, SilencePlan | WindowPlan)
    return QuietRule(id=row.id, recurrence=recurrence, plan=plan, **values)


def _columns(rule: QuietRule) -> dict[str, Any]:
    values = {name: getattr(rule, name) for name in QuietRule.__struct_fields__ if name not in _SPLIT}
    when = rule.recurrence
    return values | {
        "rrule": when.rrule,
        "starts": when.starts.isoformat(),
        "lasts": int(when.lasts.total_seconds()),
        "zone": when.zone,
        "plan": msgspec.to_builtins(rule.plan),
    }


def add(tx: Tx, rule: QuietRule) -> QuietRule:
    """Store a new rule; the id is given here."""
    return _rule(tx.conn.execute(insert(quiet_rules).values(**_columns(rule)).returning(quiet_rules)).one())


def change(tx: Tx, rule: QuietRule) -> QuietRule:
    """Store a rule over its former self, one version on."""
    changed = msgspec.structs.replace(rule, version=rule.version + 1)
    tx.conn.execute(update(quiet_rules).where(quiet_rules.c.id == rule.id).values(**_columns(changed)))
    return changed


def get(conn: Connection, rule_id: int, *, lock: bool = False) -> QuietRule | None:
    """One rule, None when there is none."""
    query = select(quiet_rules).where(quiet_rules.c.id == rule_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _rule(row)


def due(conn: Connection, now: datetime) -> list[QuietRule]:
    """Rules whose next occurrence has to be made, locked."""
    return [_rule(row) for row in conn.execute(_DUE, {"now": now})]


def listed(conn: Connection) -> Sequence[QuietRule]:
    """Every rule, the newest first."""
    return [_rule(row) for row in conn.execute(select(quiet_rules).order_by(quiet_rules.c.id.desc()))]
