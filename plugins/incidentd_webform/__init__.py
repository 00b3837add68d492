"""A web form for customers: a page that asks what triage needs to know, and one that holds the conversation."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, SupportChannel, hookimpl


@hookimpl
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:
    from incidentd_webform.channel import CHANNELS

    return CHANNELS
