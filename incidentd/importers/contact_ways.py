"""How a person is told, as contact methods, and a word about whatever incidentd has no notifier for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from incidentd.importers.alertmanager_email import mailbox
from incidentd.importers.alertmanager_routes import duration_text
from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import MAIL, RosterParts
from incidentd.importers.yaml_table import Table

EMAIL = "email"
HIGH, LOW = URGENCIES = ("high", "low")


class Way(msgspec.Struct, frozen=True):
    """One notification rule: `kind` is EMAIL or words for another, `address` may be "", `urgencies` one or both."""

    kind: str
    address: str
    after: timedelta
    urgencies: tuple[str, ...]
    table: Table


def contacts(ways: Sequence[Way], account: str, person: Table, parts: RosterParts) -> list[dict[str, Any]]:
    """The contact methods of a person. Without any that incidentd can use, the address of their `account` is one."""
    found: dict[tuple[str, timedelta], list[str]] = {}
    for way in ways:
        address = mailbox(way.address or account) if way.kind == EMAIL else None
        if address is None:
            _left(way, parts)
        else:
            found.setdefault((address, way.after), []).extend(way.urgencies)
    missed = [urgency for urgency in URGENCIES if not any(urgency in told for told in found.values())]
    fallback = mailbox(account) if account else None
    if missed and fallback is not None:
        if ways:
            what = f"has no usable rule for {' and '.join(missed)} urgency: is told by e-mail at once"
            person.say(Outcome.TO_DO, what)
        found.setdefault((fallback, timedelta(0)), []).extend(missed)
    methods = [_method(address, after, told) for (address, after), told in sorted(found.items(), key=_when)]
    if not methods:
        person.say(Outcome.TO_DO, "has no contact method that could be carried over: nobody can page this person")
    return methods


def _when(way: tuple[tuple[str, timedelta], list[str]]) -> timedelta:
    return way[0][1]


def _method(address: str, after: timedelta, urgencies: list[str]) -> dict[str, Any]:
    method: dict[str, Any] = {"notifier": MAIL, "address": address}
    if after:
        method["after"] = duration_text(after)
    if set(urgencies) != set(URGENCIES):
        method["for"] = sorted(set(urgencies))
    return method


def _left(way: Way, parts: RosterParts) -> None:
    when = f" after {duration_text(way.after)}" if way.after else ""
    when += "" if way.urgencies == URGENCIES else f", {way.urgencies[0]} urgency"
    if way.kind == EMAIL:
        way.table.say(Outcome.LEFT, f"{way.address!r} is no plain e-mail address")
    elif way.address:
        what = f"{way.kind} to {way.address}{when}: add a notifier for it, and a contact method"
        way.table.say(Outcome.LEFT, what)
    else:
        what = f"{way.kind}{when}: the export has no address for it"
        parts.gather(Outcome.LEFT, way.table, what)
