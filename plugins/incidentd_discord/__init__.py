"""Discord as a support channel: the command /report, its form, and answers by direct message or in the channel."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, SupportChannel, hookimpl


@hookimpl
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:
    from incidentd_discord.channel import CHANNELS

    return CHANNELS
