"""A document with everything that there can be in one: templates are tried on it before a review needs them."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from incidentd.wire.review_documents import (
    FORMAT,
    Band,
    Chart,
    DocumentSection,
    Fact,
    Grid,
    Listing,
    Mark,
    Prose,
    Remark,
    ReviewDocument,
    Row,
    Story,
    Told,
    Voice,
    Voices,
)

_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_VOICE = Voice(
    who="a responder", saw="A graph", thought="That it was the other one", tried="`curl`", text="All", new_to=2
)
_BLOCKS = (
    Prose(text="A paragraph with `code`.\n\n- one\n- two"),
    Remark(text="Nobody has written anything here."),
    Chart(
        title="From the beginning to the end",
        text="began +0 s, resolved +4 min.",
        marks=(
            Mark(place=0, text="began", at=_AT, weight="major"),
            Mark(place=1, text="alert", at=_AT, weight="minor"),
        ),
        bands=(Band(begins=0, ends=1, tone="unnoticed"),),
    ),
    Story(moments=(Told(at=_AT, after="+0 s", word="decision", text="Wait", decision=True, voices=(_VOICE,)),)),
    Voices(title="In the words of those who were there", voices=(_VOICE,)),
    Grid(caption="What follows", head=("What", "Due"), rows=(("Look <here> & there", "2026-03-09"),)),
    Listing(title="Technical", rows=(Row(text="A default", labels=("made it possible",), notes=("Evidence: 4412",)),)),
)
INTERNAL = ReviewDocument(
    format=FORMAT,
    document="internal",
    title="A sample",
    name="Retro",
    reference="INC-1",
    facts=(Fact(name="Severity", text="SEV2"),),
    sections=(DocumentSection(id="summary", title="Summary", blocks=_BLOCKS),),
    foot="All times are UTC.",
    made_at=_AT,
)
EXTERNAL = msgspec.structs.replace(INTERNAL, document="external", name="", reference="", facts=())
