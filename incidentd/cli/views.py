"""`incidentctl view`."""

from __future__ import annotations

from typing import get_args

import click

from incidentd.cli.parts import Identifier, Word, change_options, read_options
from incidentd.cli.screen import table
from incidentd.cli.session import Session
from incidentd.wire import views as wire_views

_PATH = "/v1/views"
_BASES = get_args(wire_views.Base)
VIEW = Identifier("V")


@click.group()
def view() -> None:
    """Saved filters of the inbox: your own, and those for everybody."""


def _row(found: wire_views.Views, one: wire_views.View) -> tuple[object, ...]:
    here = found.opens == f"view:{one.id}"
    opens = ("at start" if found.pinned else "used last") if here else ""
    return f"V-{one.id}", one.name, "everybody" if one.shared else "you", one.base, one.query, opens


@view.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """List the views that you can pick in the inbox."""
    found = session.read(session.get(_PATH), wire_views.Views)
    if found is not None:
        head = ("ID", "NAME", "FOR", "OF", "FILTER", "OPENS")
        table(head, [_row(found, one) for one in found.views], empty="No view was saved.", spare=("OPENS",))


@view.command()
@click.argument("name")
@click.argument("query", nargs=-1)
@click.option("--of", "base", type=Word(_BASES), default="all", show_default=True, help="What the view narrows.")
@click.option("--shared", is_flag=True, help="For everybody.")
@change_options
@click.pass_obj
def save(session: Session, name: str, query: tuple[str, ...], base: wire_views.Base, shared: bool) -> None:
    """Save a filter of words and NAME=VALUE (also !=, =~ and !~), over the one of that name."""
    wanted = wire_views.SaveView(name=name, query=" ".join(query), base=base, shared=shared)
    body = session.change("POST", _PATH, wanted)
    saved = session.decode(body, wire_views.View)
    session.done(body, f"V-{saved.id} {saved.name} saved{' for everybody' if saved.shared else ''}")


@view.command()
@click.argument("view_id", type=VIEW)
@change_options
@click.pass_obj
def delete(session: Session, view_id: int) -> None:
    """Delete a view, your own or one for everybody."""
    body = session.change("DELETE", f"{_PATH}/{view_id}")
    left = session.decode(body, wire_views.Views)
    session.done(body, f"V-{view_id} deleted, {len(left.views)} left")


@view.command("open")
@click.argument("view_id", type=VIEW, required=False)
@click.option("--of", "base", type=Word(_BASES), help="Everything of this kind, instead of a saved view.")
@change_options
@click.pass_obj
def open_(session: Session, view_id: int | None, base: str | None) -> None:
    """Let your inbox begin with this view; without one, with the view that was used last."""
    if view_id is not None and base is not None:
        raise click.UsageError("give a view or --of, one of the two")
    opens = f"view:{view_id}" if view_id is not None else base or ""
    body = session.change("PUT", f"{_PATH}/opens", wire_views.OpenWith(opens=opens, pinned=bool(opens)))
    found = session.decode(body, wire_views.Views)
    shown = f"V-{view_id}" if view_id is not None else base or "the view that was used last"
    session.done(body, f"your inbox begins with {shown}" if found.pinned or not opens else "nothing was changed")
