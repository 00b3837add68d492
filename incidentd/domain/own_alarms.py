"""What incidentd says about itself when something is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class OwnAlarm(msgspec.Struct, frozen=True):
    """A problem of the daemon's own. `code`, in kebab-case, names its runbook page; `text` says what and where."""

    code: str
    text: str


def texts(told: Iterable[OwnAlarm]) -> tuple[str, ...]:
    """What they say."""
    return tuple(one.text for one in told)
