"""Configuration of a generic webhook source: where it listens and how its JSON is read."""

from __future__ import annotations

import pydantic

from incidentd.plugin import SecretRef
from incidentd.plugin.config import UrlPath
from incidentd.plugin.json_paths import parse_path
from incidentd.plugin.mapping import AlertMapping, OptionalPath


class WebhookSourceConfig(AlertMapping):
    """How one sender's JSON becomes alerts; paths are described in `incidentd.plugin.json_paths`.

    Without `items` the body is one alert or an array of alerts; otherwise `items` leads to the array, and all other
    paths start at an item. The defaults read `{"key", "title", "status", "severity", "url", "labels", "annotations"}`,
    of which `key` and, unless it is a resolve, `title` are required.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a token written in plain must not be logged

    path: UrlPath = "/hook"
    token: SecretRef | None = None  # asked for as `Authorization: Bearer`, `X-Token` or `?token=`
    old_token: SecretRef | None = None  # lets in too, while `token` is changed
    items: OptionalPath = None
    key: OptionalPath = parse_path("key")  # "": the labels identify the alert
