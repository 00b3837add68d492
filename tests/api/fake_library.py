"""The learning library as the API's tests see it."""

from incidentd.services.library_contracts import LibraryCalls
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


def library_calls(fake):
    return LibraryCalls(imports=Imports(fake))
