"""Configuration types for adapters: secret references."""

from __future__ import annotations

import re
from typing import Annotated, Any

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
