"""Notifications as structured log lines: for a daemon without any set-up, for tests and for log pipelines."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, Notifier, hookimpl


@hookimpl
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:
    from incidentd_log.notifier import NOTIFIERS

    return NOTIFIERS
