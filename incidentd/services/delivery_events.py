"""What the events about a delivery say: enough to know, much later, exactly what was sent to whom."""

from __future__ import annotations

from typing import Any

from incidentd.domain import drills
from incidentd.storage.deliveries import DeliveryRow


def subject_of(delivery: DeliveryRow) -> str:
    """What the delivery's events are about: its page, who outside gets it, what it announces, its drill, or else the
    notifier."""
    if delivery.page_id is not None:
        return f"page:{delivery.page_id}"
    if delivery.to_chat:
        return delivery.about.removeprefix("chat:")
    if delivery.to_subscriber or delivery.about.startswith("report:"):
        return delivery.about
    return f"notifier:{delivery.notifier}" if delivery.drill_id is None else drills.source(delivery.drill_id)


def facts(delivery: DeliveryRow, **more: Any) -> dict[str, Any]:
    """The text, the way and the attempt, with `more`."""
    return {
        "delivery": delivery.id,
        "kind": delivery.kind,
        "person": delivery.person,
        "notifier": delivery.notifier,
        "attempt": delivery.attempt,
        "title": delivery.message.title,
        "body": delivery.message.body,
        "reason": delivery.message.reason,
    } | more
