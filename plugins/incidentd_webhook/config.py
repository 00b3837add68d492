"""Configuration of a generic webhook source: where it listens and how its JSON is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

from incidentd.plugin import AdapterConfig, SecretRef
from incidentd_webhook.paths import Path, parse_path

_URL_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


def _path(value: Any) -> Path:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise ValueError('is no path — write it as text, for example "alert.title"')
    return parse_path(value)


def _path_or_none(value: Any) -> Path | None:
    """ "" switches a mapping off."""
    return None if value is None or value == "" else _path(value)


ValuePath = Annotated[Path, pydantic.PlainValidator(_path)]
OptionalPath = Annotated[Path | None, pydantic.PlainValidator(_path_or_none)]
LabelName = Annotated[str, pydantic.Field(min_length=1, max_length=1024)]


class WebhookSourceConfig(AdapterConfig):
    """How one sender's JSON becomes alerts; paths are described in `incidentd_webhook.paths`.

    Without `items` the body is one alert or an array of alerts; otherwise `items` leads to the array, and all other
    paths start at an item. The defaults read `{"key", "title", "status", "severity", "url", "labels", "annotations"}`,
    of which `key` and, unless it is a resolve, `title` are required.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a token written in plain must not be logged

    path: str = "/hook"
    token: SecretRef | None = None  # asked for as `Authorization: Bearer`, `X-Token` or `?token=`
    items: OptionalPath = None
    key: OptionalPath = parse_path("key")  # "": the labels identify the alert
    status: OptionalPath = parse_path("status?")  # missing, or a value not named below: the alert fires
    resolved_values: frozenset[str] = frozenset(("resolved", "ok", "closed", "recovered", "success", "up", "normal"))
    acknowledged_values: frozenset[str] = frozenset(("acknowledged",))
    title: OptionalPath = parse_path("title")  # annotation `summary`, and label `alertname` where nothing else sets it
    severity: OptionalPath = parse_path("severity?")  # label `severity`
    url: OptionalPath = parse_path("url?")  # a link to the sender's own page
    starts_at: OptionalPath = None  # ISO 8601, or seconds or milliseconds since 1970
    ends_at: OptionalPath = None  # a firing alert expires then unless it is sent again
    labels_from: OptionalPath = parse_path("labels?")  # an object whose members become labels
    annotations_from: OptionalPath = parse_path("annotations?")
    labels: Mapping[LabelName, ValuePath] = {}
    annotations: Mapping[LabelName, ValuePath] = {}
    constants: Mapping[LabelName, str] = {}  # labels of every alert, whatever the sender says

    @pydantic.field_validator("path")
    @classmethod
    def _absolute(cls, path: str) -> str:
        if not _URL_PATH.fullmatch(path):
            raise ValueError('is no absolute path — use letters, digits and ._~-, for example "/hook/ci"')
        return path

    @pydantic.field_validator("resolved_values", "acknowledged_values")
    @classmethod
    def _folded(cls, values: frozenset[str]) -> frozenset[str]:
        """Status words are compared without regard to case."""
        return frozenset(value.strip().casefold() for value in values)

    @pydantic.model_validator(mode="after")
    def _meanings_differ(self) -> WebhookSourceConfig:
        both = self.resolved_values & self.acknowledged_values
        if both:
            raise ValueError(f"has {sorted(both)} in resolved_values and in acknowledged_values — keep one of them")
        return self
