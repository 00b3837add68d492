"""The learning library as the API's tests see it."""

from datetime import UTC, datetime

from incidentd.domain.severity import Severity
from incidentd.services.errors import Invalid, NotFound
from incidentd.services.library_contracts import LibraryCalls
from incidentd.wire import followups as wire_followups
from incidentd.wire import library as wire_library
from incidentd.wire import library_figures as wire_figures
from incidentd.wire import library_import as wire_import

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
IMPORTED = wire_import.ImportedReview(
    name="a/b.md", outcome="created", dry_run=True, incident_id=None, title="A", factors=0, learnings=0, actions=0,
    entries=0, withdrawn=0, notes=(wire_import.ImportNote(line=3, text="draft is not carried over"),), diff="",
)  # fmt: skip


class Imports:
    def __init__(self, fake):
        self.fake = fake

    async def take(self, body, actor):
        await self.fake.note("library.import", body, actor)
        return IMPORTED


class Followups:
    """Of INC-1 nobody was asked after 90 days."""

    def __init__(self, fake):
        self.fake = fake

    async def get(self, incident_id, actor):
        if incident_id != 1:
            raise NotFound(f"there is no incident INC-{incident_id}")
        mine = wire_followups.OwnFollowup(changed="yes", text="", answered_at=None)
        rounds = wire_followups.FollowupRound(
            days=30, due_at=None, asked_at=None, asked=1, answered=1, counts={"yes": 1}, texts=(), mine=mine
        )
        return wire_followups.Followups(incident_id=1, rounds=(rounds,))

    async def answer(self, incident_id, body, actor):
        if body.days == 90:
            raise Invalid("you were not asked", field="days", remedy="wait")
        await self.fake.note("followups.answer", incident_id, body, actor)
        return await self.get(incident_id, actor)


ITEM = wire_library.LibraryItem(
    subject="learning:4", kind="learning", id=4, incident_id=1, title="A", service="shop", severity=Severity.SEV2,
    at=NOW, text="Ask first", hits=((0, 3),),
)  # fmt: skip
USE = wire_library.Use(subject="learning:4", name="L-4", kind="incident", place="INC-7", note="", at=NOW)


class Search:
    """Finds L-4, which came of INC-1."""

    async def search(self, query, actor):
        return wire_library.LibraryPage(items=(ITEM,), next_cursor="", total=1, counts={"learning": 1})


class Reading:
    """INC-1 has a published review."""

    def __init__(self, fake):
        self.fake = fake

    async def read(self, incident_id, actor):
        if incident_id != 1:
            raise NotFound(f"there is no incident INC-{incident_id}")
        return wire_library.LibraryEntry(
            incident_id=1, title="A", service="shop", severity=Severity.SEV2, started_at=NOW, published_at=NOW,
            imported_from="", review_name="Incident Review", document="# A", factors=(), learnings=(ITEM,), actions=(),
            readers=wire_library.Readers(people=2, team="shop", of_team=1, team_size=4), uses=(USE,),
        )  # fmt: skip

    async def mark(self, incident_id, actor):
        await self.fake.note("library.mark", incident_id)


class Uses:
    def __init__(self, fake):
        self.fake = fake

    async def record(self, body, actor):
        await self.fake.note("library.use", body, actor)
        return USE

    async def list(self, subject, actor):
        return wire_library.Uses(uses=(USE,))

    async def suggested(self, incident_id, actor):
        if incident_id != 1:
            raise NotFound(f"there is no incident INC-{incident_id}")
        one = wire_library.SuggestedUse(subject="learning:4", name="L-4", text="Ask first", cited_in="as L-4 says")
        return wire_library.SuggestedUses(incident_id=1, uses=(one,))


class Figures:
    async def get(self, since, until, actor):
        one = wire_figures.LibraryFigure(name="reviews", definition="reviews that were published", n=1, of=2)
        return wire_figures.LibraryFigures(since=since, until=until, figures=(one,))


class Digests:
    async def preview(self):
        return wire_library.Digest(
            at=NOW, to=("internal",), readers=3, learning_id=4, title="Learning of the week: A", body="A"
        )


def library_calls(fake):
    return LibraryCalls(
        imports=Imports(fake),
        followups=Followups(fake),
        search=Search(),
        reading=Reading(fake),
        uses=Uses(fake),
        figures=Figures(),
        digests=Digests(),
    )
