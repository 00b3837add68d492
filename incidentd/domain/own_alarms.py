"""What incidentd says about itself when something is wrong with it."""

from __future__ import annotations

import msgspec


class OwnAlarm(msgspec.Struct, frozen=True):
    """A problem of the daemon's own. `code`, in kebab-case, names its runbook page; `text` says what and where."""

    code: str
    text: str
