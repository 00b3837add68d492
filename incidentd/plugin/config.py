"""Configuration types for adapters: secret references and durations."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

import pydantic
from pydantic_core import core_schema

from incidentd.plugin.values import Secret


class _SecretSchema:
    """Accepts a resolved `Secret` only: the daemon resolves `{credential|file|env = ...}` tables beforehand."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        def check(value: Any) -> Secret:
            if isinstance(value, Secret):
                return value
            raise ValueError('write a reference: { credential = "NAME" }, { file = "PATH" } or { env = "NAME" }')

        return core_schema.no_info_plain_validator_function(check)


SecretRef = Annotated[Secret, _SecretSchema]
"""A configuration field that holds a secret, written as a reference and seen by the plugin as `Secret`."""

_URL_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


def _url_path(path: str) -> str:
    if not _URL_PATH.fullmatch(path):
        raise ValueError('is no absolute path — use letters, digits and ._~-, for example "/hook/ci"')
    return path


UrlPath = Annotated[str, pydantic.AfterValidator(_url_path)]
"""Where a source listens, an absolute path without a query."""

PositiveSeconds = Annotated[float, pydantic.Field(gt=0, le=3600)]
"""A time-out in seconds."""


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or set("?#") & set(value):
        raise ValueError("is no base address — write scheme, host and path, for example https://api.example.org/v1")
    return value.rstrip("/")


BaseUrl = Annotated[str, pydantic.AfterValidator(_base_url)]
"""The http or https address below which something is reached, without a slash at its end. Since API version 1.6."""


def _one_word(value: Secret) -> Secret:
    if not re.fullmatch(r"[\x21-\x7e]+", value.reveal().strip()):
        raise ValueError("is no token — where it leads there is one word of printable ASCII characters")
    return value


Token = Annotated[SecretRef, pydantic.AfterValidator(_one_word)]
"""A secret that stands in a header. Since API version 1.6."""


def _some(secrets: tuple[Secret, ...]) -> tuple[Secret, ...]:
    if not secrets or not all(secret.reveal() for secret in secrets):
        raise ValueError("has none or an empty one — store the secret that signs where the reference leads")
    return secrets


SigningSecrets = Annotated[tuple[SecretRef, ...], pydantic.AfterValidator(_some)]
"""Secrets any of which may have signed, so that one can be changed without a gap. Since API version 1.6."""

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)
_LONGEST = timedelta(days=3650)
_UNUSABLE = "is no duration — write a number and a unit: 30s, 5m, 4h, 1h30m, 2d"


def parse_duration(value: Any) -> timedelta:
    """ "30s", "5m", "4h", "1h30m" or "2d". Raises ValueError for anything else, zero excepted ("0s")."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value.replace(" ", "")) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        raise ValueError(_UNUSABLE)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if duration > _LONGEST:
        raise ValueError("is longer than ten years — write a shorter duration")
    return duration


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than nothing — write for example 5m")
    return value


Duration = Annotated[timedelta, pydantic.BeforeValidator(parse_duration)]
"""A length of time, written "30s", "5m" or "1h30m". Since API version 1.2."""

PositiveDuration = Annotated[Duration, pydantic.AfterValidator(_positive)]
"""A `Duration` that is longer than nothing. Since API version 1.2."""
