"""[updates] of process.toml: the cadence by severity and phase, reminders, and the long incident."""

from __future__ import annotations

from datetime import timedelta

from incidentd.configuration.values import Duration, PositiveDuration, Table
from incidentd.domain.process import DEFAULT_CADENCE
from incidentd.domain.severity import Severity
from incidentd.domain.update_rules import LongRules, UpdateRules

_LONG = LongRules()
_RULES = UpdateRules()


class CadenceTable(Table):
    """How soon the next update is owed after one of each phase."""

    investigating: PositiveDuration | None = None
    identified: PositiveDuration | None = None
    monitoring: PositiveDuration | None = None


class LongTable(Table):
    """What holds once people respond for hours."""

    after: PositiveDuration = _LONG.after
    every: PositiveDuration = _LONG.every
    relief: PositiveDuration = _LONG.relief


class UpdatesTable(Table):
    """A severity that is not given keeps its built-in cadence."""

    remind: Duration = _RULES.remind
    repeat: PositiveDuration = _RULES.repeat
    long: LongTable = LongTable()
    SEV1: CadenceTable = CadenceTable()
    SEV2: CadenceTable = CadenceTable()
    SEV3: CadenceTable = CadenceTable()
    SEV4: CadenceTable = CadenceTable()
    SEV5: CadenceTable = CadenceTable()


def cadence(table: UpdatesTable) -> dict[Severity, dict[str, timedelta]]:
    """The built-in cadence with what the file states written over it; severities that owe nothing are left out."""
    found = {}
    for severity in Severity:
        stated: CadenceTable = getattr(table, severity.value)
        given = {phase: value for phase, value in stated.model_dump().items() if value is not None}
        if merged := {**DEFAULT_CADENCE.get(severity, {}), **given}:
            found[severity] = merged
    return found


def update_rules(table: UpdatesTable) -> UpdateRules:
    """Reminders and the long incident as the process has them."""
    return UpdateRules(remind=table.remind, repeat=table.repeat, long=LongRules(**dict(table.long)))
