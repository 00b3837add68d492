"""The triage of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incidentd import wire
from incidentd.client.calls import Calls
from incidentd.wire import triage as wire_triage

_CARD = wire_triage.Triage


class TriageCalls(Calls):
    """What becomes of a report before it has an outcome."""

    async def triage(self, report_id: int) -> wire_triage.Triage:
        return await self._get(f"/v1/reports/{report_id}/triage", _CARD)

    async def similar_reports(self, report_id: int) -> wire_triage.Similar:
        return await self._get(f"/v1/reports/{report_id}/similar", wire_triage.Similar)

    async def answer_questions(
        self,
        report_id: int,
        answers: Mapping[wire_triage.QuestionName, str | None],
        *,
        forget: Sequence[wire_triage.QuestionName] = (),
        if_version: int | None = None,
    ) -> wire_triage.Triage:
        """None is asked, unknown; what is in `forget` is missing again."""
        given = tuple(wire_triage.Answered(question=question, text=text) for question, text in answers.items())
        body = wire_triage.AnswerQuestions(answers=given, forget=tuple(forget))
        return await self._triage(report_id, "answers", body, if_version)

    async def ask_reporter(
        self,
        report_id: int,
        question: wire_triage.QuestionName | None = None,
        text: str = "",
        *,
        if_version: int | None = None,
    ) -> wire_triage.Triage:
        """By default the next question, in the words of the process file."""
        body = wire_triage.AskReporter(question=question, text=text)
        return await self._triage(report_id, "questions", body, if_version)

    async def send_canned_reply(
        self, report_id: int, name: str, *, final: bool = False, if_version: int | None = None
    ) -> wire_triage.Triage:
        body = wire_triage.SendCanned(name=name, final=final)
        return await self._triage(report_id, "canned-replies", body, if_version)

    async def set_priority(
        self,
        report_id: int,
        impact: wire_triage.Level,
        urgency: wire_triage.Level,
        *,
        if_version: int | None = None,
    ) -> wire_triage.Triage:
        body = wire_triage.SetPriority(impact=impact, urgency=urgency)
        return await self._triage(report_id, "priority", body, if_version)

    async def propagate_report(
        self, report_id: int, note: str = "", *, interruption: str = "", if_version: int | None = None
    ) -> wire_triage.Triage:
        """Page the people of its area; `interruption` is wanted where that reaches project work."""
        body = wire_triage.Propagate(note=note, interruption=interruption)
        return await self._triage(report_id, "propagate", body, if_version)

    async def _triage(
        self, report_id: int, what: str, body: wire.Request, if_version: int | None
    ) -> wire_triage.Triage:
        return await self._send("POST", f"/v1/reports/{report_id}/{what}", _CARD, body, if_version=if_version)
