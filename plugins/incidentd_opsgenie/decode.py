"""Bodies of Opsgenie's Alert API, turned into signals. Pure functions.

The format and its limits are those of docs.opsgenie.com, Alert API. A limit of what people read or what identifies an
alert is enforced as Opsgenie does; other texts are cut, as an alert must not be lost to a long remark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from incidentd.plugin import MAX_TEXT, BadRequest, Signal, SignalKind, decode_json, mend_text, storable
from incidentd_opsgenie.identity import alert_key

MAX_MESSAGE = 130
MAX_ALIAS = 512
MAX_DESCRIPTION = 15_000
MAX_DETAILS = 8_000  # characters of all names and values together
MAX_TAGS = 20
MAX_TAG = 50
MAX_ENTITY = 512
MAX_SOURCE = 100
MAX_USER = 100
MAX_NOTE = 25_000
DEFAULT_PRIORITY = "P3"
SEVERITIES: Mapping[str, str] = {"P1": "critical", "P2": "error", "P3": "warning", "P4": "info", "P5": "info"}

T = TypeVar("T")


class Unprocessable(BadRequest):
    """A body with faults; `errors` says what is wrong with each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("Request body is not processable. Please check the errors.", status=422)
        self.errors = dict(errors)


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """An alert to be opened. `priority` is "" when the sender stated none."""

    message: str
    alias: str
    priority: str
    tags: tuple[str, ...]
    labels: Mapping[str, str]  # the sender's details, and its source and entity
    annotations: Mapping[str, str]


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something done to an alert."""

    user: str = ""
    tags: tuple[str, ...] = ()


class _Members:
    """Reads the members of a JSON object and notes what is wrong; null counts as absent."""

    def __init__(self, members: Mapping[str, msgspec.Raw]) -> None:
        self._members = {name: raw for name, raw in members.items() if bytes(raw) != b"null"}
        self.errors: dict[str, str] = {}

    def text(self, name: str, limit: int) -> str:
        """A text of at most `limit` characters; "" when it is absent or wrong."""
        text = self._read(name, str, "must be a string") or ""
        if len(text) > limit:
            self.errors[name] = f"can not be longer than {limit} characters"
        return storable(text)

    def cut_text(self, name: str, limit: int) -> str:
        """A text, cut to `limit` characters."""
        return storable((self._read(name, str, "must be a string") or "")[:limit])

    def tags(self) -> tuple[str, ...]:
        tags = self._read("tags", list[str], "must be an array of strings") or []
        if len(tags) > MAX_TAGS:
            self.errors["tags"] = f"can not be more than {MAX_TAGS}"
        elif any(len(tag) > MAX_TAG for tag in tags):
            self.errors["tags"] = f"can not be longer than {MAX_TAG} characters each"
        return tuple(dict.fromkeys(storable(tag) for tag in tags if tag))

    def details(self) -> dict[str, str]:
        """Names and texts; a value that is no string becomes its JSON text."""
        raws = self._read("details", dict[str, msgspec.Raw], "must be an object") or {}
        details = {name: _text_of(raw) for name, raw in raws.items()}
        if sum(len(name) + len(text) for name, text in details.items()) > MAX_DETAILS:
            self.errors["details"] = f"can not be longer than {MAX_DETAILS} characters in total"
        return {storable(name): storable(text) for name, text in details.items() if name and text}

    def json(self, name: str) -> str:
        """Any JSON value as its text; "" when it is absent or very long."""
        text = bytes(self._members.get(name, b"")).decode()
        return storable(text) if len(text) <= MAX_TEXT else ""

    def _read(self, name: str, type_: type[T], fault: str) -> T | None:
        if name not in self._members:
            return None
        try:
            return decode_json(self._members[name], type_)
        except BadRequest:
            self.errors[name] = fault
            return None


def decode_creation(body: bytes) -> Creation:
    """The body of `POST /v2/alerts`. Raises `BadRequest`, and `Unprocessable` that tells every fault at once."""
    members = _open(body)
    message = members.text("message", MAX_MESSAGE)
    if not message.strip():
        members.errors.setdefault("message", "can not be empty")
    priority = members.text("priority", MAX_TEXT)
    if priority and priority not in SEVERITIES:
        members.errors["priority"] = "must be one of P1, P2, P3, P4, P5"
    labels = {"source": members.cut_text("source", MAX_SOURCE), "entity": members.cut_text("entity", MAX_ENTITY)}
    annotations = {
        "description": members.text("description", MAX_DESCRIPTION),
        "note": members.cut_text("note", MAX_NOTE),
        "user": members.cut_text("user", MAX_USER),
        "responders": members.json("responders"),
        "visibleTo": members.json("visibleTo"),
        "actions": members.json("actions"),
    }
    creation = Creation(
        message=message,
        alias=members.text("alias", MAX_ALIAS),
        priority=priority,
        tags=members.tags(),
        labels=labels | members.details(),
        annotations=annotations,
    )
    if members.errors:
        raise Unprocessable(members.errors)
    return creation


def decode_action(body: bytes, *, tags: bool = False, note: bool = False) -> Action:
    """The body of what is done to an alert; it may be empty unless `tags` or a `note` are to be added.

    Raises `BadRequest`, and `Unprocessable` with every fault.
    """
    members = _open(body if body.strip() else b"{}")
    given = members.tags() if tags else ()
    if tags and not given:
        members.errors.setdefault("tags", "can not be empty")
    if note and not members.cut_text("note", MAX_NOTE).strip():
        members.errors.setdefault("note", "can not be empty")
    user = members.cut_text("user", MAX_USER)
    if members.errors:
        raise Unprocessable(members.errors)
    return Action(user=user, tags=given)


def creation_signal(creation: Creation, service: str, identifier: str) -> Signal:
    """What `creation` says; `service` is the API key's, "" when it says nothing."""
    labels = {"alertname": creation.message, **creation.labels}
    if creation.priority or "severity" not in labels:
        labels["severity"] = SEVERITIES[creation.priority or DEFAULT_PRIORITY]
    labels["priority"] = creation.priority or DEFAULT_PRIORITY
    labels["tags"] = ",".join(sorted(creation.tags))
    if service:
        labels["service"] = service  # the key's: a sender cannot speak for another service
    annotations = {"summary": creation.message, "alias": creation.alias, **creation.annotations}
    return Signal(
        key=alert_key(service, identifier),
        kind=SignalKind.FIRING,
        labels={name: text for name, text in labels.items() if text},
        annotations={name: text for name, text in annotations.items() if text},
    )


def action_signal(kind: SignalKind, key: str, action: Action) -> Signal:
    """The end or the acknowledgement of an alert; the sender's word says by whom."""
    who = {"acknowledged_by": action.user} if kind is SignalKind.ACKNOWLEDGED and action.user else {}
    return Signal(key=key, kind=kind, labels={}, annotations=who)


def _open(body: bytes) -> _Members:
    return _Members(decode_json(mend_text(body), dict[str, msgspec.Raw]))


def _text_of(raw: msgspec.Raw) -> str:
    try:
        return decode_json(raw, str)
    except BadRequest:
        text = bytes(raw).decode()
        return "" if text == "null" else text
