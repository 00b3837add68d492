"""`incidentctl person`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from urllib.parse import quote

import click

from incidentd.cli.parts import change_options
from incidentd.cli.refusal import Exit
from incidentd.cli.screen import hang, paint, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import pages as wire_pages

_SETTLED = ("sent", "delivered", "failed", "unknown", "cancelled")
_LOOK_EVERY = 0.3  # seconds


@click.group()
def person() -> None:
    """The contact methods of a person."""


@person.command()
@click.argument("handle")
@click.option("--wait", default=60.0, show_default=True, type=click.FloatRange(0, 3600), help="Seconds to wait.")
@click.option("--proof", is_flag=True, help="Wait until the person followed the link of each message, too.")
@change_options
@click.pass_obj
def test(session: Session, handle: str, wait: float, proof: bool) -> None:
    """Send a test by each contact method of HANDLE, and show how each ends.

    Ends with 1 unless every message went out (with --proof: and was confirmed) in time.
    """
    body = session.change("POST", f"/v1/people/{quote(handle, safe='')}/test")
    started = session.decode(body, wire_pages.PersonTest)
    well = _proven if proof else _out
    ended = _follow(session, started.deliveries, time.monotonic() + wait, lambda one: _is_final(one, proof))
    if session.as_json:
        session.print_value(wire_pages.PersonTest(person=started.person, deliveries=tuple(ended)))
    if not all(well(one) for one in ended):
        sys.exit(Exit.NOT_WELL)


def _out(one: wire_pages.Delivery) -> bool:
    return one.state in ("sent", "delivered")


def _proven(one: wire_pages.Delivery) -> bool:
    return one.proven_at is not None


def _is_final(one: wire_pages.Delivery, proof: bool) -> bool:
    return one.state in _SETTLED and (not proof or not _out(one) or _proven(one))


def _follow(
    session: Session,
    waiting: Sequence[wire_pages.Delivery],
    deadline: float,
    final: Callable[[wire_pages.Delivery], bool],
) -> list[wire_pages.Delivery]:
    """Ask again until each is final or the time is over; each change is shown as it is seen."""
    latest = {one.id: one for one in waiting}
    shown: dict[int, tuple[str, bool]] = {}
    while True:
        for one in latest.values():
            if shown.get(one.id) != (one.state, _proven(one)):
                shown[one.id] = (one.state, _proven(one))
                _tell(session, one)
        left = [one for one in latest.values() if not final(one)]
        if not left or time.monotonic() >= deadline:
            return list(latest.values())
        time.sleep(_LOOK_EVERY)
        for one in left:
            latest[one.id] = session.decode(session.get(f"/v1/deliveries/{one.id}"), wire_pages.Delivery)


def _tell(session: Session, one: wire_pages.Delivery) -> None:
    if session.as_json or session.quiet:
        return
    lead = f"{safe_line(one.notifier)}  {paint(safe_line(one.state), toned(one.state).tone)}"
    proven = f" confirmed {session.when(one.proven_at)}" if one.proven_at else ""
    hang(f"{lead}  ", f"{one.error}{proven}".strip(), lead_width=len(one.notifier) + len(one.state) + 4)
