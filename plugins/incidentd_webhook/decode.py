"""A sender's JSON turned into signals, as the configuration maps it. Pure functions; `now` is passed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from incidentd.plugin import BadRequest, Signal, SignalKind, decode_json, label_fingerprint
from incidentd.plugin.batches import Batch, Fault
from incidentd.plugin.json_paths import MISSING, Path
from incidentd.plugin.mapping import MAX_KEY, Item, kind_of, mapped_labels, mapped_signal
from incidentd_webhook.config import WebhookSourceConfig


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
                raise BadRequest(f"must be an object, not {kind_of(value)}")
            signals.append(item_signal(Item(value, root), config, now))
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
        message = "is missing" if found is MISSING else f"must be an array, not {kind_of(found)}"
        raise BadRequest(message, field=path.text)
    return path.text, found


def item_signal(item: Item, config: WebhookSourceConfig, now: datetime) -> Signal:
    """What one item says. A resolve or an acknowledgement needs no more than its key. Raises `BadRequest`."""
    kind = config.meaning(item.text(config.status))
    labels = mapped_labels(item, config, required=kind is SignalKind.FIRING or config.key is None)
    key = item.text(config.key, limit=MAX_KEY)
    if not key:
        if config.key is not None:
            raise BadRequest("must not be empty", field=config.key.text)
        if not labels:
            raise BadRequest("at least one label is needed to tell alerts apart")
        key = label_fingerprint(labels)
    return mapped_signal(item, config, now, key=key, kind=kind, labels=labels)
