"""What people write in a review."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.api.queries import Query
from incidentd.services.contracts import Calls
from incidentd.services.record_contracts import FactorQuery
from incidentd.wire import review_records as wire_records

_Withdrawal = Call[wire_records.Withdraw, Query]


# ------------------------------------------------------------------ accounts
async def write_account(calls: Calls, call: Call[wire_records.WriteAccount, Query]) -> wire_records.Account:
    return await calls.review.accounts.write(call.id, call.body, call.actor)


async def account_from_notes(calls: Calls, call: Call[Empty, Query]) -> wire_records.Account:
    return await calls.review.accounts.from_notes(call.id, call.actor)


async def edit_account(calls: Calls, call: Call[wire_records.EditAccount, Query]) -> wire_records.Account:
    number = call.ids["account_id"]
    return await calls.review.accounts.edit(call.id, number, call.body, call.actor, call.if_version)


async def withdraw_account(calls: Calls, call: _Withdrawal) -> wire_records.Account:
    return await calls.review.accounts.withdraw(call.id, call.ids["account_id"], call.body, call.actor)


async def mark_new(calls: Calls, call: Call[wire_records.MarkNew, Query]) -> wire_records.Account:
    return await calls.review.accounts.mark(call.id, call.ids["account_id"], call.body, call.actor)


# ------------------------------------------------------------------ factors and themes
async def list_factors(calls: Calls, call: Call[Empty, queries.Factors]) -> wire_records.FactorPage:
    query = call.query
    wanted = FactorQuery(
        text=query.q,
        category=query.category,
        role=query.role,
        theme=query.theme,
        incident_id=query.incident,
        limit=query.limit,
        cursor=query.cursor,
    )
    return await calls.review.factors.list(wanted, call.actor)


async def get_factor(calls: Calls, call: Read) -> wire_records.Factor:
    return await calls.review.factors.get(call.id, call.actor)


async def write_factor(calls: Calls, call: Call[wire_records.WriteFactor, Query]) -> wire_records.Factor:
    return await calls.review.factors.write(call.id, call.body, call.actor)


async def edit_factor(calls: Calls, call: Call[wire_records.EditFactor, Query]) -> wire_records.Factor:
    return await calls.review.factors.edit(call.id, call.ids["factor_id"], call.body, call.actor, call.if_version)


async def withdraw_factor(calls: Calls, call: _Withdrawal) -> wire_records.Factor:
    return await calls.review.factors.withdraw(call.id, call.ids["factor_id"], call.body, call.actor)


async def link_factor(calls: Calls, call: Call[wire_records.LinkFactor, Query]) -> wire_records.Factor:
    return await calls.review.factors.link(call.id, call.ids["factor_id"], call.body, call.actor)


async def unlink_factor(calls: Calls, call: Call[Empty, Query]) -> wire_records.Factor:
    return await calls.review.factors.unlink(call.id, call.ids["factor_id"], call.ids["earlier_id"], call.actor)


async def list_themes(calls: Calls, call: Read) -> wire_records.ThemeList:
    return await calls.review.themes.list(call.actor)


async def edit_theme(calls: Calls, call: Call[wire_records.EditTheme, Query]) -> wire_records.Theme:
    return await calls.review.themes.edit(call.id, call.body, call.actor)


# ------------------------------------------------------------------ learnings and ideas
async def list_learnings(calls: Calls, call: Call[Empty, queries.Learnings]) -> wire_records.LearningPage:
    query = call.query
    return await calls.review.learnings.list(query.q, query.incident, query.limit, query.cursor, call.actor)


async def write_learning(calls: Calls, call: Call[wire_records.WriteLearning, Query]) -> wire_records.Learning:
    return await calls.review.learnings.write(call.id, call.body, call.actor)


async def edit_learning(calls: Calls, call: Call[wire_records.EditLearning, Query]) -> wire_records.Learning:
    number = call.ids["learning_id"]
    return await calls.review.learnings.edit(call.id, number, call.body, call.actor, call.if_version)


async def withdraw_learning(calls: Calls, call: _Withdrawal) -> wire_records.Learning:
    return await calls.review.learnings.withdraw(call.id, call.ids["learning_id"], call.body, call.actor)


async def write_idea(calls: Calls, call: Call[wire_records.WriteIdea, Query]) -> wire_records.Idea:
    return await calls.review.ideas.write(call.id, call.body, call.actor)


async def drop_idea(calls: Calls, call: Call[wire_records.DropIdea, Query]) -> wire_records.Idea:
    return await calls.review.ideas.drop(call.id, call.ids["idea_id"], call.body, call.actor)
