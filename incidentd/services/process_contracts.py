"""What the socket API asks of the versions of the process; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process


class ProcessCalls(Protocol):
    async def now(self) -> wire_process.ProcessNow: ...
    async def list(self, state: str, limit: int) -> wire_process.ProcessVersions: ...
    async def get(self, number: int) -> wire_process.WholeProcessVersion: ...
    async def propose(
        self, body: wire_process.ProposeProcess, actor: str, *, admin: bool
    ) -> wire_process.ProcessVersion: ...
    async def adopt(
        self, number: int, body: wire_process.AdoptProcess, actor: str, if_version: int | None, *, admin: bool
    ) -> wire_process.ProcessVersion: ...
    async def decline(
        self, number: int, body: wire_process.DecideProcess, actor: str, if_version: int | None
    ) -> wire_process.ProcessVersion: ...
    async def withdraw(
        self, number: int, body: wire_process.DecideProcess, actor: str, if_version: int | None
    ) -> wire_process.ProcessVersion: ...


class ProcessComparisonCalls(Protocol):
    async def compare(self, body: wire_comparison.CompareProcesses) -> wire_comparison.ProcessComparison: ...
