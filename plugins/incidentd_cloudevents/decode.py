"""CloudEvents turned into signals, as the configuration maps them. Pure functions; `now` is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from incidentd.plugin import BadRequest, Signal, SignalKind, label_fingerprint, sender_time, storable
from incidentd.plugin.batches import Fault
from incidentd.plugin.mapping import MAX_ALERTNAME, MAX_KEY, Item, mapped_labels, mapped_signal
from incidentd_cloudevents.config import CloudEventsConfig, is_of
from incidentd_cloudevents.events import checked_event, data_text, event_time, read_request

_SHOWN_DATA = 8192  # characters


class Said(msgspec.Struct, frozen=True):
    """What one event says, and what tells it from every other event: `once` stands for its source and id."""

    once: str
    signal: Signal


def decode_request(
    headers: Mapping[str, str], body: bytes, config: CloudEventsConfig, now: datetime
) -> tuple[list[Said], list[Fault]]:
    """Everything the sender says; events that are ignored are left out. Raises `BadRequest` unless it is a batch."""
    batch, events = read_request(headers, body)
    said: list[Said] = []
    faults: list[Fault] = []
    for index, event in enumerate(events):
        try:
            one = event_signal(checked_event(event), config, now)
            said += [] if one is None else [one]
        except BadRequest as error:
            if not batch:
                raise
            faults.append(Fault(f"[{index}].{error.field}" if error.field else f"[{index}]", str(error)))
    return said, faults


def event_signal(event: dict[str, Any], config: CloudEventsConfig, now: datetime) -> Said | None:
    """What a valid event says; None for a type that is ignored. Raises `BadRequest`."""
    if is_of(event["type"], config.ignored_types):
        return None
    item = Item(event, event)
    kind = _meaning(event["type"], item, config)
    labels = _labels(event, mapped_labels(item, config, required=kind is SignalKind.FIRING))
    signal = mapped_signal(item, config, now, key=_key(event, item, kind, config), kind=kind, labels=labels)
    return Said(label_fingerprint({"source": event["source"], "id": event["id"]}), _completed(signal, event, now))


def _meaning(type_: str, item: Item, config: CloudEventsConfig) -> SignalKind:
    if is_of(type_, config.resolved_types):
        return SignalKind.RESOLVED
    if is_of(type_, config.acknowledged_types):
        return SignalKind.ACKNOWLEDGED
    return config.meaning(item.text(config.status))


def _key(event: Mapping[str, Any], item: Item, kind: SignalKind, config: CloudEventsConfig) -> str:
    """The alert's identity within its source. Only a firing event can be an alert of its own."""
    key = item.text(config.key)
    if not key and kind is not SignalKind.FIRING:
        field = config.key.text if config.key else "subject"
        raise BadRequest("is needed to tell which alert is meant", field=field)
    whole = storable(f"{event['source']} {key or event['id']}")
    return whole if len(whole) <= MAX_KEY else label_fingerprint({"key": whole})


def _labels(event: Mapping[str, Any], mapped: dict[str, str]) -> dict[str, str]:
    """What is mapped wins over the event's own attributes."""
    own = {"alertname": event["type"][:MAX_ALERTNAME]}
    own |= {name: event[name] for name in ("source", "type", "subject") if event.get(name)}
    return {name: storable(text) for name, text in own.items()} | mapped


def _completed(signal: Signal, event: Mapping[str, Any], now: datetime) -> Signal:
    """The event's time, and its data to read, where the mapping says nothing else."""
    fires = signal.kind is SignalKind.FIRING
    at = sender_time(event_time(event), now)
    read = {"summary": f"{event['type']} from {event['source']}", "data": data_text(event, _SHOWN_DATA)}
    own = {name: storable(text) for name, text in read.items() if text} if fires else {}
    return msgspec.structs.replace(
        signal,
        annotations={**own, **signal.annotations},
        starts_at=signal.starts_at or (at if fires else None),
        ends_at=signal.ends_at or (at if signal.kind is SignalKind.RESOLVED else None),
    )
