"""What the people of a workspace are called: asked of Slack once, and never waited for long."""

from __future__ import annotations

from incidentd.plugin import storable
from incidentd_slack.web_api import WebApi

_MOST = 2000  # names that are remembered
_PATIENCE = 1.0  # seconds; Slack gives an event three


class Names:
    """A name is a kindness: where it cannot be had, "" does."""

    def __init__(self, api: WebApi) -> None:
        self._api = api
        self._known: dict[str, str] = {}

    async def of(self, user: str) -> str:
        """The name of a member, "" when Slack does not tell it now."""
        if user not in self._known:
            try:
                found = (await self._api.ask("users.info", {"user": user}, timeout=_PATIENCE)).user
            except Exception:
                return ""
            while len(self._known) >= _MOST:
                del self._known[next(iter(self._known))]
            if isinstance(found, str):
                return ""
            name = found.profile.display_name or found.profile.real_name or found.name
            self._known[user] = storable(name)[:200]
        return self._known[user]
