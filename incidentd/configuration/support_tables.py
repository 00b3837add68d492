"""`[support]` of process.toml: how customers are answered. Each table is written over what is built in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
import pydantic

from incidentd.configuration.hours import HoursList, HoursTable, hours_of
from incidentd.configuration.regions import Region
from incidentd.configuration.values import Name, PositiveDuration, Table, Zone, parse_duration
from incidentd.domain.business_time import LONGEST, BusinessCalendar
from incidentd.domain.canned_replies import DEFAULT_REPLIES, BadTemplate, CannedReply, check_template
from incidentd.domain.clusters import NudgeRule, Similar
from incidentd.domain.customers import CustomerKind
from incidentd.domain.priority import DEFAULT_MATRIX, Level, Priority, PriorityMatrix
from incidentd.domain.propagation import PropagationRule
from incidentd.domain.questions import DEFAULT_QUESTIONS, Questions
from incidentd.domain.response_clocks import DEFAULT_CLOCKS, Clocks, Counts, Promise
from incidentd.domain.severity import Severity
from incidentd.domain.support import DEFAULT_CALENDAR, MissedClock, Support
from incidentd.domain.triage import DEFAULT_WEIGHTS, USUALLY_REQUIRED, Question

_BUSINESS = re.compile(r"(\d{1,3}) *business *(day|hour)s?", re.ASCII)
_LONGEST_TEXT = 500
Percent = Annotated[int, pydantic.Field(ge=1, le=100)]


# ---------------------------------------------------------------------- clocks
def _promise(value: Any) -> Promise:
    """ "15m", "2 business hours", "1 business day"."""
    found = _BUSINESS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        try:
            length = parse_duration(value)
        except ValueError:
            length = timedelta(0)
        if length <= timedelta(0):
            raise ValueError('is no promise — write a time: "15m", "4 business hours", "2 business days"')
        return Promise(length=length)
    number = int(found[1])
    if not 0 < number <= (LONGEST if found[2] == "day" else 24 * LONGEST):
        raise ValueError(f"is no promise to keep — write 1 to {LONGEST} business days, or fewer hours than that")
    if found[2] == "day":
        return Promise(counts=Counts.BUSINESS_DAYS, days=number)
    return Promise(counts=Counts.BUSINESS_HOURS, length=timedelta(hours=number))


PromiseValue = Annotated[Promise, pydantic.PlainValidator(_promise)]


class PromisesTable(Table):
    """What is owed, by what holds for a report: the soonest counts. Nothing is owed where nothing applies."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    usual: PromiseValue | None = None
    security: PromiseValue | None = None
    P1: PromiseValue | None = None
    P2: PromiseValue | None = None
    P3: PromiseValue | None = None
    P4: PromiseValue | None = None
    P5: PromiseValue | None = None


class ClocksTable(Table):
    """A list of promises that is given replaces the built-in one."""

    calendar: str = DEFAULT_CALENDAR
    respond: PromisesTable = PromisesTable()
    follow_up: PromisesTable = PromisesTable()


def _some_day(tables: list[HoursTable]) -> list[HoursTable]:
    if not any(one.days for one in tables):
        raise ValueError("is never open — name at least one day of the week")
    return tables


class CalendarTable(Table):
    """Without `hours` it is open Monday to Friday, all day."""

    zone: Zone = "UTC"
    hours: Annotated[HoursList, pydantic.AfterValidator(_some_day)] = pydantic.Field(default=[])
    holidays: Region = ""
    closed: Annotated[tuple[date, ...], pydantic.Field(max_length=400)] = ()


# ---------------------------------------------------------------------- questions and replies
QuestionText = Annotated[str, pydantic.Field(min_length=1, max_length=_LONGEST_TEXT, pattern=r"\S")]


class QuestionsTable(Table):
    """`required` are those that count for completeness; a text that is not given is the built-in one."""

    required: tuple[Question, ...] | None = None
    who: QuestionText | None = None
    reproduce: QuestionText | None = None
    since: QuestionText | None = None
    observed: QuestionText | None = None
    expected: QuestionText | None = None
    scope: QuestionText | None = None
    contact: QuestionText | None = None
    workaround: QuestionText | None = None


class WeightsTable(Table):
    """How much each question counts; `behaviour` is what was observed and what was expected together."""

    who: Annotated[int, pydantic.Field(ge=0, le=100)] = DEFAULT_WEIGHTS["who"]
    reproduce: Annotated[int, pydantic.Field(ge=0, le=100)] = DEFAULT_WEIGHTS["reproduce"]
    since: Annotated[int, pydantic.Field(ge=0, le=100)] = DEFAULT_WEIGHTS["since"]
    behaviour: Annotated[int, pydantic.Field(ge=0, le=100)] = DEFAULT_WEIGHTS["behaviour"]
    scope: Annotated[int, pydantic.Field(ge=0, le=100)] = DEFAULT_WEIGHTS["scope"]
    contact: Annotated[int, pydantic.Field(ge=0, le=100)] = DEFAULT_WEIGHTS["contact"]
    workaround: Annotated[int, pydantic.Field(ge=0, le=100)] = DEFAULT_WEIGHTS["workaround"]


def _template(value: str) -> str:
    try:
        return check_template(value)
    except BadTemplate as error:
        raise ValueError(str(error)) from None


