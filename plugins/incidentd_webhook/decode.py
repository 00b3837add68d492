"""A sender's JSON turned into signals, as the configuration maps it. Pure functions; `now` is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidentd.plugin import (
    MAX_TEXT,
    BadRequest,
    Signal,
    SignalKind,
    decode_json,
    label_fingerprint,
    safe_line,
    sender_time,
    storable,
)
from incidentd.plugin.decoding import EARLIEST
from incidentd_webhook.config import WebhookSourceConfig
from incidentd_webhook.paths import MISSING, Path

MAX_KEY = 512
MAX_ALERTNAME = 200
_MILLISECONDS_FROM = 100_000_000_000  # as seconds: the year 5138
_LAST_SECOND = 250_000_000_000  # the year 9892: datetime ends at 9999


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one item; `field` names it, e.g. "alerts[2].title"."""

    field: str
    message: str


class Batch(msgspec.Struct, frozen=True):
    """The signals of the valid items and the faults of the others."""

    signals: list[Signal]
    faults: list[Fault]


class _Item:
    """One alert in the sender's document."""

    def __init__(self, value: Any, root: Any) -> None:
        self._value = value
        self._root = root

    def find(self, path: Path | None, *, required: bool = True) -> Any:
        """The value at `path`, or `MISSING`. Raises `BadRequest` when it must not be missing."""
        if path is None:
            return MISSING
        value = path.find(self._value, self._root)
        if value is MISSING and required and not path.optional:
            raise BadRequest("is missing", field=path.text)
        return value

    def text(self, path: Path | None, *, required: bool = True, limit: int = MAX_TEXT) -> str:
        """The text at `path`; "" where it is missing."""
        value = self.find(path, required=required)
        return "" if path is None or value is MISSING else _text(value, path.text, limit)

    def time(self, path: Path | None, now: datetime, *, required: bool) -> datetime | None:
        """The time at `path`, bounded as every sender's time."""
        value = self.find(path, required=required)
        return None if path is None or value is MISSING else sender_time(_time(value, path.text), now)

    def texts(self, path: Path | None, *, required: bool, nested: bool) -> dict[str, str]:
        """The members of the object at `path`; null and empty ones are left out."""
        value = self.find(path, required=required)
        if path is None or value is MISSING:
            return {}
        if not isinstance(value, dict):
            raise BadRequest(f"must be an object, not {_kind(value)}", field=path.text)
        found: dict[str, str] = {}
        for name, member in value.items():
            where = f"{path.text}.{safe_line(name, 100)}"
            if not name or len(name) > 1024:
                raise BadRequest("a name must have 1 to 1024 characters", field=path.text)
            if member is not None:
                found[storable(name)] = _nested_text(member, where) if nested else _text(member, where)
        return {name: text for name, text in found.items() if text}


def decode_alerts(body: bytes, config: WebhookSourceConfig, now: datetime) -> Batch:
    """Everything the sender says. Raises `BadRequest` for a body that is no JSON or has no alerts where they belong."""
    root = decode_json(body, object)
    prefix, items = _items(root, config.items)
    signals: list[Signal] = []
    faults: list[Fault] = []
    for index, value in enumerate(items):
        where = "" if prefix is None else f"{prefix}[{index}]"
        try:
            if not isinstance(value, dict):
                raise BadRequest(f"must be an object, not {_kind(value)}")
            signals.append(item_signal(_Item(value, root), config, now))
        except BadRequest as error:
            faults.append(Fault(".".join(part for part in (where, error.field) if part), str(error)))
    return Batch(signals, faults)


def _items(root: Any, path: Path | None) -> tuple[str | None, list[Any]]:
    """(what the items' places begin with, the items); None for a body that is itself one alert."""
    if path is None:
        return ("", root) if isinstance(root, list) else (None, [root])
    found = path.find(root, root)
    if found is MISSING and path.optional:
        return path.text, []
    if not isinstance(found, list):
        message = "is missing" if found is MISSING else f"must be an array, not {_kind(found)}"
        raise BadRequest(message, field=path.text)
    return path.text, found


def item_signal(item: _Item, config: WebhookSourceConfig, now: datetime) -> Signal:
    """What one item says. A resolve or an acknowledgement needs no more than its key. Raises `BadRequest`."""
    kind = _status(item.text(config.status), config)
    fires = kind is SignalKind.FIRING
    labels = _labels(item, config, required=fires or config.key is None)
    key = item.text(config.key, limit=MAX_KEY)
    if not key:
        if config.key is not None:
            raise BadRequest("must not be empty", field=config.key.text)
        if not labels:
            raise BadRequest("at least one label is needed to tell alerts apart")
        key = label_fingerprint(labels)
    return Signal(
        key=key,
        kind=kind,
        labels=labels,
        annotations=_annotations(item, config, required=fires),
        starts_at=item.time(config.starts_at, now, required=fires),
        ends_at=item.time(config.ends_at, now, required=False),
        generator_url=item.text(config.url, required=fires),
    )


def _status(word: str, config: WebhookSourceConfig) -> SignalKind:
    word = word.strip().casefold()
    if word in config.resolved_values:
        return SignalKind.RESOLVED
    if word in config.acknowledged_values:
        return SignalKind.ACKNOWLEDGED
    return SignalKind.FIRING


def _labels(item: _Item, config: WebhookSourceConfig, *, required: bool) -> dict[str, str]:
    """Constants win over mapped labels, these over the sender's own names, these over title and severity."""
    labels = {
        "alertname": item.text(config.title, required=required)[:MAX_ALERTNAME],
        "severity": item.text(config.severity, required=required),
        **item.texts(config.labels_from, required=required, nested=False),
        **_mapped(item, config.labels, required),
        **config.constants,
    }
    return {name: value for name, value in labels.items() if value}


def _mapped(item: _Item, paths: Mapping[str, Path], required: bool) -> dict[str, str]:
    return {name: item.text(path, required=required) for name, path in paths.items()}


def _annotations(item: _Item, config: WebhookSourceConfig, *, required: bool) -> dict[str, str]:
    annotations = {
        "summary": item.text(config.title, required=required),
        **item.texts(config.annotations_from, required=required, nested=True),
    }
    for name, path in config.annotations.items():
        value = item.find(path, required=required)
        annotations[name] = "" if value is MISSING else _nested_text(value, path.text)
    return {name: value for name, value in annotations.items() if value}


def _text(value: Any, where: str, limit: int = MAX_TEXT) -> str:
    """A text, number or boolean as text."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = storable(value)
    elif isinstance(value, int | float):
        text = str(value)
    else:
        raise BadRequest(f"must be a text, a number or a boolean, not {_kind(value)}", field=where)
    if len(text) > limit:
        raise BadRequest(f"is longer than {limit} characters", field=where)
    return text


def _nested_text(value: Any, where: str) -> str:
    """As `_text`; an object or an array becomes its JSON text."""
    if isinstance(value, dict | list):
        try:
            return _text(msgspec.json.encode(value).decode(), where)
        except RecursionError:
            raise BadRequest("nested too deeply", field=where) from None
    return _text(value, where)


def _time(value: Any, where: str) -> datetime:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise BadRequest("is no ISO 8601 time", field=where) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(f"must be a time, not {_kind(value)}", field=where)
    unit = 1000 if value >= _MILLISECONDS_FROM else 1
    return EARLIEST + timedelta(seconds=min(max(value, 0), _LAST_SECOND * unit) / unit)


def _kind(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "an array", dict: "an object"}
    return names.get(type(value), "null")
