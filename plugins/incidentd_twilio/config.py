"""Settings of a phone number."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pydantic

from incidentd.plugin import AdapterConfig, PositiveSeconds
from incidentd.plugin.config import BaseUrl, Token

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""A phone number as E.164 writes it."""
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


class Says(pydantic.BaseModel):
    """What callers hear. `{reference}` in `thanks` is that of their report, such as "R-12"."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    menu: str = "Hello. To speak to the person on call, press 1. To leave a message, press 2."
    connecting: str = "One moment, please."
    record: str = "Please say after the tone what is wrong, and since when. Press the hash key when you are done."
    thanks: str = "Thank you. Your reference is {reference}. We will get back to you. Goodbye."
    recorded: str = "Thank you. Your message was recorded. We will get back to you. Goodbye."
    accept: str = "This is incidentd. A customer calls. Press any key to take the call."


class TwilioConfig(AdapterConfig):
    """`[channels.NAME] type = "twilio"`.

    `url` is where Twilio reaches this instance, as its console has it without the route: Twilio signs it. `number`
    sends text messages: a number of yours, or a messaging service. `old_auth_token` may sign too, while it is changed.
    Who presses 1 is put through to whoever carries the pager of `schedule`, by the first phone number among that
    person's contacts, or else to `direct`; without both there is no such choice.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a secret written in plain must not be logged

    url: BaseUrl
    account_sid: str
    auth_token: Token
    old_auth_token: Token | None = None
    number: str
    schedule: str = ""
    direct: str = ""
    ring: Annotated[int, pydantic.Field(ge=5, le=120)] = 25
    longest: Annotated[int, pydantic.Field(ge=10, le=3600)] = 120
    transcribe: bool = True
    language: Annotated[str, pydantic.Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-US"
    says: Says = Says()
    kind: Literal["end_user", "oss_developer", "internal_team"] = "end_user"
    api: BaseUrl = "https://api.twilio.com"
    timeout: PositiveSeconds = 10.0

    @pydantic.field_validator("account_sid")
    @classmethod
    def _account(cls, value: str) -> str:
        if not _ACCOUNT.fullmatch(value):
            raise ValueError('is no account SID — it begins with "AC" and stands on the console\'s first page')
        return value

    @pydantic.field_validator("number")
    @classmethod
    def _sends(cls, value: str) -> str:
        if not NUMBER.fullmatch(value) and not _SERVICE.fullmatch(value):
            raise ValueError('is neither a number like "+15005550006" nor a messaging service, "MG..."')
        return value

    @pydantic.field_validator("direct")
    @classmethod
    def _dialled(cls, value: str) -> str:
        if value and not NUMBER.fullmatch(value):
            raise ValueError('is no phone number — write it with its country, like "+493012345678"')
        return value

    @property
    def puts_through(self) -> bool:
        """Whether callers can ask for who is on call."""
        return bool(self.schedule or self.direct)
