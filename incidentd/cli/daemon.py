"""`incidentd`: run the daemon, check its configuration, see a demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incidentd.cli.database_files import advice, backup, restore, unavailable
from incidentd.cli.imports import import_
from incidentd.cli.migrate_store import migrate_store
from incidentd.cli.own_configuration import EXIT_PASSING, config_option, configuration_of, refuse
from incidentd.sealing import seal

if TYPE_CHECKING:
    pass


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="incidentd")
def main() -> None:
    """The incident-response daemon. Without any configuration it runs for the user who starts it."""


def _run(coroutine: object) -> None:
    import uvloop

    uvloop.run(coroutine)  # type: ignore[arg-type]


@main.command()
@config_option
def serve(config_path: Path | None) -> None:
    """Run the daemon in the foreground. SIGTERM drains, SIGHUP reloads the configuration."""
    import signal

    seal()  # before there is anything to keep
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to reload; what follows takes a while

    from incidentd import serving
    from incidentd.api.unixlisten import SocketUnusable
    from incidentd.ingress.crowd import raise_limit
    from incidentd.ingress.server import CannotListen
    from incidentd.instance import AlreadyRunning, StateUnwritable
    from incidentd.logging import configure
    from incidentd.sdnotify import BadActivation, Notifier, listen_sockets
    from incidentd.settings import ConfigurationError
    from incidentd.storage.migrate import CannotReach, Damaged, SchemaTooNew

    configuration = configuration_of(config_path, at_start=True)
    configure(configuration.daemon.log_level)
    raise_limit()
    try:
        manager = Notifier.from_environment()
        _run(serving.serve(configuration, config_path, manager, listen_sockets()))
    except ConfigurationError as error:
        refuse(error.faults)
    except Damaged as error:
        unavailable(f"{error}\n{advice(configuration)}")
    except (SchemaTooNew, BadActivation) as error:
        unavailable(error)
    except (AlreadyRunning, StateUnwritable, CannotReach, CannotListen, SocketUnusable) as error:
        unavailable(error, EXIT_PASSING)


@main.command()
@config_option
def check(config_path: Path | None) -> None:
    """Check the configuration, plugins included, and change nothing."""
    from incidentd.clock import SystemClock
    from incidentd.doctor.people import process_problems, told
    from incidentd.pluginhost.host import PluginHost

    configuration = configuration_of(config_path)
    host = PluginHost(SystemClock(), configuration.environ)
    faults = host.check(configuration.adapters, configuration.daemon.disabled_plugins)
    if faults:
        refuse(faults)
    for problem in configuration.problems:
        click.echo(f"warning: {problem}")
    people = configuration.roster.people.values()
    for problem in host.useless_contacts(configuration.adapters, people, configuration.daemon.disabled_plugins):
        click.echo(f"warning: {problem}")
    for problem in (*(one.text for one in told(configuration)), *process_problems(configuration)):
        click.echo(f"warning: {problem}")
    read = ", ".join(configuration.files) or "no files, defaults only"
    click.echo(f"ok: {read}")


@main.command()
@config_option
@click.option("--deep", is_flag=True, help="Read the whole SQLite database for damage, too.")
@click.option("--all", "everything", is_flag=True, help="Show what is well and what was skipped, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def doctor(config_path: Path | None, deep: bool, everything: bool, as_json: bool) -> None:
    """Look for what is wrong with this installation, and say what mends it. Changes nothing; needs no daemon.

    Run it as the daemon's user or as root to see everything. Exit code 1: there is a problem.
    """
    from incidentd.cli.findings import show
    from incidentd.doctor import examine

    sys.exit(show(examine(config_path, dict(os.environ), deep=deep), everything=everything, as_json=as_json))


@main.command()
@config_option
def migrate(config_path: Path | None) -> None:
    """Bring the database to this version's schema and stop; `serve` does the same when it starts.

    Nodes of an older version go on beside it where the migration only adds. Those that cannot, end with exit code 69.
    """
    import asyncio

    from incidentd.settings import prepare_directories
    from incidentd.storage import migrate as schema
    from incidentd.storage.engines import open_backend

    async def run(url: str, state_dir: Path) -> None:
        backend = open_backend(url, state_dir)
        try:
            await schema.prepare(backend)
        finally:
            await backend.close()

    configuration = configuration_of(config_path)
    try:
        prepare_directories(configuration.daemon)
        asyncio.run(run(configuration.daemon.database_url.reveal(), configuration.daemon.state_dir))
    except schema.Damaged as error:
        unavailable(f"{error}\n{advice(configuration)}")
    except (schema.SchemaTooNew, schema.CannotReach) as error:
        unavailable(error)
    click.echo(f"the schema is at {schema.HEAD}")


@main.command()
@click.option("--scenario", default="rate-limit", show_default=True, help="Which public incident to replay.")
@click.option("--year", is_flag=True, help="Instead of an incident: a simulated year of a fictional team.")
@click.option("--seed", default=1, show_default=True, help="Of the simulated year: another seed is another year.")
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 3660), help="How long the simulated year is."
)
@click.option(
    "--speed", default=360.0, show_default=True, type=click.FloatRange(1, 3600), help="How much faster than it was."
)
@click.option("--tui/--no-tui", default=None, help="Open the terminal UI; the default is to when there is a terminal.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep the daemon's files here.")
def demo(scenario: str, year: bool, seed: int, days: int, speed: float, tui: bool | None, keep: Path | None) -> None:
    """See an incident handled: a private daemon, a replayed public incident, the terminal UI.

    With --year it is a year of a fictional team that is there to look at, all of it made up.
    """
    from incidentd.demo import run
    from incidentd.demo.scenario import UnknownScenario

    terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    shown = terminal if tui is None else tui
    try:
        if year:
            run.main(lambda directory: run.show_year(seed, days, directory, tui=shown), keep)
        else:
            run.main(lambda directory: run.play(scenario, speed, directory, tui=shown), keep)
    except run.DirectoryInUse as error:
        raise click.BadParameter(str(error), param_hint="--keep") from error
    except UnknownScenario as error:
        raise click.BadParameter(str(error), param_hint="--scenario") from error


for command in (import_, backup, restore, migrate_store):
    main.add_command(command)


if __name__ == "__main__":
    main()
