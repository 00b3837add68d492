"""The chat of responders, as the process states it, and who of the roster somebody in it is."""

from __future__ import annotations

import msgspec

from incidentd.domain.people import Person, Roster


class ChatSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`channel` is an instance of `[channels]`; "" for no chat at all, and then nothing else counts.

    New reports and new pages are announced at the places `reports` and `pages`, the vendor's ids of channels; "" for
    nowhere.
    """

    channel: str = ""
    reports: str = ""
    pages: str = ""

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
