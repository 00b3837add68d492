"""Versions of the process as the API's tests see them: V-1 is in force."""

from datetime import UTC, datetime

import msgspec

from incidentd.services.errors import Conflict, NotFound
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
ONE = wire_process.WholeProcessVersion(
    id=1, name="V-1", process_version="0123456789ab", state="adopted", how="file", proposed_by="system",
    proposed_at=NOW, reason="", explanations={"route": "quiet"}, decided_by="system", decided_at=NOW, note="",
    in_force=(wire_process.InForceSpan(since=NOW, until=None, how="file", by="system"),), incidents=3, version=1,
    document="", files={},
)  # fmt: skip
SHORT = wire_process.ProcessVersion(
    **{name: getattr(ONE, name) for name in wire_process.ProcessVersion.__struct_fields__}
)


class Process:
    def __init__(self, fake):
        self.fake = fake

    async def now(self):
        file = wire_process.ProcessFile(exists=True, process_version="0123456789ab", name="V-1", same=True)
        return wire_process.ProcessNow(
            current=SHORT, follows_file=True, file=file, needs_second_person=False, needs_role="responder",
            proposed=(), problems=(),
        )  # fmt: skip

    async def list(self, state, limit):
        await self.fake.note("process.list", state, limit)
        return wire_process.ProcessVersions(versions=(SHORT,))

    async def get(self, number):
        if number != 1:
            raise NotFound(f"there is no version V-{number} of the process")
        return ONE

    async def propose(self, body, actor, *, admin):
        await self.fake.note("process.propose", body, actor, admin)
        return SHORT

    async def adopt(self, number, body, actor, if_version, *, admin):
        return await self._decided("process.adopt", number, body, actor, if_version, "adopted")

    async def decline(self, number, body, actor, if_version):
        return await self._decided("process.decline", number, body, actor, if_version, "declined")

    async def withdraw(self, number, body, actor, if_version):
        return await self._decided("process.withdraw", number, body, actor, if_version, "withdrawn")

    async def _decided(self, what, number, body, actor, if_version, state):
        await self.fake.note(what, number, body, actor)
        await self.get(number)
        if if_version not in (None, SHORT.version):
            raise Conflict("V-1 has changed since you looked", current=SHORT)
        return msgspec.structs.replace(SHORT, state=state)


class Comparisons:
    def __init__(self, fake):
        self.fake = fake

    async def compare(self, body):
        await self.fake.note("process.compare", body)
        return wire_comparison.ProcessComparison(faults=(), before="V-1", after="V-1", same=True)
