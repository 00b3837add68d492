"""E-mail: notifications over SMTP, and a support channel over IMAP and SMTP."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, Notifier, SupportChannel, hookimpl


@hookimpl
def incidentd_notifiers() -> Sequence[AdapterType[Notifier]]:
    from incidentd_email.notifier import NOTIFIERS

    return NOTIFIERS


@hookimpl
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:
    from incidentd_email.channel import CHANNELS

    return CHANNELS
