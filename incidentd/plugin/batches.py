"""What a body with several alerts comes to: the signals of the valid ones, and what is wrong with the others.

One bad alert takes none of the others with it: the valid ones are stored, and to send the body again changes nothing
for them.
"""

from __future__ import annotations

import msgspec

from incidentd.domain.signals import Signal
from incidentd.plugin.values import WebhookResponse

_SHOWN_FAULTS = 20


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one alert; `field` names it, e.g. "alerts[3].startsAt"."""

    field: str
    message: str


class Batch(msgspec.Struct, frozen=True):
    """The signals of the valid alerts and the faults of the others, both in the order they were sent."""

    signals: list[Signal]
    faults: list[Fault]

    def complaint(self) -> str:
        """The faults as one text; the first twenty are named, the others counted."""
        lines = [f"{fault.field}: {fault.message}" for fault in self.faults[:_SHOWN_FAULTS]]
        hidden = len(self.faults) - len(lines)
        return "; ".join([*lines, f"and {hidden} more"] if hidden else lines)

    def answer(self) -> WebhookResponse:
        """`{"accepted": n}`, and 400 with `rejected` and the first twenty `faults` when there are any.

        Give it once the signals are stored.
        """
        document: dict[str, object] = {"accepted": len(self.signals)}
        if self.faults:
            document["rejected"] = len(self.faults)
            document["faults"] = self.faults[:_SHOWN_FAULTS]
        return WebhookResponse(status=400 if self.faults else 200, body=msgspec.json.encode(document))
