"""`incidentctl nagios`: the notification command of Nagios and Icinga 2."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from incidentd.cli.handing import Way, hand_in, way_options
from incidentd.cli.parts import change_options
from incidentd.cli.session import Session

PATH = "/nagios/notification"
_NEEDED = {"host": ("HOSTNAME",), "service": ("HOSTNAME", "SERVICEDESC")}
_LONGEST = 16_384  # characters of one field; what is longer is cut, for the page must go out


@click.command()
@click.option("-n", "--notification", "kind", type=click.Choice(["host", "service"]), required=True)
@click.option("-t", "--type", "type_", required=True, metavar="TYPE", help="PROBLEM, RECOVERY, ACKNOWLEDGEMENT ...")
@click.option("-f", "--field", "fields", multiple=True, metavar="NAME=VALUE", help="A macro; repeat it for more.")
@way_options
@change_options
@click.pass_obj
def nagios(session: Session, /, kind: str, type_: str, fields: tuple[str, ...], way: Way) -> None:
    """Hand in a notification of Nagios or Icinga 2, from their own notification command.

    What cannot be handed in at once waits in the spool; then the exit code is 0 too.
    """
    given = _given(fields)
    missing = [name for name in _NEEDED[kind] if not given.get(name)]
    if missing:
        raise click.UsageError(f"a {kind} notification needs -f {missing[0]}=...")
    body = {"kind": kind, "type": type_, "at": datetime.now(UTC), "fields": given}
    hand_in(session, PATH, body, way)


def _given(fields: tuple[str, ...]) -> dict[str, str]:
    """The fields that have a value; a macro that the monitoring system does not know comes as $NAME$."""
    found: dict[str, str] = {}
    for field in fields:
        name, sign, value = field.partition("=")
        name = name.strip().upper()
        if not sign or not name:
            raise click.UsageError(f"-f {field!r} is not NAME=VALUE")
        if value.strip() and value.strip() != f"${name}$":
            found[name] = value.encode("utf-8", "replace").decode()[:_LONGEST]
    return found
