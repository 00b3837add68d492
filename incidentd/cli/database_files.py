"""`incidentd backup` and `restore`: the store as files, without a daemon."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from incidentd.cli.own_configuration import EXIT_UNAVAILABLE, config_option, configuration_of

if TYPE_CHECKING:
    from incidentd.settings import Configuration


def unavailable(error: Exception | str, code: int = EXIT_UNAVAILABLE) -> NoReturn:
    """Say why it cannot be done, and end with `code`."""
    click.echo(f"incidentd: {error}", err=True)
    sys.exit(code)


def advice(configuration: Configuration) -> str:
    """What to do about a damaged database: the last good backup, and the command that restores it."""
    from incidentd.storage.backup_directory import last_good

    directory = configuration.daemon.backup.directory
    found = last_good(directory)
    if found is None:
        return f"there is no good backup in {directory}: look for one elsewhere, then run `incidentd restore FILE`"
    holds = f"events up to {found.snapshot.last_seq}"
    made = f"{found.made_at:%Y-%m-%d %H:%M} UTC"
    return f"the last good backup is of {made}, {holds}: run `incidentd restore {directory / found.file}`"


@click.command()
@config_option
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
def backup(config_path: Path | None, target: Path) -> None:
    """Copy the database to FILE, whole and consistent, while the daemon runs; of PostgreSQL, too, it is SQLite's."""
    import threading

    from incidentd.storage.backup import CannotBackUp
    from incidentd.storage.portable import of_store

    try:
        holds = of_store(configuration_of(config_path).daemon.database_url.reveal(), threading.Event()).copy(target)
    except CannotBackUp as error:
        unavailable(error)
    click.echo(f"wrote {target}: schema {holds.schema}, events up to {holds.last_seq}; it was restored to try it")


def _said_yes(question: str) -> bool:
    """The end of the input is no yes."""
    try:
        return click.confirm(question)
    except click.Abort:
        return False


@click.command()
@config_option
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--send-waiting",
    is_flag=True,
    help="At the next start do at once what waits in the backup, as if nothing had been sent since.",
)
def restore(config_path: Path | None, source: Path, yes: bool, send_waiting: bool) -> None:
    """Put the backup FILE in the place of the SQLite database. The daemon must be stopped.

    FILE is checked first, and it is said what is lost. The present database stays beside it under another name.

    \b
    At the next start, unless --send-waiting is given:
      messages about pages that are open wait ten minutes, so that senders can say what still fires;
      other messages that waited in the backup are not sent, for they may have been;
      whatever was due meanwhile is done after these ten minutes.
    """
    from incidentd.clock import SystemClock
    from incidentd.configuration.store_address import sqlite_file
    from incidentd.instance import AlreadyRunning, InstanceLock
    from incidentd.storage.restore import CannotRestore, plan, put_in_place

    daemon = configuration_of(config_path).daemon
    database = sqlite_file(daemon.database_url.reveal())
    if database is None:
        into = f"`incidentd migrate-store sqlite:///{source.absolute()} URL` fills an empty database from it"
        unavailable(f"this database is PostgreSQL: its own tools restore it; {into}")
    lock = InstanceLock(daemon.state_dir)
    try:
        lock.acquire()
        chosen = plan(source, database)
        for line in chosen.said():
            click.echo(line)
        if not yes and not _said_yes(f"Replace {database}?"):
            unavailable("nothing was changed")
        aside = put_in_place(chosen, now=SystemClock().now(), send_waiting=send_waiting)
    except (AlreadyRunning, CannotRestore) as error:
        unavailable(error)
    except OSError as error:
        unavailable(f"{daemon.state_dir} cannot be used: {error}")
    finally:
        lock.release()
    click.echo(f"restored {database}" + (f"; what was there is {aside}" if aside else ""))
