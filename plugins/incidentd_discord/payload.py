"""Interactions as Discord sends them, as far as they matter here (docs.discord.com, "Receiving and Responding")."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec


class Kind(enum.IntEnum):
    """What somebody did."""

    PING = 1
    COMMAND = 2
    COMPONENT = 3
    MODAL = 5


class User(msgspec.Struct, frozen=True):
    id: str
    username: str = ""
    global_name: str | None = None


class Member(msgspec.Struct, frozen=True):
    user: User


class Option(msgspec.Struct, frozen=True):
    name: str
    value: str | float | bool | None = None


class Component(msgspec.Struct, frozen=True):
    """A text field, or what holds some: a row, or a label (which holds one)."""

    custom_id: str = ""
    value: str = ""
    components: Sequence[Component] = ()
    component: Component | None = None

    def fields(self) -> Iterator[tuple[str, str]]:
        """The fields in it, and what was written into them."""
        if self.value.strip():
            yield self.custom_id, self.value.strip()
        for one in self.components:
            yield from one.fields()
        if self.component is not None:
            yield from self.component.fields()


class Data(msgspec.Struct, frozen=True):
    name: str = ""
    custom_id: str = ""
    options: Sequence[Option] = ()
    components: Sequence[Component] = ()
    values: Sequence[str] = ()  # chosen in a menu
    target_id: str = ""  # of a command on a message
    resolved: Resolved | None = None

    def written(self) -> dict[str, str]:
        """What was written: the options of a command, or the fields of a form."""
        options = {one.name: one.value.strip() for one in self.options if isinstance(one.value, str)}
        return options | {name: value for one in self.components for name, value in one.fields()}


class Said(msgspec.Struct, frozen=True):
    """A message that somebody wrote."""

    id: str
    content: str = ""
    author: User = User(id="")
    timestamp: datetime | None = None


class Resolved(msgspec.Struct, frozen=True):
    messages: Mapping[str, Said] = {}


class Shown(msgspec.Struct, frozen=True):
    id: str


class Interaction(msgspec.Struct, frozen=True):
    """`member` in a server, `user` in a direct message; `message` is the one whose button was pressed."""

    id: str
    type: int
    application_id: str = ""
    token: str = ""
    guild_id: str | None = None
    channel_id: str | None = None
    data: Data = Data()
    member: Member | None = None
    user: User | None = None
    message: Shown | None = None

    @property
    def author(self) -> User | None:
        return self.member.user if self.member is not None else self.user
