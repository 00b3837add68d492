"""The kinds of timeline entries as people filter by them, and what the words of a filter are looked for in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from incidentd import wire

KINDS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("decisions", "Decisions", frozenset({"decision"})),
    ("notes", "Notes, observations, actions", frozenset({"note", "observation", "action"})),
    ("known", "Impact, theories, attempts", frozenset({"impact", "theory", "attempt"})),
    ("updates", "Updates", frozenset({"update"})),
    ("state", "State and severity", frozenset({"status", "severity", "overdue"})),
    ("people", "People, roles, checklists", frozenset({"role", "check"})),
    ("pages", "Pages and messages", frozenset({"page", "ack", "delivery"})),
    ("alerts", "Alerts", frozenset({"alert"})),
)
PINNED = "pinned"
OTHER = "other"
_LISTED = frozenset().union(*(kinds for _, _, kinds in KINDS))
_BY_NAME: Mapping[str, frozenset[str]] = {name: kinds for name, _, kinds in KINDS}


def belongs(entry: wire.TimelineEntry, name: str) -> bool:
    """Whether `entry` is of the group `name`; "" is everything, and what no group lists is "other"."""
    if name == PINNED:
        return entry.pinned
    if name == OTHER:
        return entry.kind not in _LISTED
    return not name or entry.kind in _BY_NAME[name]


def groups(entries: Iterable[wire.TimelineEntry]) -> list[tuple[str, str, int]]:
    """(name, label, how many) of every group that has some, everything first."""
    told = list(entries)
    labels = [("", "Everything"), (PINNED, "Pinned"), *((name, label) for name, label, _ in KINDS), (OTHER, "Others")]
    counted = [(name, label, sum(belongs(one, name) for one in told)) for name, label in labels]
    return [one for one in counted if one[2] or not one[0]]


def says(entry: wire.TimelineEntry, words: Sequence[str]) -> bool:
    """Whether every one of `words` (small letters) occurs in what the entry shows."""
    shown = f"{entry.by} {entry.kind} {entry.text} {entry.detail} {entry.evidence}".lower()
    return all(word in shown for word in words)
