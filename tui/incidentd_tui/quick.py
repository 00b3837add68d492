"""Quick commands of the note box: `/update we roll back` opens the form of updates with that text in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from incidentd.domain.severity import Severity
from incidentd_tui import vocabulary

USAGE = "/role /action /update /sev /decide"


class NotUnderstood(ValueError):
    """What was typed after the slash is no command, or lacks something; the text says what to write."""


class Quick(msgspec.Struct, frozen=True):
    """A form by its name, and the values that it opens with."""

    form: str
    values: Mapping[str, str]


def parse(text: str, people: Sequence[str]) -> Quick | None:
    """The command in `text`, None for a note; `//` begins a note with a slash. Raises `NotUnderstood`."""
    if not text.startswith("/") or text.startswith("//"):
        return None
    name, _, rest = text[1:].partition(" ")
    rest = rest.strip()
    match name:
        case "update" | "action":
            return Quick(name, {"text": rest})
        case "decide" | "decision":
            return Quick("decision", {"text": rest})
        case "sev" | "severity":
            return Quick("severity", _severity(rest))
        case "role":
            return Quick("role", _role(rest, people))
    raise NotUnderstood(f"/{name} is no command: {USAGE}; // begins a note with a slash")


def _severity(rest: str) -> dict[str, str]:
    """`2 the reason`, `SEV2 the reason`."""
    found = re.fullmatch(r"(?:sev-?)?([1-5])\b\s*(.*)", rest, re.IGNORECASE | re.DOTALL)
    if found is None:
        if rest:
            raise NotUnderstood("write /sev 2, or /sev 2 and the reason")
        return {}
    return {"severity": Severity(f"SEV{found[1]}").value, "reason": found[2].strip()}


def _role(rest: str, people: Sequence[str]) -> dict[str, str]:
    """`comms lin`, in either order; a role by the first letters of its name or of its label."""
    values: dict[str, str] = {}
    for word in rest.lower().split():
        if word in people:
            values["person"] = word
        elif role := _role_named(word):
            values["role"] = role
        elif word != "lead":
            labels = ", ".join(label.lower() for _, label in vocabulary.ROLES)
            raise NotUnderstood(f"{word} is neither a person nor a role: {labels}")
    return values


def _role_named(word: str) -> str:
    return next((name for name, label in vocabulary.ROLES if f"{label} {name}".lower().startswith(word)), "") or next(
        (name for name, _ in vocabulary.ROLES if name.startswith(word)), ""
    )
