"""Notifications by Apprise: more than a hundred services, each named by a URL (https://appriseit.com/services/)."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, Notifier, hookimpl


@hookimpl
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:
    from incidentd_apprise.notifier import NOTIFIERS

    return NOTIFIERS