Template = Annotated[str, pydantic.AfterValidator(_template)]


# ---------------------------------------------------------------------- rules
class PropagateTable(Table):
    """A report that fulfils all that is given goes to `team`, `schedule` or `policy`, else the way of its service."""

    name: Annotated[str, pydantic.Field(min_length=1, max_length=80, pattern=r"\S")]
    services: tuple[str, ...] = ()
    tags: dict[Annotated[str, pydantic.Field(min_length=1, max_length=60)], str] = pydantic.Field(default={})
    severities: tuple[Severity, ...] = ()
    priorities: tuple[Priority, ...] = ()
    kinds: tuple[CustomerKind, ...] = ()
    team: str = ""
    schedule: str = ""
    policy: str = ""
    urgency: Literal["high", "low"] | None = None
    audiences: tuple[Name, ...] = ()


class SimilarTable(Table):
    cluster: Percent = Similar().cluster
    duplicate: Percent = Similar().duplicate
    within: PositiveDuration = Similar().within


class NudgeTable(Table):
    reports: Annotated[int, pydantic.Field(ge=2, le=1000)] = NudgeRule().reports
    teams: Annotated[int, pydantic.Field(ge=2, le=1000)] = NudgeRule().teams
    within: PositiveDuration = NudgeRule().within


class MissedTable(Table):
    """Priorities not named in either list are paged with low urgency."""

    policy: str = ""
    high: tuple[Priority, ...] = MissedClock().high
    nobody: tuple[Priority, ...] = MissedClock().nobody


LevelRow = Annotated[tuple[Priority, ...], pydantic.Field(min_length=3, max_length=3)]


class PriorityTable(Table):
    """By impact: the priorities for high, medium and low urgency."""

    high: LevelRow = tuple(DEFAULT_MATRIX[Level.HIGH].values())
    medium: LevelRow = tuple(DEFAULT_MATRIX[Level.MEDIUM].values())
    low: LevelRow = tuple(DEFAULT_MATRIX[Level.LOW].values())


class SupportTable(Table):
    schedule: str = ""
    receipts: tuple[Name, ...] = ()
    questions: dict[CustomerKind, QuestionsTable] = pydantic.Field(default={})
    weights: WeightsTable = WeightsTable()
    priority: PriorityTable = PriorityTable()
    calendars: dict[Name, CalendarTable] = pydantic.Field(default={})
    clocks: dict[CustomerKind, ClocksTable] = pydantic.Field(default={})
    replies: dict[Name, Template] = pydantic.Field(default={})
    propagate: list[PropagateTable] = pydantic.Field(default=[])
    similar: SimilarTable = SimilarTable()
    nudge: NudgeTable = NudgeTable()
    missed: MissedTable = MissedTable()


# ---------------------------------------------------------------------- the value
def support(table: SupportTable) -> Support:
    """What the tables say, over what is built in."""
    calendars = {name: business_calendar(one) for name, one in table.calendars.items()}
    replies = {name: CannedReply(name=name, text=text) for name, text in table.replies.items()}
    return Support(
        schedule=table.schedule,
        receipts=table.receipts,
        questions={kind: _questions(DEFAULT_QUESTIONS[kind], table.questions.get(kind)) for kind in CustomerKind},
        weights=dict(table.weights),
        priorities=_matrix(table.priority),
        calendars={DEFAULT_CALENDAR: BusinessCalendar(), **calendars},
        clocks={kind: _clocks(DEFAULT_CLOCKS[kind], table.clocks.get(kind)) for kind in CustomerKind},
        replies={**DEFAULT_REPLIES, **replies},
        propagate=tuple(_rule(one) for one in table.propagate),
        similar=Similar(**dict(table.similar)),
        nudge=NudgeRule(**dict(table.nudge)),
        missed=MissedClock(**dict(table.missed)),
    )


def _questions(built_in: Questions, table: QuestionsTable | None) -> Questions:
    if table is None:
        return built_in
    stated = {question: text for question in Question if (text := getattr(table, question.value)) is not None}
    required = USUALLY_REQUIRED if table.required is None else tuple(dict.fromkeys(table.required))
    return Questions(required=required, texts={**built_in.texts, **stated})


def _matrix(table: PriorityTable) -> PriorityMatrix:
    return {impact: dict(zip(Level, getattr(table, impact.value), strict=True)) for impact in Level}


def business_calendar(table: CalendarTable) -> BusinessCalendar:
    """The calendar as its table states it."""
    hours = hours_of(table.hours) or BusinessCalendar().hours
    return BusinessCalendar(zone=table.zone, hours=hours, holidays=table.holidays, closed=table.closed)


def _clocks(built_in: Clocks, table: ClocksTable | None) -> Clocks:
    if table is None:
        return built_in
    stated = {name: _promises(getattr(table, name)) for name in table.model_fields_set - {"calendar"}}
    return msgspec.structs.replace(built_in, calendar=table.calendar, **stated)


def _promises(table: PromisesTable) -> Mapping[str, Promise]:
    return {name: promise for name, promise in dict(table).items() if promise is not None}


def _rule(table: PropagateTable) -> PropagationRule:
    return PropagationRule(**dict(table) | {"urgency": table.urgency or ""})
