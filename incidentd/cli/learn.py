"""`incidentctl learn`: the learning library. Its topics have modules of their own, in `COMMANDS`."""

from __future__ import annotations

import click

from incidentd.cli.learn_answers import answer
from incidentd.cli.learn_digest import digest
from incidentd.cli.learn_search import browse, search, show
from incidentd.cli.learn_uses import figures, use, uses

COMMANDS: tuple[click.Command, ...] = (
    search,
    browse,
    show,
    use,
    uses,
    figures,
    answer,
    digest,
)


@click.group()
def learn() -> None:
    """What reviews found: search it, use it again, see what changed."""


for one in COMMANDS:
    learn.add_command(one)
