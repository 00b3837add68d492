"""What we know of a customer, corrected: the name, what they are to us, notes, and where they write from."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from incidentd.client import ClientError
from incidentd.wire import reports as wire_reports
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.inert import Shown
from incidentd_tui.rows import reports

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_KINDS = ("end_user", "oss_developer", "internal_team")


def edit(tui: IncidentdApp, one: wire_reports.Customer) -> Form:
    """Every field as it is; what is not changed is not sent."""
    known = "\n".join(f"{each.channel} {each.address}" for each in one.addresses)
    fields = (
        Field(name="name", label="Name", value=one.name),
        Field(name="kind", label="They are", options=tuple((word, reports.kind(word)) for word in _KINDS),
              value=str(one.kind)),
        Field(name="notes", label="Notes for us", value=one.notes, multiline=True, optional=True),
        Field(name="addresses", label="They write from (channel address, one a line)", value=known, multiline=True,
              optional=True),
    )  # fmt: skip
    shown = {field.name: field.value.strip() for field in fields}

    def effects(values: Values) -> list[str]:
        lines = ["every report of theirs shows it"]
        if values["kind"] != shown["kind"]:
            lines.append("other questions and clocks hold, for their open reports too")
        if values["addresses"] != shown["addresses"]:
            lines.append("what comes from these addresses is theirs; reports that are there stay as they are")
        return lines

    async def send(values: Values) -> str:
        changed = {name: value for name, value in values.items() if value != shown[name]}
        if not changed:
            return "nothing is changed"
        try:
            addresses = await _addresses(tui, one.id, changed["addresses"]) if "addresses" in changed else None
            body = wire_reports.EditCustomer(
                kind=cast("wire_reports.CustomerKind | None", changed.get("kind")),
                name=changed.get("name"),
                notes=changed.get("notes"),
                addresses=addresses,
            )
            await tui.acts.gateway.ask(tui.acts.client.edit_customer(one.id, body, if_version=one.version))
        except ValueError as error:
            return str(error)
        except ClientError as error:
            return tui.acts.reason(f"customer:{one.id}", error)
        tui.say(f"✓ {values['name']} is kept", "done")
        return ""

    return Form(tui, Plan(title=f"Customer {one.name}", verb="keep", fields=fields, effects=effects, send=send))


async def _addresses(tui: IncidentdApp, customer_id: int, text: str) -> tuple[wire_reports.NewAddress, ...]:
    """Those of the lines; one that was there is sent as it is, not as it was made fit to be shown."""
    raw = await tui.acts.client.customer(customer_id)
    known = {f"{Shown(each.channel)} {Shown(each.address)}": each for each in raw.addresses}
    found = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        if (each := known.get(line)) is not None:
            found.append(wire_reports.NewAddress(channel=each.channel, address=each.address))
            continue
        channel, _, address = line.partition(" ")
        if not address.strip():
            raise ValueError(f"They write from: {line} has no address; write a channel and an address there")
        found.append(wire_reports.NewAddress(channel=channel, address=address.strip()))
    return tuple(found)
