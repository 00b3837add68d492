"""What is left of an event when the words of a person are taken out of it: numbers, states and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_WORDS_OF_OURS = frozenset({
    "kind", "channel", "from", "to", "via", "once", "priority", "impact", "urgency", "promise", "because", "due_at",
    "next_at", "notifier", "state",
})  # fmt: skip
"""The members that hold a word of a fixed set, or a time; every other text may be somebody's."""
_STATES = frozenset({
    "new", "acknowledged", "triaging", "awaiting_reporter", "linked", "duplicate", "ticketed", "no_fault_found",
    "followed_up", "closed",
})  # fmt: skip


def blanked(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` without texts of people; its members stay, so that whoever reads them finds them."""
    return {name: _blank(name, value) for name, value in data.items()}


def _blank(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return value if name in _WORDS_OF_OURS and (name not in ("from", "to") or value in _STATES) else ""
    if isinstance(value, Mapping):
        return {inner: _blank(inner, one) for inner, one in value.items()}
    if isinstance(value, Sequence):
        return [_blank(name, one) for one in value]
    return value
