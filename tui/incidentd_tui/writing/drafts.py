"""Under which keys unsent text of a review is kept on the server. A draft is its writer's alone."""

from __future__ import annotations


def draft_key(incident_id: int, *parts: str | int) -> str:
    """As in review/INC-3/account/17/saw."""
    return "/".join(["review", f"INC-{incident_id}", *map(str, parts)])
