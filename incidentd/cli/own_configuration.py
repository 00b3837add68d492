"""What the commands of `incidentd` share: which configuration is meant, and how its faults are told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from incidentd.settings import Configuration

EXIT_CONFIGURATION = 78  # EX_CONFIG of sysexits(3)
EXIT_UNAVAILABLE = 69  # EX_UNAVAILABLE: somebody has to do something
EXIT_PASSING = 75  # EX_TEMPFAIL: what is in the way may go by itself, so that another start is worth it

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="Directory with incidentd.toml, roster.toml and process.toml, or the path of an incidentd.toml.",
)


def configuration_of(config_path: Path | None, *, at_start: bool = False) -> Configuration:
    """The configuration, or its faults on standard error and exit 78. `at_start`: see `load_configuration`."""
    from incidentd.settings import ConfigurationError, load_configuration

    try:
        return load_configuration(config_path, dict(os.environ), at_start=at_start)
    except ConfigurationError as error:
        refuse(error.faults)


def refuse(faults: Iterable[object]) -> NoReturn:
    """Print faults of the configuration, and end with 78."""
    for fault in faults:
        click.echo(str(fault), err=True)
    sys.exit(EXIT_CONFIGURATION)
