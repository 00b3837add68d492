"""An example: checks come in by a webhook, people are written to in a chat room.

incidentd imports this module at start. Keep it light: import the real work inside the hooks.
"""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, AlertSource, Event, Notifier, hookimpl

INCIDENTD_API = "1.0"  # the API it was written for; a daemon that cannot serve it says so instead of trying


@hookimpl
def incidentd_sources() -> Sequence[AdapterType[AlertSource]]:
    from incidentd_example.source import SOURCES

    return SOURCES


@hookimpl
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:
    from incidentd_example.notifier import NOTIFIERS

    return NOTIFIERS


@hookimpl
def incidentd_on_event(event: Event) -> None:
    """Called after each commit. Leave the hook out unless you need it, and return quickly."""
