"""The chat of responders, as the process states it, and who of the roster somebody in it is."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from incidentd.domain.people import Person, Roster
from incidentd.domain.severity import Severity


class ChatSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`channel` is an instance of `[channels]`; "" for no chat at all, and then nothing else counts.

    New reports and new pages are announced at the places `reports` and `pages`, the vendor's ids of channels; "" for
    nowhere. For an incident of a severity in `rooms` a room is opened by itself; it is archived `archive_after` its
    end, never when that is None.
    """

    channel: str = ""
    reports: str = ""
    pages: str = ""
    rooms: frozenset[Severity] = frozenset()
    archive_after: timedelta | None = None

    def place(self, about: str) -> str:
        """Where something is announced, such as report:12; "" for nowhere."""
        if not self.channel:
            return ""
        return {"report": self.reports, "page": self.pages}.get(about.partition(":")[0], "")


def person_of_account(roster: Roster, instance: str, account: str) -> Person | None:
    """Who has this account on a channel instance; None for somebody whom the roster does not know."""
    return next((one for one in roster.people.values() if one.accounts.get(instance) == account), None)


def unknown_account(instance: str, account: str) -> str:
    """What somebody is told who presses a button and is in no roster."""
    return (
        "incidentd does not know you as a responder, so nothing was done. In roster.toml, below your name, it wants "
        f'accounts = {{ {instance} = "{account}" }}'
    )
