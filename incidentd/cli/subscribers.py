"""`incidentctl subscriber`: who is written to by mail about what a status page shows."""

from __future__ import annotations

import click

from incidentd.cli.parts import change_options, read_options
from incidentd.cli.screen import table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import subscribers as wire_subscribers

_PATH = "/v1/subscribers"


@click.group()
def subscriber() -> None:
    """Who gets the updates of a status page by mail."""


@subscriber.command()
@read_options
@click.pass_obj
def count(session: Session) -> None:
    """How many subscribe to what; no addresses."""
    found = session.read(session.get(_PATH), wire_subscribers.SubscriberCounts)
    if found is not None:
        rows = [(one.channel, one.confirmed, one.waiting) for one in found.channels]
        table(("PAGE", "SUBSCRIBE", "TO CONFIRM"), rows, empty="Nobody subscribes.")


@subscriber.command()
@click.option("--page", "channel", default="", help="Of this channel only.")
@read_options
@click.pass_obj
def export(session: Session, channel: str) -> None:
    """Print the addresses, for admins; those that are not confirmed are sent nothing."""
    found = session.read(session.get(f"{_PATH}/addresses", channel=channel), wire_subscribers.SubscriberList)
    if found is not None:
        rows = [
            (one.channel, one.address, session.when(one.confirmed_at) if one.confirmed_at else "to confirm")
            for one in found.subscribers
        ]
        table(("PAGE", "ADDRESS", "SINCE"), rows, empty="Nobody subscribes.")


@subscriber.command()
@click.argument("address")
@click.option("--page", "channel", default="", help="From this channel only.")
@change_options
@click.pass_obj
def remove(session: Session, address: str, channel: str) -> None:
    """Forget an address, for admins: it is written to no more."""
    body = session.change(
        "POST", f"{_PATH}/remove", wire_subscribers.RemoveSubscriber(address=address, channel=channel)
    )
    found = session.decode(body, wire_subscribers.SubscribersRemoved)
    pages = "page" if found.removed == 1 else "pages"
    session.done(body, safe_line(f"{address} is written to no more ({found.removed} {pages})"))
