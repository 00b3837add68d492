"""Settings of a Discord channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Literal

import pydantic

from incidentd.plugin import AdapterConfig, PositiveDuration, PositiveSeconds
from incidentd.plugin.config import BaseUrl, Token

_KEY = re.compile(r"[0-9a-fA-F]{64}")
_ID = re.compile(r"[0-9]{15,21}")


class Answers(StrEnum):
    """Where a customer is answered."""

    DIRECT = "direct"
    CHANNEL = "channel"  # where they reported, for all to read


class DiscordConfig(AdapterConfig):
    """`[channels.NAME] type = "discord"`.

    `public_key` is the application's, in hexadecimal; `token` its bot's. While another application takes over, what the
    one of `old_public_key` signed is heard too. `guilds` are the servers that may report;
    without any, every server that installed the application. `services` maps the id of a channel to the service that is
    reported about there. Rooms of incidents are channels of the server `rooms_guild`, in its category `rooms_category`;
    their pins are looked for every `look_every`.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a secret written in plain must not be logged

    public_key: str
    old_public_key: str = ""
    token: Token
    guilds: tuple[str, ...] = ()
    services: Mapping[str, str] = {}
    answers: Answers = Answers.DIRECT
    rooms_guild: str = ""
    rooms_category: str = ""
    private_rooms: bool = False
    look_every: PositiveDuration = timedelta(minutes=1)
    kind: Literal["end_user", "oss_developer", "internal_team"] = "end_user"
    api: BaseUrl = "https://discord.com/api/v10"
    timeout: PositiveSeconds = 10.0

    @pydantic.field_validator("public_key", "old_public_key")
    @classmethod
    def _hexadecimal(cls, value: str) -> str:
        if not _KEY.fullmatch(value):
            raise ValueError("is no public key — copy the 64 hexadecimal digits from the application's general page")
        return value

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """Those of the applications that may have signed."""
        return tuple(bytes.fromhex(one) for one in (self.public_key, self.old_public_key) if one)

    @pydantic.field_validator("rooms_guild", "rooms_category")
    @classmethod
    def _id(cls, value: str) -> str:
        if value and not _ID.fullmatch(value):
            raise ValueError(f"{value!r} is no id — switch on Discord's developer mode, and copy it from a menu")
        return value

    @pydantic.field_validator("guilds", "services")
    @classmethod
    def _ids(cls, value: tuple[str, ...] | Mapping[str, str]) -> tuple[str, ...] | Mapping[str, str]:
        for one in value:
            if not _ID.fullmatch(one):
                raise ValueError(f"{one!r} is no id — switch on Discord's developer mode, and copy it from a menu")
        return value
