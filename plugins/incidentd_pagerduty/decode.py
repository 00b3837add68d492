"""Bodies of `POST /v2/enqueue` and `/v2/change/enqueue`, turned into signals. Pure functions.

The format is described in PagerDuty/developer-docs, docs/events-API-v2. As there, all faults of an event are told at
once, each naming its field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from incidentd.plugin import MAX_TEXT, BadRequest, Signal, SignalKind, decode_json, mend_text, storable
from incidentd_pagerduty.config import KEY_LENGTH

MAX_SUMMARY = 1024
MAX_DEDUP_KEY = 255
MAX_ALERTNAME = 200
MAX_LINKS = 100
SEVERITIES = ("critical", "error", "warning", "info")
ACTIONS: Mapping[str, SignalKind] = {
    "trigger": SignalKind.FIRING,
    "acknowledge": SignalKind.ACKNOWLEDGED,
    "resolve": SignalKind.RESOLVED,
}
_LABELS = ("source", "component", "group", "class")

ServiceOf = Callable[[str], str | None]


class InvalidEvent(BadRequest):
    """An event with faults; `errors` names every one."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("Event object is invalid: " + "; ".join(errors))
        self.errors = tuple(errors)


class Event(msgspec.Struct, frozen=True):
    """What an event says, and the dedup_key to answer with."""

    signal: Signal
    dedup_key: str


class _Members:
    """Reads the members of one JSON object and notes what is wrong; null counts as absent."""

    def __init__(self, members: Mapping[str, msgspec.Raw], errors: list[str], prefix: str = "") -> None:
        self._members = {name: raw for name, raw in members.items() if bytes(raw) != b"null"}
        self._errors = errors
        self._prefix = prefix

    def fault(self, name: str, what: str) -> None:
        self._errors.append(f"'{self._prefix}{name}' {what}")

    def text(self, name: str, *, required: bool = False, limit: int = MAX_TEXT) -> str:
        """A string of at most `limit` characters; "" when it is absent or wrong."""
        raw = self._members.get(name)
        if raw is None:
            if required:
                self.fault(name, "is missing or blank")
            return ""
        try:
            text = decode_json(raw, str)
        except BadRequest:
            self.fault(name, "must be a string")
            return ""
        if required and not text.strip():
            self.fault(name, "is missing or blank")
        if len(text) > limit:
            self.fault(name, f"is too long (maximum is {limit} characters)")
        return text

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """A required string that is one of `choices`."""
        text = self.text(name, required=True)
        if text.strip() and text not in choices:
            allowed = ", ".join(f"'{choice}'" for choice in choices)
            self.fault(name, f"is invalid (must be one of the following: {allowed})")
        return text

    def time(self, name: str) -> str:
        """An ISO 8601 time, as it was written."""
        text = self.text(name, limit=64)
        if text:
            try:
                datetime.fromisoformat(text)
            except ValueError:
                self.fault(name, "is not a valid ISO 8601 time")
        return text

    def json(self, name: str) -> str:
        """Any JSON value as its text."""
        raw = self._members.get(name)
        return "" if raw is None else bytes(raw).decode()

    def object(self, name: str, *, required: bool) -> _Members:
        """A nested object; an empty one when it is absent or wrong."""
        raw = self._members.get(name)
        if raw is None:
            if required:
                self.fault(name, "is missing or blank")
            return _Members({}, [])
        try:
            return _Members(decode_json(raw, dict[str, msgspec.Raw]), self._errors, f"{self._prefix}{name}.")
        except BadRequest:
            self.fault(name, "must be an object")
            return _Members({}, [])

    def objects(self, name: str) -> list[_Members]:
        """An array of objects; empty when it is absent or wrong."""
        raw = self._members.get(name)
        if raw is None:
            return []
        try:
            items = decode_json(raw, list[dict[str, msgspec.Raw]])
        except BadRequest:
            self.fault(name, "must be an array of objects")
            return []
        if len(items) > MAX_LINKS:
            self.fault(name, f"has too many items (maximum is {MAX_LINKS})")
            return []
        return [_Members(item, self._errors, f"{self._prefix}{name}[{index}].") for index, item in enumerate(items)]


