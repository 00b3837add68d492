"""The silences as plugins get them: faults are the plugin API's."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.silences import Silence
from incidentd.plugin.values import BadRequest
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.silences import Silences


class LentSilences:
    """Implements the plugin API's `SilenceBook`."""

    def __init__(self, silences: Silences) -> None:
        self._silences = silences

    async def list(self) -> Sequence[Silence]:
        """Every silence that is not long over."""
        return await self._silences.stored()

    async def get(self, silence_id: str) -> Silence | None:
        """One silence, None when there is none."""
        try:
            return await self._silences.find(silence_id)
        except NotFound:
            return None

    async def set(self, silence: Silence) -> Silence:
        """Set or change a silence. Raises `BadRequest`."""
        try:
            return await self._silences.keep(silence, silence.created_by or "nobody")
        except Invalid as error:
            raise BadRequest(error.message, field=error.field) from error
        except NotFound as error:
            raise BadRequest(error.message, field="id", status=404) from error

    async def expire(self, silence_id: str, by: str) -> None:
        """End a silence now. Raises `BadRequest`."""
        try:
            await self._silences.expire(silence_id, by)
        except NotFound as error:
            raise BadRequest(error.message, field="id", status=404) from error
        except Conflict as error:
            raise BadRequest(error.message, field="id", status=409) from error
