"""Notifications by e-mail over SMTP."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, Notifier, hookimpl


@hookimpl
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:
    from incidentd_email.notifier import NOTIFIERS

    return NOTIFIERS
