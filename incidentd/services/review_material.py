"""What the document of a review is made of, as everybody who takes part may read it now."""

from __future__ import annotations

from incidentd.domain.review_document import Material, document
from incidentd.domain.review_external import external_document
from incidentd.domain.reviews import Review
from incidentd.services import measuring
from incidentd.services.incident_views import Seen, detail, existing
from incidentd.services.review_views import view
from incidentd.wire.review_documents import DocumentKind, ReviewDocument

NOBODY = ""
"""Whoever this is takes no part: what one person alone may see, or wrote for nobody else, is not shown to them."""


def material(seen: Seen, row: Review) -> Material:
    """Everything, at one instant."""
    shared = view(seen, row, NOBODY)
    return Material(
        view=shared,
        detail=detail(seen, row.incident_id),
        moments=shared.walk.moments,
        measures=measuring.measures(seen, existing(seen.conn, row.incident_id)),
        roster=seen.roster,
        names=seen.process.review_papers.names,
        made_at=seen.now,
    )


def made(found: Material, kind: DocumentKind) -> ReviewDocument:
    """The document of a kind."""
    return external_document(found) if kind == "external" else document(found)
