"""`incidentctl insights`: figures of how a team responds. Its topics have modules of their own, in `COMMANDS`."""

from __future__ import annotations

import click

from incidentd.cli.insight_figures import compare, list_figures, show
from incidentd.cli.insight_pictures import dots, load, rhythm
from incidentd.cli.insight_report import report

COMMANDS: tuple[click.Command, ...] = (
    list_figures,
    show,
    compare,
    dots,
    rhythm,
    load,
    report,
)


@click.group()
def insights() -> None:
    """How you respond, in figures with what each is of; none is about a person, and none has a trend."""


for one in COMMANDS:
    insights.add_command(one)
