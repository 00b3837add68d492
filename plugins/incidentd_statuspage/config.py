"""Configuration of a status page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import pydantic

from incidentd.plugin import AdapterConfig, PositiveDuration
from incidentd.plugin.config import UrlPath

Line = Annotated[str, pydantic.Field(min_length=1, max_length=250)]
_LONGEST_HISTORY = timedelta(days=366)


def _address(value: str) -> str:
    """The address of a page. Raises `ValueError`."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    plain = value.isascii() and value.isprintable() and not set(value) & set(' <>"')  # it stands in a header, too
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or not plain:
        raise ValueError("is no address of a page — write for example https://status.example.org/")
    return value


class MailConfig(AdapterConfig):
    """`[channels.NAME.mail]`: visitors may get the updates by mail."""

    notifier: Annotated[str, pydantic.Field(min_length=1, max_length=64)]  # `type = "email"`
    url: Annotated[str, pydantic.Field(max_length=500)]  # where customers find `path` of the listener: links lead there
    per_address: Annotated[int, pydantic.Field(ge=1, le=1000)] = 5  # forms an hour from one network
    in_total: Annotated[int, pydantic.Field(ge=1, le=10_000)] = 300
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # whose X-Forwarded-For is believed

    @pydantic.field_validator("url")
    @classmethod
    def _whole(cls, value: str) -> str:
        return _address(value).rstrip("/")


class StatusPageConfig(AdapterConfig):
    """`[channels.NAME] type = "statuspage"`. What `services` does not name is not named on the page."""

    path: UrlPath = "/status"
    title: Line = "Status"
    intro: Annotated[str, pydantic.Field(max_length=5000)] = ""
    language: Annotated[str, pydantic.Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    services: Annotated[Mapping[str, Line], pydantic.Field(max_length=200)] = {}  # service = what customers call it
    history: PositiveDuration = timedelta(days=14)  # how long an incident that is over stays on the page
    url: str = ""  # where customers find the page; feeds want it
    directory: Path | None = None  # write the page there, too, for any web server
    mail: MailConfig | None = None  # subscriptions by mail

    @pydantic.field_validator("history")
    @classmethod
    def _not_for_ever(cls, value: timedelta) -> timedelta:
        if value > _LONGEST_HISTORY:
            raise ValueError("is longer than a year — write for example 14d")
        return value

    @pydantic.field_validator("url")
    @classmethod
    def _whole(cls, value: str) -> str:
        return _address(value) if value else value

    @pydantic.field_validator("directory")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError("is no absolute path — write the whole path")
        return value
