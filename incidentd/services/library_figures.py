"""The figures of the library."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from incidentd.domain.library_figures import figures
from incidentd.services.library_search import why
from incidentd.services.review_masks import masked_from
from incidentd.storage import library_figures
from incidentd.storage.store import Store
from incidentd.wire import library_figures as wire_figures


class LibraryFigures:
    """Implements `library_contracts.FigureCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, since: datetime | None, until: datetime | None, actor: str) -> wire_figures.LibraryFigures:
        """Figures of reviews of incidents that began from `since` until before `until`."""
        today = self._store.clock.now().date().isoformat()

        def read(conn: Connection) -> wire_figures.LibraryFigures:
            masked = masked_from(conn, actor)
            span = library_figures.Span(since, until, masked)
            return wire_figures.LibraryFigures(
                since=since,
                until=until,
                figures=figures(library_figures.facts(conn, span, today)),
                hidden=len(masked),
                why_hidden=why(masked),
            )

        return await self._store.read(read)
