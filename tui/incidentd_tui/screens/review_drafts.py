"""Drafts of a review: kept on the server, and here until the server has them."""

from __future__ import annotations

from incidentd.client import ApiError, ClientError
from incidentd_tui import phrases
from incidentd_tui.acts import Acts


class Drafts:
    """What could not be saved waits; `flush` saves it once the daemon answers."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self.waiting: dict[str, str] = {}
        self.kept_at = ""

    async def keep(self, key: str, text: str) -> None:
        """Save it, or have it wait. A text that the daemon refuses is not tried again, and the reason is said."""
        self.waiting[key] = text
        await self._try(key)

    async def kept(self, key: str) -> str:
        """The text that was kept last, "" for none."""
        return self.waiting[key] if key in self.waiting else await self._acts.draft(key)

    async def drop(self, key: str) -> None:
        """It was sent: forget it everywhere."""
        self.waiting.pop(key, None)
        await self._acts.drop_draft(key)

    async def flush(self) -> None:
        """Save what waits."""
        for key in list(self.waiting):
            await self._try(key)

    async def _try(self, key: str) -> None:
        text = self.waiting.get(key, "")
        client = self._acts.client
        try:
            await (client.save_draft(key, text) if text.strip() else client.delete_draft(key))
        except ApiError as error:
            self._acts.say(f"draft not saved: {self._acts.reason('', error)}", "warning")
        except ClientError:
            return
        if self.waiting.get(key) == text:
            del self.waiting[key]
        self.kept_at = phrases.hour_of(self._acts.model.now(), self._acts.model.zone)
