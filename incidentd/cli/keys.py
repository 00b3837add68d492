"""`incidentctl keys`: the keys that sign links of messages, addresses of calendars, and letters to subscribers."""

from __future__ import annotations

import click

from incidentd.cli.parts import change_options, read_options
from incidentd.cli.screen import table
from incidentd.cli.session import Session
from incidentd.wire import keys as wire_keys


@click.group()
def keys() -> None:
    """The keys that sign links of messages, addresses of calendars, and letters to subscribers.

    Keys and tokens of senders and services stand in the configuration: docs/security.md says how each is changed.
    """


@keys.command()
@read_options
@click.pass_obj
def show(session: Session) -> None:
    """When they were exchanged, and until when older ones hold. No key is shown to anybody."""
    _show(session, session.read(session.get("/v1/keys"), wire_keys.SigningKeys))


@keys.command()
@click.option("--at-once", is_flag=True, help="What older keys signed is void now: for a key that got out.")
@change_options
@click.pass_obj
def rotate(session: Session, at_once: bool) -> None:
    """Sign with a new key from now on. Without --at-once, links that are out hold until they have run out.

    Addresses of calendars have no end: those of older keys hold for 90 days more, and are given out anew by
    `incidentctl schedule feed`.
    """
    body = session.change("POST", "/v1/keys/rotate", wire_keys.RotateKeys(at_once=at_once))
    found = session.decode(body, wire_keys.SigningKeys)
    until = f"links that are out hold until {session.when(found.before[0].links_until)}" if found.before else ""
    session.done(body, f"A new key signs from now on: {until or 'what older keys signed is void'}")


def _show(session: Session, found: wire_keys.SigningKeys | None) -> None:
    if found is None:
        return
    print(f"Signing with {'the first key' if found.since is None else f'a key of {session.when(found.since)}'}.")
    rows = [
        (session.when(one.replaced_at), session.when(one.links_until), session.when(one.addresses_until))
        for one in found.before
    ]
    if rows:
        table(("REPLACED", "ITS LINKS UNTIL", "ITS CALENDARS UNTIL"), rows)
    else:
        print("No older key holds.")
