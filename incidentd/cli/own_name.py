"""The command `review` under the team's own name for it: `incidentctl retro` where a review is an Incident Retro.

The daemon knows the name. It is asked only about a word that is no command, so that nothing else gets slower.
"""

from __future__ import annotations

import re

import click

_A_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PATIENCE = 0.3  # seconds; a daemon that is not there is told of by a command that is one


def is_review(ctx: click.Context, word: str) -> bool:
    """Whether people here call their review so. A word that the daemon need not be asked about is none."""
    if ctx.resilient_parsing or not _A_NAME.fullmatch(word):
        return False
    from incidentd import wire
    from incidentd.cli.session import Session
    from incidentd.domain.review_words import command_names

    given = ctx.params.get("socket_path")
    session = Session(socket_path=str(given or ""), timeout=_PATIENCE)
    try:
        name = session.decode(session.get("/v1/info"), wire.Info).review_name
    except (click.ClickException, OSError):
        return False
    return word in command_names(name)
