"""The learning library as the API's tests see it."""

from incidentd.services.errors import Invalid, NotFound
from incidentd.services.library_contracts import LibraryCalls
from incidentd.wire import followups as wire_followups
from incidentd.wire import library_import as wire_import

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


def library_calls(fake):
    return LibraryCalls(imports=Imports(fake), followups=Followups(fake))
