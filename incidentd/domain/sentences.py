"""The register of sentences of the decision trace, by kind of event, and the words that several of them use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

Data = Mapping[str, Any]
Sentence = Callable[[Data, str], str]
"""From the data and the actor of an event."""
SENTENCES: dict[str, Sentence] = {}


def about(kind: str) -> Callable[[Sentence], Sentence]:
    """Register what is said of a kind of event."""

    def register(function: Sentence) -> Sentence:
        SENTENCES[kind] = function
        return function

    return register


def names(people: Sequence[str]) -> str:
    """People, or that there is nobody."""
    return ", ".join(people) if people else "nobody"


def at(instant: Any) -> str:
    """An instant, also as an event that was read back has it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(instant, datetime) else str(instant)
