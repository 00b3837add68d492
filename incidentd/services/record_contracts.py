"""What the socket API asks about what people write in a review; a part of `workshop_contracts`.

Each raises `NotFound` for an incident without a review, and for what the caller may not see.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd.wire import review_records as wire_records


class FactorQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which factors of all incidents; what is empty does not matter."""

    text: str = ""
    category: str = ""
    role: str = ""
    theme: str = ""
    incident_id: int | None = None
    limit: int = 100
    cursor: str = ""


class AccountCalls(Protocol):
    async def write(self, incident_id: int, body: wire_records.WriteAccount, actor: str) -> wire_records.Account: ...
    async def from_notes(self, incident_id: int, actor: str) -> wire_records.Account: ...
    async def edit(
        self, incident_id: int, account_id: int, body: wire_records.EditAccount, actor: str, if_version: int | None
    ) -> wire_records.Account: ...
    async def withdraw(
        self, incident_id: int, account_id: int, body: wire_records.Withdraw, actor: str
    ) -> wire_records.Account: ...
    async def mark(
        self, incident_id: int, account_id: int, body: wire_records.MarkNew, actor: str
    ) -> wire_records.Account: ...


class FactorCalls(Protocol):
    async def list(self, query: FactorQuery, actor: str) -> wire_records.FactorPage: ...
    async def get(self, factor_id: int, actor: str) -> wire_records.Factor: ...
    async def write(self, incident_id: int, body: wire_records.WriteFactor, actor: str) -> wire_records.Factor: ...
    async def edit(
        self, incident_id: int, factor_id: int, body: wire_records.EditFactor, actor: str, if_version: int | None
    ) -> wire_records.Factor: ...
    async def withdraw(
        self, incident_id: int, factor_id: int, body: wire_records.Withdraw, actor: str
    ) -> wire_records.Factor: ...
    async def link(
        self, incident_id: int, factor_id: int, body: wire_records.LinkFactor, actor: str
    ) -> wire_records.Factor: ...
    async def unlink(self, incident_id: int, factor_id: int, earlier_id: int, actor: str) -> wire_records.Factor: ...


class ThemeCalls(Protocol):
    async def list(self, actor: str) -> wire_records.ThemeList: ...
    async def edit(self, theme_id: int, body: wire_records.EditTheme, actor: str) -> wire_records.Theme: ...


class LearningCalls(Protocol):
    async def list(
        self, text: str, incident_id: int | None, limit: int, cursor: str, actor: str
    ) -> wire_records.LearningPage: ...
    async def write(self, incident_id: int, body: wire_records.WriteLearning, actor: str) -> wire_records.Learning: ...
    async def edit(
        self, incident_id: int, learning_id: int, body: wire_records.EditLearning, actor: str, if_version: int | None
    ) -> wire_records.Learning: ...
    async def withdraw(
        self, incident_id: int, learning_id: int, body: wire_records.Withdraw, actor: str
    ) -> wire_records.Learning: ...


class IdeaCalls(Protocol):
    async def write(self, incident_id: int, body: wire_records.WriteIdea, actor: str) -> wire_records.Idea: ...
    async def drop(
        self, incident_id: int, idea_id: int, body: wire_records.DropIdea, actor: str
    ) -> wire_records.Idea: ...
