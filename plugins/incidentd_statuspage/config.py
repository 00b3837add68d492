"""Configuration of a status page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import pydantic

from incidentd.plugin import AdapterConfig, PositiveDuration
from incidentd.plugin.config import UrlPath

Line = Annotated[str, pydantic.Field(min_length=1, max_length=250)]
_LONGEST_HISTORY = timedelta(days=366)


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

    @pydantic.field_validator("history")
    @classmethod
    def _not_for_ever(cls, value: timedelta) -> timedelta:
        if value > _LONGEST_HISTORY:
            raise ValueError("is longer than a year — write for example 14d")
        return value

    @pydantic.field_validator("url")
    @classmethod
    def _whole(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("is no address of a page — write for example https://status.example.org/")
        return value

    @pydantic.field_validator("directory")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError("is no absolute path — write the whole path")
        return value
