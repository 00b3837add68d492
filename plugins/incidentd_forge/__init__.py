"""Issues of a code forge (GitHub, Gitea, Forgejo) as a support channel for open-source developers."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, SupportChannel, hookimpl


@hookimpl
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:
    from incidentd_forge.channel import CHANNELS

    return CHANNELS