def decode_event(body: bytes, service_of: ServiceOf, new_key: Callable[[], str]) -> Event:
    """An alert event. `new_key` makes a dedup_key for a trigger without one. Raises `InvalidEvent`."""
    errors: list[str] = []
    event = _open(body, errors)
    routing_key, service = _routing(event, service_of)
    action = event.choice("event_action", tuple(ACTIONS))
    triggers = action == "trigger"
    dedup_key = event.text("dedup_key", required=action in ACTIONS and not triggers, limit=MAX_DEDUP_KEY)
    payload = event.object("payload", required=triggers)
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    link = ""
    if triggers:
        summary = payload.text("summary", required=True, limit=MAX_SUMMARY)
        labels = _labels(payload, summary, service)
        annotations = _annotations(event, payload, summary)
        link = storable(event.text("client_url"))
    if errors:
        raise InvalidEvent(errors)
    dedup_key = dedup_key or new_key()
    return Event(
        signal=Signal(
            key=alert_key(routing_key, dedup_key),
            kind=ACTIONS[action],
            labels=labels,
            annotations=annotations,
            generator_url=link,
        ),
        dedup_key=dedup_key,
    )


def check_change(body: bytes, service_of: ServiceOf) -> None:
    """Whether a change event is valid. Raises `InvalidEvent`."""
    errors: list[str] = []
    event = _open(body, errors)
    _routing(event, service_of)
    payload = event.object("payload", required=True)
    payload.text("summary", required=True, limit=MAX_SUMMARY)
    payload.text("source")
    payload.time("timestamp")
    _links(event)
    if errors:
        raise InvalidEvent(errors)


def alert_key(routing_key: str, dedup_key: str) -> str:
    """The identity of an alert: an event sent with another routing key must not touch it.

    The routing key is a secret and the identity is shown, so a hash stands for it.
    """
    scope = hashlib.blake2b(routing_key.encode(), digest_size=8).hexdigest()
    return f"{scope}:{storable(dedup_key)}"


def _open(body: bytes, errors: list[str]) -> _Members:
    try:
        return _Members(decode_json(mend_text(body), dict[str, msgspec.Raw]), errors)
    except BadRequest as error:
        raise InvalidEvent([f"Event object is not a JSON object: {error}"]) from error


def _routing(event: _Members, service_of: ServiceOf) -> tuple[str, str]:
    key = event.text("routing_key", required=True)
    service: str | None = None
    if key and len(key) != KEY_LENGTH:
        event.fault("routing_key", f"has an incorrect length (should be {KEY_LENGTH} characters)")
    elif key:
        service = service_of(key)
        if service is None:
            event.fault("routing_key", "is not known here")
    return key, service or ""


def _labels(payload: _Members, summary: str, service: str) -> dict[str, str]:
    severity = payload.choice("severity", SEVERITIES)
    parts = {name: payload.text(name, required=name == "source") for name in _LABELS}
    labels = {"alertname": (parts["class"] or summary)[:MAX_ALERTNAME], "severity": severity, **parts}
    if service:
        labels["service"] = service
    return {name: storable(value) for name, value in labels.items() if value}


def _annotations(event: _Members, payload: _Members, summary: str) -> dict[str, str]:
    """Everything an alert says beside its labels. The time stays a text: a trigger counts when it arrives.

    PagerDuty opens a new alert for any trigger after a resolve, whatever its timestamp, so a timestamp must not make
    a trigger look like an old one.
    """
    annotations = {
        "summary": summary,
        "timestamp": payload.time("timestamp"),
        "custom_details": payload.json("custom_details"),
        "links": _links(event),
        "images": _images(event),
        "client": event.text("client"),
    }
    return {name: storable(value) for name, value in annotations.items() if value}


def _links(event: _Members) -> str:
    """One link a line: the address, and its text where there is one."""
    lines = [f"{link.text('href', required=True)} {link.text('text')}".rstrip() for link in event.objects("links")]
    return "\n".join(lines)


def _images(event: _Members) -> str:
    """One image a line: its address, and its description where there is one."""
    lines = [f"{image.text('src', required=True)} {image.text('alt')}".rstrip() for image in event.objects("images")]
    return "\n".join(lines)
