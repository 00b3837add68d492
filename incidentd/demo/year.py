"""`incidentd demo --year`: the files of a private daemon whose database holds a simulated year of a fictional team."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import Connection, func, select

from incidentd.demo.setup import write_configuration
from incidentd.simulation import team
from incidentd.simulation.assumptions import DEFAULTS
from incidentd.simulation.simulate import simulate_into
from incidentd.storage.schema import events

_COUNTED = {
    "alert.fired": "alerts",
    "page.started": "pages",
    "incident.declared": "incidents",
    "report.opened": "reports",
    "incident.review_started": "reviews",
    "experiment.written": "experiments",
    "letter.sent": "letters",
    "silence.created": "silences",
    "maintenance.planned": "windows",
    "drill.started": "drills",
}


async def write(directory: Path, seed: int, days: int) -> Mapping[str, str]:
    """Simulate `days` that end now; returns the environment that makes a daemon use them. Raises `FileExistsError`."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    user = getpass.getuser()
    viewer = {user: {"name": user, "os_user": user, "contacts": [{"notifier": team.NOTIFIER}]}}
    process = team.process_data(DEFAULTS.version_on(days))
    environ = write_configuration(directory, team.roster_data(start, viewer), process)
    click.echo(f"Simulating {days} days of a fictional team, seed {seed}; a year takes a minute or two")
    file = directory / "state" / "incidentd.db"
    await simulate_into(file, seed=seed, start=start, days=days, passed=lambda at: click.echo(f"{at:%Y-%m-%d}"))
    return environ


def counts(conn: Connection) -> Sequence[str]:
    """How much of everything there is in the log, a line each."""
    rows = conn.execute(select(events.c.kind, func.count()).group_by(events.c.kind))
    found: dict[str, int] = dict(rows.tuples().all())
    counted = {name: found.get(kind, 0) for kind, name in _COUNTED.items()} | {"events": sum(found.values())}
    return [f"{count:>7,} {name}" for name, count in counted.items()]
