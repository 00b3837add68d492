"""The triage of reports on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire
from incidentd.wire import reports as wire_reports

QuestionName = Literal["who", "reproduce", "since", "observed", "expected", "scope", "contact", "workaround"]
Level = Literal["high", "medium", "low"]
AnswerText = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"\S")]
Reason = Annotated[str, Meta(max_length=20)]


class CardRow(wire.Frozen, frozen=True):
    """One question. `implied`: nobody answered it, the report itself says it."""

    question: str
    text: str  # in the words for this kind of customer
    state: str  # answered | unknown | missing
    answer: str
    implied: bool
    required: bool  # it counts for completeness
    asked_at: wire.Instant | None  # when the reporter was asked last


class ReplyDraft(wire.Frozen, frozen=True):
    """A message as it would be sent; `missing` are placeholders that the report cannot fill: then it is not sent."""

    name: str  # of the reply, or the question
    text: str
    missing: tuple[str, ...]


class Whither(wire.Frozen, frozen=True):
    """Where the report would go now, and what decides it."""

    rule: str  # "" for the way of its service
    why: str
    passed: tuple[str, ...]  # rules before it, and why they did not count
    target: str  # in words: "lin of team shop", "schedule desk", "policy shop"
    people: tuple[str, ...]  # whom the first message reaches
    on_project_work: tuple[str, ...]  # of these: to reach them wants a reason
    urgency: str
    audiences: tuple[str, ...]
    informed: tuple[str, ...] = ()  # whom of these it would tell now: people, and places where many read


class PropagatedPage(wire.Frozen, frozen=True):
    """A page that the report was propagated by."""

    id: int
    target: str  # as it was then
    state: str
    acknowledged_by: str
    at: wire.Instant


class Nudge(wire.Frozen, frozen=True):
    """Reports that may be one incident."""

    report_ids: tuple[int, ...]
    why: str


class Triage(wire.Frozen, frozen=True):
    """The triage card. `version` is the report's."""

    report: wire_reports.Report
    rows: tuple[CardRow, ...]
    completeness: int  # 0 to 100; it delays nothing
    next: ReplyDraft | None  # the question to ask next, as it would be sent; None when nothing is left to ask
    waiting_for: tuple[str, ...]  # questions that were asked and are not answered
    replies: tuple[ReplyDraft, ...]
    whither: Whither
    pages: tuple[PropagatedPage, ...]
    nudge: Nudge | None
    version: int
    may_be_about: tuple[str, ...] = ()  # services that its words name, while it has none


class SimilarReport(wire.Frozen, frozen=True):
    """`relation`: the same report once more, or another one about the same thing."""

    report: wire_reports.Report
    relation: str  # duplicate | cluster
    score: int  # 1 to 100
    reasons: tuple[str, ...]


class Similar(wire.Frozen, frozen=True):
    similar: tuple[SimilarReport, ...]  # the most alike first
    nudge: Nudge | None


class Answered(wire.Request, frozen=True):
    """What is known; null: the reporter was asked and does not know."""

    question: QuestionName
    text: AnswerText | None


class AnswerQuestions(wire.Request, frozen=True):
    """What is in `forget` is missing again."""

    answers: tuple[Answered, ...] = ()
    forget: tuple[QuestionName, ...] = ()


class AskReporter(wire.Request, frozen=True):
    """Without a question the next one; without a text the words of the process file."""

    question: QuestionName | None = None
    text: Annotated[str, Meta(max_length=2000)] = ""


class SendCanned(wire.Request, frozen=True):
    """`final`: it says how it ended, so the report is followed up."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    final: bool = False


class SetPriority(wire.Request, frozen=True):
    impact: Level
    urgency: Level


class Propagate(wire.Request, frozen=True):
    """`interruption` is wanted to reach project work: a `GivenReason`."""

    note: Annotated[str, Meta(max_length=1000)] = ""
    interruption: Reason = ""
