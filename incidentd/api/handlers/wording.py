"""The language lint, and what people say of its findings."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import wording as wire_wording


async def get_wording(calls: Calls, call: Read) -> wire_wording.Wording:
    return await calls.review.wording.settings(call.actor)


async def lint_text(calls: Calls, call: Call[wire_wording.LintText, queries.Query]) -> wire_wording.Linted:
    return await calls.review.wording.lint(call.body, call.actor)


async def list_dismissals(calls: Calls, call: Read) -> wire_wording.Dismissals:
    return await calls.review.wording.dismissals()


async def judge_wording(calls: Calls, call: Call[wire_wording.JudgeWording, queries.Query]) -> wire_wording.Dismissals:
    return await calls.review.wording.judge(call.body, call.actor)


async def undo_dismissal(calls: Calls, call: Read) -> wire_wording.Dismissals:
    return await calls.review.wording.undo(call.id, call.actor)
