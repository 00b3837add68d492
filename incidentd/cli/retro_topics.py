"""`incidentctl process retro topic | vote`: what a process retro talks about."""

from __future__ import annotations

import click

from incidentd.cli.incident_changes import text_given
from incidentd.cli.parts import Identifier, change_options, versioned
from incidentd.cli.process_ideas import IDEA
from incidentd.cli.session import Session
from incidentd.wire import experiments as wire

_RETRO = Identifier("PR", "process_retro")
_NUMBER = click.IntRange(1)


def _path(retro_id: int, topic_id: int | None = None) -> str:
    base = f"/v1/process/retros/{retro_id}/topics"
    return base if topic_id is None else f"{base}/{topic_id}"


@click.group()
def topic() -> None:
    """What a process retro talks about: one idea, or several that say the same."""


@topic.command()
@click.argument("retro_id", type=_RETRO)
@click.argument("ideas", type=IDEA, nargs=-1, required=True, metavar="PI-1...")
@click.option("--text", default="", help="What they say together (default: what the first says).")
@change_options
@click.pass_obj
def write(session: Session, retro_id: int, ideas: tuple[int, ...], text: str) -> None:
    """Put ideas together that say the same. An idea is in one topic at most."""
    body = session.change("POST", _path(retro_id), wire.WriteTopic(ideas=ideas, text=text))
    written = session.decode(body, wire.RetroView).topics
    number = next((one.id for one in written if set(one.ideas) == set(ideas)), 0)
    session.done(body, f"topic {number} of PR-{retro_id} is written")


@topic.command()
@click.argument("retro_id", type=_RETRO)
@click.argument("topic_id", type=_NUMBER, metavar="TOPIC")
@click.option("--text", help="What it says.")
@click.option("--idea", "ideas", type=IDEA, multiple=True, help="Of these ideas from now on; repeat it for more.")
@click.option("--choose/--leave", "chosen", default=None, help="It is talked about in this retro, or is not.")
@click.option("--notes", help='What was said about it; "-" reads standard input.')
@versioned
@change_options
@click.pass_obj
def edit(
    session: Session, /, retro_id: int, topic_id: int, ideas: tuple[int, ...], notes: str | None, version: int | None,
    text: str | None, chosen: bool | None,
) -> None:  # fmt: skip
    """Change a TOPIC, choose it, or note what was said about it."""
    if text is None and chosen is None and notes is None and not ideas:
        raise click.UsageError("say what to change: --text, --idea, --choose, --leave or --notes")
    wanted = {"text": text, "ideas": ideas or None, "chosen": chosen, "notes": notes and text_given(notes)}
    given = {name: one for name, one in wanted.items() if one is not None}
    body = session.change("PATCH", _path(retro_id, topic_id), given, version)
    session.done(body, f"topic {topic_id} of PR-{retro_id} is changed")


@click.command()
@click.argument("retro_id", type=_RETRO)
@click.argument("topic_id", type=_NUMBER, metavar="TOPIC")
@click.argument("votes", type=click.IntRange(0, 10), default=1)
@change_options
@click.pass_obj
def vote(session: Session, retro_id: int, topic_id: int, votes: int) -> None:
    """Give VOTES (default: 1) to a TOPIC, in place of those before; they are counted when all are in."""
    body = session.change("POST", f"{_path(retro_id, topic_id)}/votes", wire.Vote(votes=votes))
    mine = sum(one.mine for one in session.decode(body, wire.RetroView).topics)
    each = session.decode(body, wire.RetroView).votes_each
    session.done(body, f"you gave {mine} of your {each} votes")
