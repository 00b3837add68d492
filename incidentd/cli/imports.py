"""`incidentd import`: the configuration of another tool as one for incidentd, and a report of what was lost."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from incidentd.cli.jsontext import indented
from incidentd.domain.display import safe_text

if TYPE_CHECKING:
    from incidentd.importers.imported import Imported


@click.group(name="import")
def import_() -> None:
    """Read the configuration of another tool."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What every import takes: where to write, and JSON instead of text."""
    output = click.option(
        "--output",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The directory to make; without it nothing is written.",
    )
    return output(click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")(command))


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@_options
def alertmanager(file: Path, output: Path | None, as_json: bool) -> None:
    """Make the three files of an alertmanager.yml, and tell what could not be carried over.

    Secrets are not copied: the files refer to places in DIR/secrets that wait for them. Ends with 1 when nothing could
    be read or written.
    """
    from incidentd.importers.alertmanager import read_alertmanager

    _import(lambda: read_alertmanager(file, output or Path("DIR")), file.name, "replace the people", output, as_json)


@import_.command()
@click.argument("export", type=click.Path(path_type=Path))
@_options
def oncall(export: Path, output: Path | None, as_json: bool) -> None:
    """Make the roster of an export of Grafana OnCall, and tell what could not be carried over.

    EXPORT is a directory of what OnCall's API answers (users.json, schedules.json ...), or one file of those lists.
    """
    from incidentd.importers.oncall import read_oncall

    _roster(read_oncall, export, output, as_json)


@import_.command()
@click.argument("export", type=click.Path(path_type=Path))
@_options
def opsgenie(export: Path, output: Path | None, as_json: bool) -> None:
    """Make the roster of an export of Opsgenie, and tell what could not be carried over.

    EXPORT is a directory of what Opsgenie's API answers (users.json, schedules.json ...), or one file of those lists.
    """
    from incidentd.importers.opsgenie import read_opsgenie

    _roster(read_opsgenie, export, output, as_json)


@import_.command()
@click.argument("export", type=click.Path(path_type=Path))
@_options
def pagerduty(export: Path, output: Path | None, as_json: bool) -> None:
    """Make the roster of an export of PagerDuty, and tell what could not be carried over.

    EXPORT is a directory of what PagerDuty's API answers (users.json, schedules.json ...), or one file of those lists.
    """
    from incidentd.importers.pagerduty import read_pagerduty

    _roster(read_pagerduty, export, output, as_json)


def _roster(read: Callable[[Path, datetime], Imported], export: Path, output: Path | None, as_json: bool) -> None:
    now = datetime.now(UTC)  # what is over is not carried over
    _import(functools.partial(read, export, now), export.name, "read the report", output, as_json)


def _import(read: Callable[[], Imported], source: str, advice: str, output: Path | None, as_json: bool) -> None:
    from incidentd.importers.directory import CannotWrite, write_directory
    from incidentd.importers.imported import NothingRead

    try:
        found = read()
        if output is not None:
            write_directory(output, found.files, found.secrets, source)
    except (NothingRead, CannotWrite) as error:
        click.echo(f"incidentd: {safe_text(str(error))}", err=True)
        sys.exit(1)
    if as_json:
        click.echo(indented(_document(found, output)))
        return
    for line in found.report.lines():
        click.echo(line)
    if output is None:
        click.echo("Nothing was written: name a new directory with --output.")
    else:
        click.echo(safe_text(f"wrote {output}: {advice}, then run `incidentd check --config {output}`"))


def _document(found: Imported, output: Path | None) -> dict[str, Any]:
    findings = [
        {"outcome": one.outcome.value, "line": one.line, "key": one.key, "text": one.text}
        for one in found.report.findings
    ]
    return {"source": found.report.file, "output": None if output is None else str(output), "findings": findings}
