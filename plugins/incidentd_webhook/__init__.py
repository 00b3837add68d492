"""JSON over HTTP both ways: a source that maps any sender's JSON to alerts, and a notifier that posts JSON."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, Notifier, hookimpl


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_webhook.source import SOURCES

    return SOURCES


@hookimpl
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:
    from incidentd_webhook.notifier import NOTIFIERS

    return NOTIFIERS
