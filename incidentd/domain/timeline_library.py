"""What the learning library adds to the timeline of an incident, in words."""

from __future__ import annotations

from incidentd.domain.told import Line, Sentences, Told

SENTENCES = Sentences()


@SENTENCES.about("incident.imported")
def _imported(told: Told) -> Line:
    again = " again, changed" if told.data["again"] else ""
    return Line(kind="review", text=f"Imported from {told.data['file']}{again}")
