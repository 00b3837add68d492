"""Notifications to phones and desktops by ntfy (https://ntfy.sh or a server of one's own)."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, Notifier, hookimpl


@hookimpl
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:
    from incidentd_ntfy.notifier import NOTIFIERS

    return NOTIFIERS
