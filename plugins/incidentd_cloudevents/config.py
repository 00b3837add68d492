"""Configuration of a CloudEvents source: where it listens, and what events say about alerts."""

from __future__ import annotations

from typing import Annotated

import pydantic

from incidentd.plugin import SecretRef
from incidentd.plugin.config import UrlPath
from incidentd.plugin.json_paths import parse_path
from incidentd.plugin.mapping import AlertMapping, OptionalPath

TypePattern = Annotated[str, pydantic.Field(pattern=r"^[^*]+\*?$")]


class CloudEventsConfig(AlertMapping):
    """How events become alerts. Paths start at the event as JSON: `type`, `subject`, `data.title`.

    A type may end in `*`: every type that begins so. An event of no named type fires, unless what `status` leads to is
    one of the words of the mapping.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a token written in plain must not be logged

    path: UrlPath = "/cloudevents"
    token: SecretRef | None = None  # Authorization: Bearer, X-Token, ?token= or ?access_token=
    old_token: SecretRef | None = None  # lets in too, while `token` is changed
    resolved_types: tuple[TypePattern, ...] = ()
    acknowledged_types: tuple[TypePattern, ...] = ()
    ignored_types: tuple[TypePattern, ...] = ()
    key: OptionalPath = parse_path("subject?")  # identifies the alert within its source; without it each event is one
    status: OptionalPath = parse_path("data.status?")
    title: OptionalPath = parse_path("data.title?")
    severity: OptionalPath = parse_path("data.severity?")
    url: OptionalPath = parse_path("data.url?")
    labels_from: OptionalPath = parse_path("data.labels?")
    annotations_from: OptionalPath = parse_path("data.annotations?")


def is_of(type_: str, patterns: tuple[str, ...]) -> bool:
    """Whether an event's type is one of `patterns`."""
    return any(type_.startswith(one[:-1]) if one.endswith("*") else type_ == one for one in patterns)
