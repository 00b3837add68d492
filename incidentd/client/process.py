"""The process as a versioned thing."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process

_VERSIONS = "/v1/process/versions"


class ProcessCalls(Calls):
    """What is in force, what was, what is proposed, and deciding about it."""

    async def process(self) -> wire_process.ProcessNow:
        return await self._get("/v1/process", wire_process.ProcessNow)

    async def process_versions(self, state: str = "all", limit: int = 100) -> wire_process.ProcessVersions:
        """The newest first; `state` is proposed, adopted, declined, withdrawn, superseded or all."""
        return await self._get(f"{_VERSIONS}{query_string(state=state, limit=limit)}", wire_process.ProcessVersions)

    async def process_version(self, number: int) -> wire_process.WholeProcessVersion:
        return await self._get(f"{_VERSIONS}/{number}", wire_process.WholeProcessVersion)

    async def propose_process(self, body: wire_process.ProposeProcess) -> wire_process.ProcessVersion:
        return await self._send("POST", _VERSIONS, wire_process.ProcessVersion, body)

    async def adopt_process(
        self, number: int, body: wire_process.AdoptProcess, if_version: int | None = None
    ) -> wire_process.ProcessVersion:
        path = f"{_VERSIONS}/{number}/adopt"
        return await self._send("POST", path, wire_process.ProcessVersion, body, if_version=if_version)

    async def decline_process(
        self, number: int, body: wire_process.DecideProcess, if_version: int | None = None
    ) -> wire_process.ProcessVersion:
        path = f"{_VERSIONS}/{number}/decline"
        return await self._send("POST", path, wire_process.ProcessVersion, body, if_version=if_version)

    async def withdraw_process(
        self, number: int, body: wire_process.DecideProcess, if_version: int | None = None
    ) -> wire_process.ProcessVersion:
        path = f"{_VERSIONS}/{number}/withdraw"
        return await self._send("POST", path, wire_process.ProcessVersion, body, if_version=if_version)

    async def compare_processes(self, body: wire_comparison.CompareProcesses) -> wire_comparison.ProcessComparison:
        """What one says otherwise than another, and what it would have changed."""
        return await self._send("POST", "/v1/process/diff", wire_comparison.ProcessComparison, body, once=False)
