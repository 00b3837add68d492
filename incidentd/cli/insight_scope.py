"""What the commands of `incidentctl insights` count: options that many of them share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from incidentd.cli.parts import INSTANT, Word
from incidentd.domain.severity import Severity


def scope_options(function: Any) -> Any:
    """Bounds of what is counted; the command gets them as `scope`, ready for the query of a path."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Into the command's parameter `scope`, which every option adds itself to."""
    scope: dict[str, str] = context.params.setdefault("scope", {})
    if value:
        scope[str(parameter.name)] = value.isoformat() if isinstance(value, datetime) else str(value)


def _option(name: str, text: str, **more: Any) -> Any:
    return click.option(name, expose_value=False, callback=_keep, help=text, **more)


_OPTIONS = (
    _option("--team", "Of services of this team.", metavar="TEAM"),
    _option("--service", "Of this service.", metavar="NAME"),
    _option("--severity", "Of incidents that were this bad at their worst.", type=Word(list(Severity))),
    _option("--process", "Under this version of the process, such as V-3.", metavar="VERSION"),
    _option("--since", "Not before this time.", type=INSTANT),
    _option("--until", "Not after this time.", type=INSTANT),
)
