"""Mode blocks as sentences, for the event log and whoever reads it."""

from __future__ import annotations

from incidentd.domain.modes import ModeBlock

_ENDINGS = {
    "mode.set": "",
    "mode.changed": ", as it was changed",
    "mode.ended": ", where it was ended",
    "mode.cancelled": ": taken back",
}


def told(block: ModeBlock, kind: str) -> str:
    """What an event of `kind` says about `block`."""
    span = f"from {block.starts_at:%Y-%m-%d %H:%M} until {block.ends_at:%Y-%m-%d %H:%M} UTC"
    why = f" ({block.reason})" if block.reason else ""
    return f"{block.person} is in {block.mode} mode {span}{_ENDINGS[kind]}{why}"
