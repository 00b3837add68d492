"""`[chat]` of process.toml, and accounts in chats of roster.toml."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

import pydantic

from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import Name, PositiveDuration, Table
from incidentd.domain.chat import ChatSettings
from incidentd.domain.people import Roster
from incidentd.domain.severity import Severity

Place = Annotated[str, pydantic.Field(max_length=100, pattern=r"^\S*$")]
Accounts = dict[Name, Annotated[str, pydantic.Field(min_length=1, max_length=100, pattern=r"^\S+$")]]


class ChatTable(Table):
    channel: str = ""
    reports: Place = ""
    pages: Place = ""
    rooms: frozenset[Severity] = frozenset()
    archive_after: PositiveDuration | None = None


def chat(table: ChatTable) -> ChatSettings:
    """The settings as the process has them."""
    return ChatSettings(**dict(table))


def broken_chat(table: ChatTable) -> Iterable[Broken]:
    """What can have no effect."""
    given = [name for name in table.model_fields_set if name != "channel"]
    if given and not table.channel:
        yield ("chat", min(given)), ("has no effect without `channel`", 'name it, such as channel = "slack"')


def broken_accounts(people: Mapping[str, Accounts]) -> Iterable[Broken]:
    """An account is one person's."""
    known: dict[tuple[str, str], str] = {}
    for handle, accounts in people.items():
        for instance, account in accounts.items():
            if known.setdefault((instance, account), handle) != handle:
                what = f'"{account}" is {known[instance, account]} already'
                yield ("people", handle, "accounts", instance), (what, "an account is one person's")


def chat_problems(settings: ChatSettings, roster: Roster, channels: Collection[str]) -> Iterable[str]:
    """Names that incidentd.toml does not have: what they stand for would reach nobody."""
    if settings.channel and settings.channel not in channels:
        yield f"chat.channel names {settings.channel}, which is no channel of incidentd.toml"
    for handle, person in roster.people.items():
        for instance in person.accounts:
            if instance not in channels:
                yield f"people.{handle}.accounts names {instance}, which is no channel of incidentd.toml"
    if settings.channel in channels and not any(settings.channel in one.accounts for one in roster.people.values()):
        yield f"nobody in the roster has an account on {settings.channel}: buttons in the chat refuse everybody"
