"""What people write in a review."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import review_records as wire_records


class RecordCalls(Calls):
    """Accounts, factors, themes, learnings and ideas. What is hidden from the caller is as if it were not there."""

    # -------------------------------------------------------------- accounts
    async def write_account(self, incident_id: int, body: wire_records.WriteAccount) -> wire_records.Account:
        return await self._send("POST", f"{_review(incident_id)}/accounts", wire_records.Account, body)

    async def account_from_notes(self, incident_id: int) -> wire_records.Account:
        return await self._send("POST", f"{_review(incident_id)}/accounts/from-notes", wire_records.Account)

    async def edit_account(
        self, incident_id: int, account_id: int, body: wire_records.EditAccount, *, if_version: int | None = None
    ) -> wire_records.Account:
        target = f"{_review(incident_id)}/accounts/{account_id}"
        return await self._send("PATCH", target, wire_records.Account, body, if_version=if_version)

    async def withdraw_account(self, incident_id: int, account_id: int, why: str = "") -> wire_records.Account:
        target = f"{_review(incident_id)}/accounts/{account_id}/withdraw"
        return await self._send("POST", target, wire_records.Account, wire_records.Withdraw(why=why))

    async def mark_new(self, incident_id: int, account_id: int, *, new: bool = True) -> wire_records.Account:
        target = f"{_review(incident_id)}/accounts/{account_id}/new"
        return await self._send("POST", target, wire_records.Account, wire_records.MarkNew(new=new))

    # -------------------------------------------------------------- factors and themes
    async def factors(
        self,
        *,
        category: str = "",
        role: str = "",
        theme: str = "",
        q: str = "",
        incident: int | None = None,
        limit: int = 100,
        cursor: str = "",
    ) -> wire_records.FactorPage:
        given = {"category": category, "role": role, "theme": theme, "q": q, "incident": incident or ""}
        query = query_string(**given, limit=limit, cursor=cursor)
        return await self._get(f"/v1/factors{query}", wire_records.FactorPage)

    async def factor(self, factor_id: int) -> wire_records.Factor:
        return await self._get(f"/v1/factors/{factor_id}", wire_records.Factor)

    async def write_factor(self, incident_id: int, body: wire_records.WriteFactor) -> wire_records.Factor:
        return await self._send("POST", f"{_review(incident_id)}/factors", wire_records.Factor, body)

    async def edit_factor(
        self, incident_id: int, factor_id: int, body: wire_records.EditFactor, *, if_version: int | None = None
    ) -> wire_records.Factor:
        target = f"{_review(incident_id)}/factors/{factor_id}"
        return await self._send("PATCH", target, wire_records.Factor, body, if_version=if_version)

    async def withdraw_factor(self, incident_id: int, factor_id: int, why: str = "") -> wire_records.Factor:
        target = f"{_review(incident_id)}/factors/{factor_id}/withdraw"
        return await self._send("POST", target, wire_records.Factor, wire_records.Withdraw(why=why))

    async def link_factor(self, incident_id: int, factor_id: int, body: wire_records.LinkFactor) -> wire_records.Factor:
        target = f"{_review(incident_id)}/factors/{factor_id}/earlier"
        return await self._send("POST", target, wire_records.Factor, body)

    async def unlink_factor(self, incident_id: int, factor_id: int, earlier_id: int) -> wire_records.Factor:
        target = f"{_review(incident_id)}/factors/{factor_id}/earlier/{earlier_id}"
        return await self._send("DELETE", target, wire_records.Factor)

    async def themes(self) -> wire_records.ThemeList:
        return await self._get("/v1/themes", wire_records.ThemeList)

    async def edit_theme(self, theme_id: int, body: wire_records.EditTheme) -> wire_records.Theme:
        return await self._send("PATCH", f"/v1/themes/{theme_id}", wire_records.Theme, body)

    # -------------------------------------------------------------- learnings and ideas
    async def learnings(
        self, *, q: str = "", incident: int | None = None, limit: int = 100, cursor: str = ""
    ) -> wire_records.LearningPage:
        query = query_string(q=q, incident=incident or "", limit=limit, cursor=cursor)
        return await self._get(f"/v1/learnings{query}", wire_records.LearningPage)

    async def write_learning(self, incident_id: int, body: wire_records.WriteLearning) -> wire_records.Learning:
        return await self._send("POST", f"{_review(incident_id)}/learnings", wire_records.Learning, body)

    async def edit_learning(
        self, incident_id: int, learning_id: int, body: wire_records.EditLearning, *, if_version: int | None = None
    ) -> wire_records.Learning:
        target = f"{_review(incident_id)}/learnings/{learning_id}"
        return await self._send("PATCH", target, wire_records.Learning, body, if_version=if_version)

    async def withdraw_learning(self, incident_id: int, learning_id: int, why: str = "") -> wire_records.Learning:
        target = f"{_review(incident_id)}/learnings/{learning_id}/withdraw"
        return await self._send("POST", target, wire_records.Learning, wire_records.Withdraw(why=why))

    async def write_idea(self, incident_id: int, body: wire_records.WriteIdea) -> wire_records.Idea:
        return await self._send("POST", f"{_review(incident_id)}/ideas", wire_records.Idea, body)

    async def drop_idea(self, incident_id: int, idea_id: int, body: wire_records.DropIdea) -> wire_records.Idea:
        return await self._send("POST", f"{_review(incident_id)}/ideas/{idea_id}/drop", wire_records.Idea, body)


def _review(incident_id: int) -> str:
    return f"/v1/incidents/{incident_id}/review"
