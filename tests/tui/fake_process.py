"""Versions of the process, in memory: one in force, one before it, and what is proposed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.severity import Severity
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process
from incidentd.wire.replay import Fault
from incidentd.wire.severity import MatrixReplay, ReclassifiedIncident

NOW = datetime(2026, 3, 12, 14, 22, 6, tzinfo=UTC)


def make_version(number: int, reason: str, **changes: Any) -> wire_process.ProcessVersion:
    since = NOW - timedelta(days=100 - 30 * number)
    span = wire_process.InForceSpan(since=since, until=None, how="adopted", by="lin")
    fields = {
        "id": number, "name": f"V-{number}", "process_version": "a1b2c3d4e5f6", "state": "adopted", "how": "adopted",
        "proposed_by": "ada", "proposed_at": since, "reason": reason, "explanations": {}, "decided_by": "lin",
        "decided_at": since, "note": "", "in_force": (span,), "incidents": 7, "version": 2,
    }  # fmt: skip
    return wire_process.ProcessVersion(**{**fields, **changes})


class FakeProcess:
    """A part of `FakeClient`."""

    me: str

    def __init__(self) -> None:
        super().__init__()
        self.versions_now = {2: make_version(2, "updates are late"), 1: make_version(1, "as it was")}
        self.second_person = False
        self.proposed: list[wire_process.ProposeProcess] = []

    def put_version(self, number: int, **changes: Any) -> wire_process.ProcessVersion:
        """Change or add one, which everybody hears of."""
        known = self.versions_now.get(number) or make_version(number, "")
        self.versions_now[number] = msgspec.structs.replace(known, **changes)
        self.tell("process.changed", f"process:{number}", actor=self.me)  # type: ignore[attr-defined]
        return self.versions_now[number]

    async def process(self) -> wire_process.ProcessNow:
        await self._turn()  # type: ignore[attr-defined]
        return wire_process.ProcessNow(
            current=self.versions_now[2], follows_file=False, needs_second_person=self.second_person,
            file=wire_process.ProcessFile(exists=True, process_version="f00", name="", same=False),
            needs_role="responder", proposed=(), problems=(),
        )  # fmt: skip

    async def process_versions(self, state: str = "all", limit: int = 100) -> wire_process.ProcessVersions:
        await self._turn()  # type: ignore[attr-defined]
        newest = sorted(self.versions_now.values(), key=lambda one: -one.id)
        return wire_process.ProcessVersions(versions=tuple(newest))

    async def process_version(self, number: int) -> wire_process.WholeProcessVersion:
        await self._turn()  # type: ignore[attr-defined]
        one = msgspec.structs.asdict(self.versions_now[number])
        return wire_process.WholeProcessVersion(**one, document='remind = "6m"\n', files={"update.txt": "We know."})

    async def compare_processes(self, body: wire_comparison.CompareProcesses) -> wire_comparison.ProcessComparison:
        await self._turn()  # type: ignore[attr-defined]
        if body.after.file is not None and "nonsense" in body.after.file.text:
            fault = Fault(
                file="edited.toml", line=2, key="nonsense", what="there is no such key", remedy="leave it out"
            )
            return wire_comparison.ProcessComparison(faults=(fault,))
        one = wire_comparison.KeyDifference(
            key="updates.SEV2.identified", label="cadence SEV2 identified", kind="changed", before="30m", after="20m",
            line_before=0, line_after=0,
        )  # fmt: skip
        worse = ReclassifiedIncident(
            incident_id=304, title="Search is stale \x1b]0;x\x07", before=Severity.SEV2, after=Severity.SEV1,
            rule_before="part", rule_after="shard", recorded=Severity.SEV2, severity=Severity.SEV2, lost=(),
        )  # fmt: skip
        updates = wire_comparison.ReplayedPromises(
            n=9, by_hand=1, kept_before=7, kept_after=5, incidents=4, limit="people write sooner when asked sooner",
            moved=(wire_comparison.MovedPromise(incident_id=304, made_at=NOW, promised_before=NOW, promised_after=NOW,
                                                told_at=None, missed=True),),
        )  # fmt: skip
        reviews = wire_comparison.ReplayedWindows(
            n=12, needed_before=8, needed_after=9, closes_earlier=2, closes_later=0, late_before=1, late_after=2,
            turned=(298,), limit="nobody was asked",
        )  # fmt: skip
        return wire_comparison.ProcessComparison(
            faults=(), before="V-1", after="V-2", differences=(one,), updates=updates, reviews=reviews, pages=True,
            severities=MatrixReplay(faults=(), changed=(worse,), changed_total=1, same_level=37, unanswered=2),
        )  # fmt: skip

    async def propose_process(self, body: wire_process.ProposeProcess) -> wire_process.ProcessVersion:
        await self._turn()  # type: ignore[attr-defined]
        msgspec.json.encode(body)
        self.proposed.append(body)
        return self.put_version(
            3, state="proposed", reason=body.reason, proposed_by=self.me, in_force=(), decided_by=""
        )

    async def adopt_process(
        self, number: int, body: wire_process.AdoptProcess, if_version: int | None = None
    ) -> wire_process.ProcessVersion:
        return self._decide(number, "adopted", body.reason, if_version)

    async def decline_process(
        self, number: int, body: wire_process.DecideProcess, if_version: int | None = None
    ) -> wire_process.ProcessVersion:
        return self._decide(number, "declined", body.reason, if_version)

    async def withdraw_process(
        self, number: int, body: wire_process.DecideProcess, if_version: int | None = None
    ) -> wire_process.ProcessVersion:
        return self._decide(number, "withdrawn", body.reason, if_version)

    def _decide(self, number: int, state: str, note: str, if_version: int | None) -> wire_process.ProcessVersion:
        assert if_version == self.versions_now[number].version
        return self.put_version(number, state=state, note=note, decided_by=self.me)
