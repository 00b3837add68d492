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
from incidentd.simulation.simulate import simulate_into
from incidentd.storage.schema import alerts, events, incidents, pages
from incidentd.storage.schema_reviews import reviews
from incidentd.storage.schema_support import reports

_COUNTED = {"alerts": alerts, "pages": pages, "incidents": incidents, "reports": reports, "reviews": reviews}


async def write(directory: Path, seed: int, days: int) -> Mapping[str, str]:
    """Simulate `days` that end now; returns the environment that makes a daemon use them. Raises `FileExistsError`."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    user = getpass.getuser()
    viewer = {user: {"name": user, "os_user": user, "contacts": [{"notifier": team.NOTIFIER}]}}
    environ = write_configuration(directory, team.roster_data(start, viewer), team.process_data(team.VERSIONS))
    click.echo(f"Simulating {days} days of a fictional team, seed {seed}; a year takes about a minute")
    file = directory / "state" / "incidentd.db"
    await simulate_into(file, seed=seed, start=start, days=days, passed=lambda at: click.echo(f"{at:%Y-%m-%d}"))
    return environ


def counts(conn: Connection) -> Sequence[str]:
    """How much of everything there is, a line each."""
    found = {
        name: conn.execute(select(func.count()).select_from(table)).scalar_one() for name, table in _COUNTED.items()
    }
    found["events"] = conn.execute(select(func.count()).select_from(events)).scalar_one()
    return [f"{count:>7,} {name}" for name, count in found.items()]
