"""What hides an alert, in words: one function for each kind, used by the trace and by what shows an alert.

The data is what the event carries that says so; times may be text there, for events are read back from JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from incidentd.domain.time_intervals import muted_words

Data = Mapping[str, Any]
_FRACTION = re.compile(r"\.\d+(?=Z$)")


def at(when: datetime | str) -> str:
    """An instant, as sentences have it: to the second."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(when, datetime) else _FRACTION.sub("", when)


def _silence(silence: Data) -> str:
    comment = f"{silence['comment']}, " if silence["comment"] else ""
    rule = f" of {silence['rule']}" if silence.get("rule") else ""
    return f"{silence['name']}{rule} ({comment}by {silence['by']} until {at(silence['until'])})"


def silenced(data: Data) -> str:
    """By silences."""
    return f"silenced by {'; '.join(_silence(one) for one in data['silences'])}"


def _window(window: Data) -> str:
    rule = f" of {window['rule']}" if window.get("rule") else ""
    return f"{window['name']}{rule} ({window['text']}, by {window['by']} until {at(window['until'])})"


def in_maintenance(data: Data) -> str:
    """By maintenance of its service."""
    return f"in maintenance of {data['service']}: {'; '.join(_window(one) for one in data['windows'])}"


def inhibited(data: Data) -> str:
    """By an alert that explains it."""
    return f"inhibited by A-{data['by']} {data['by_name']} (rule {data['rule']})"


def held(data: Data) -> str:
    """By an alert of a service that its own depends on."""
    chain = " depends on ".join(data["chain"])
    told = f"told at {at(data['until'])} at the latest"
    return f"held because {chain}, where A-{data['by']} {data['by_name']} fires (rule {data['rule']}); {told}"


def muted(data: Data) -> str:
    """By the time intervals of its route."""
    until = f"until {at(data['until'])}" if data["until"] else "without an end in sight"
    return f"{muted_words(data['by'], inactive=data['inactive'])} {until}"


HIDES: Mapping[str, tuple[str, Callable[[Data], str]]] = {
    "alert.silenced": ("alert.unsilenced", silenced),
    "alert.in_maintenance": ("alert.out_of_maintenance", in_maintenance),
    "alert.inhibited": ("alert.uninhibited", inhibited),
    "alert.held": ("alert.released", held),
    "group.muted": ("group.unmuted", muted),
}
"""Kinds of event that say that something hides an alert: the kind that says the end, and the words."""
