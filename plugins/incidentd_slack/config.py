"""Settings of a Slack channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

import pydantic

from incidentd.plugin import AdapterConfig, PositiveDuration, PositiveSeconds
from incidentd.plugin.config import BaseUrl, SigningSecrets, Token

_CHANNEL = re.compile(r"[CG][A-Z0-9]{5,20}")
_USER = re.compile(r"[UW][A-Z0-9]{5,20}")


class SlackConfig(AdapterConfig):
    """`[channels.NAME] type = "slack"`.

    `signing_secrets` are those of the app, any of which may have signed; `token` is its bot token. `channels` maps the
    id of a channel to the service its reports are about ("" for none). `responders` are ids of your own people.
    Rooms of incidents are public channels unless `private_rooms`; a message in one that somebody pins, or marks with
    the reaction `keep_reaction`, is kept in the timeline.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a secret written in plain must not be logged

    signing_secrets: SigningSecrets
    token: Token
    channels: Mapping[str, str] = {}
    direct: bool = True
    look_every: PositiveDuration = timedelta(minutes=10)
    responders: tuple[str, ...] = ()
    private_rooms: bool = False
    keep_reaction: Annotated[str, pydantic.Field(pattern=r"^[a-z0-9_+'-]*$", max_length=100)] = "pushpin"
    kind: Literal["end_user", "oss_developer", "internal_team"] = "internal_team"
    api: BaseUrl = "https://slack.com/api"
    timeout: PositiveSeconds = 10.0

    @pydantic.field_validator("channels")
    @classmethod
    def _channel_ids(cls, channels: Mapping[str, str]) -> Mapping[str, str]:
        for one in channels:
            if not _CHANNEL.fullmatch(one):
                raise ValueError(f"{one!r} is no id of a channel — copy it from the channel's details: C0123ABCD")
        return channels

    @pydantic.field_validator("responders")
    @classmethod
    def _user_ids(cls, people: tuple[str, ...]) -> tuple[str, ...]:
        for one in people:
            if not _USER.fullmatch(one):
                raise ValueError(f"{one!r} is no id of a member — copy it from the profile's menu: U0123ABCD")
        return people
