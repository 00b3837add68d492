"""A status page: what customers were told of incidents, as a page, an Atom feed and JSON."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, SupportChannel, hookimpl


@hookimpl
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:
    from incidentd_statuspage.channel import CHANNELS

    return CHANNELS
