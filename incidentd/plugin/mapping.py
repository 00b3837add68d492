"""A sender's JSON turned into a signal, as a configuration maps it. For sources; pure functions, `now` is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

import msgspec
import pydantic

from incidentd.domain.display import safe_line
from incidentd.domain.signals import Signal, SignalKind
from incidentd.plugin.adapters import AdapterConfig
from incidentd.plugin.decoding import EARLIEST, MAX_TEXT, sender_time, storable
from incidentd.plugin.json_paths import MISSING, Path, parse_path
from incidentd.plugin.values import BadRequest

MAX_KEY = 512
MAX_ALERTNAME = 200
_MILLISECONDS_FROM = 100_000_000_000  # as seconds: the year 5138
_LAST_SECOND = 250_000_000_000  # the year 9892: datetime ends at 9999


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
"""A configuration field that holds a path, see `incidentd.plugin.json_paths`."""
OptionalPath = Annotated[Path | None, pydantic.PlainValidator(_path_or_none)]
"""The same; "" switches the mapping off."""
LabelName = Annotated[str, pydantic.Field(min_length=1, max_length=1024)]


class AlertMapping(AdapterConfig):
    """Where the parts of an alert stand in a sender's JSON. Subclass it for a source; give other defaults there.

    The defaults read `{"title", "status", "severity", "url", "labels", "annotations"}`, of which `title` is required
    unless it is a resolve.
    """

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

    @pydantic.field_validator("resolved_values", "acknowledged_values")
    @classmethod
    def _folded(cls, values: frozenset[str]) -> frozenset[str]:
        """Status words are compared without regard to case."""
        return frozenset(value.strip().casefold() for value in values)

    @pydantic.model_validator(mode="after")
    def _meanings_differ(self) -> Self:
        both = self.resolved_values & self.acknowledged_values
        if both:
            raise ValueError(f"has {sorted(both)} in resolved_values and in acknowledged_values — keep one of them")
        return self

    def meaning(self, word: str) -> SignalKind:
        """What the status `word` says; an unknown word must not hide an alert."""
        word = word.strip().casefold()
        if word in self.resolved_values:
            return SignalKind.RESOLVED
        if word in self.acknowledged_values:
            return SignalKind.ACKNOWLEDGED
        return SignalKind.FIRING


class Item:
    """One alert in the sender's document. Paths start at `value`, those with `$` at `root`."""

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
            raise BadRequest(f"must be an object, not {kind_of(value)}", field=path.text)
        found: dict[str, str] = {}
        for name, member in value.items():
            where = f"{path.text}.{safe_line(name, 100)}"
            if not name or len(name) > 1024:
                raise BadRequest("a name must have 1 to 1024 characters", field=path.text)
            if member is not None:
                found[storable(name)] = _nested_text(member, where) if nested else _text(member, where)
        return {name: text for name, text in found.items() if text}


def mapped_labels(item: Item, mapping: AlertMapping, *, required: bool) -> dict[str, str]:
    """Constants win over mapped labels, these over the sender's own names, these over title and severity."""
    labels = {
        "alertname": item.text(mapping.title, required=required)[:MAX_ALERTNAME],
        "severity": item.text(mapping.severity, required=required),
        **item.texts(mapping.labels_from, required=required, nested=False),
        **{name: item.text(path, required=required) for name, path in mapping.labels.items()},
        **mapping.constants,
    }
    return {name: value for name, value in labels.items() if value}


def mapped_signal(
    item: Item, mapping: AlertMapping, now: datetime, *, key: str, kind: SignalKind, labels: Mapping[str, str]
) -> Signal:
    """What `item` says about the alert `key`. Only a firing one has to be complete. Raises `BadRequest`."""
    fires = kind is SignalKind.FIRING
    return Signal(
        key=key,
        kind=kind,
        labels=labels,
        annotations=_annotations(item, mapping, required=fires),
        starts_at=item.time(mapping.starts_at, now, required=fires),
        ends_at=item.time(mapping.ends_at, now, required=False),
        generator_url=item.text(mapping.url, required=fires),
    )


def _annotations(item: Item, mapping: AlertMapping, *, required: bool) -> dict[str, str]:
    annotations = {
        "summary": item.text(mapping.title, required=required),
        **item.texts(mapping.annotations_from, required=required, nested=True),
    }
    for name, path in mapping.annotations.items():
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
        raise BadRequest(f"must be a text, a number or a boolean, not {kind_of(value)}", field=where)
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
        raise BadRequest(f"must be a time, not {kind_of(value)}", field=where)
    unit = 1000 if value >= _MILLISECONDS_FROM else 1
    return EARLIEST + timedelta(seconds=min(max(value, 0), _LAST_SECOND * unit) / unit)


def kind_of(value: Any) -> str:
    """What kind of JSON value it is, in words for an error."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "an array", dict: "an object"}
    return names.get(type(value), "null")
