"""The query parameters of each list, as structs: the same declaration checks them and documents them in OpenAPI."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from incidentd import wire
from incidentd.api.bodies import check_values, shape_fault
from incidentd.api.problems import invalid
from incidentd.domain.severity import Severity
from incidentd.wire.review_records import Category, FactorRole

Limit = Annotated[int, Meta(ge=1, le=1000, description="at most so many rows")]
Cursor = Annotated[str, Meta(max_length=500, description="`next_cursor` of the page before")]
Search = Annotated[str, Meta(max_length=500, description="words to search for")]
Seq = Annotated[int, Meta(ge=0, le=2**53, description="events after this seq")]
_MAX_PARAMETERS = 100


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No parameters."""


class Alerts(Query, frozen=True):
    status: Literal["firing", "resolved", "all"] = "firing"
    service: Annotated[str, Meta(max_length=100)] = ""
    match: Annotated[tuple[str, ...], Meta(max_length=50, description="NAME=VALUE, also !=, =~ and !~")] = ()
    q: Search = ""
    order: Literal["newest", "oldest"] = "newest"
    limit: Limit = 100
    cursor: Cursor = ""


class Doctor(Query, frozen=True):
    deep: Annotated[bool, Meta(description="read the whole SQLite database for damage, too")] = False


class Groups(Query, frozen=True):
    service: Annotated[str, Meta(max_length=100)] = ""
    limit: Limit = 100
    cursor: Cursor = ""


class Members(Query, frozen=True):
    limit: Limit = 100
    cursor: Cursor = ""


class Pages(Query, frozen=True):
    state: Annotated[
        Literal["open", "acknowledged", "resolved", "exhausted", "active", "all"],
        Meta(description="active: open or acknowledged"),
    ] = "active"
    mine: Annotated[bool, Meta(description="only pages that wrote to the caller")] = False
    limit: Limit = 100
    cursor: Cursor = ""


class Presence(Query, frozen=True):
    after: Annotated[int, Meta(ge=0, le=2**53, description="the version that the caller has")] = 0
    wait: Annotated[float, Meta(ge=0, le=20, description="seconds to wait for another version")] = 0.0


class Silences(Query, frozen=True):
    state: Annotated[
        Literal["current", "active", "pending", "expired", "all"],
        Meta(description="current: active or pending; expired ones are listed for five days"),
    ] = "current"


class Holds(Query, frozen=True):
    state: Annotated[Literal["current", "all"], Meta(description="all: those that were released, too")] = "current"


class Checks(Query, frozen=True):
    kind: Annotated[str, Meta(max_length=64, description="heartbeat, http, tcp, tls, dns ...")] = ""
    status: Literal["", "new", "up", "started", "late", "down", "paused"] = ""


class Maintenance(Query, frozen=True):
    state: Annotated[
        Literal["current", "planned", "active", "over", "all"],
        Meta(description="current: planned or active; what is over is listed for thirty days"),
    ] = "current"


class Incidents(Query, frozen=True):
    state: Literal["open", "closed", "all"] = "open"
    review: Annotated[
        Literal["", "waiting", "open", "soon", "late", "due"],
        Meta(description="how the review stands; due: it may be held, or should have been"),
    ] = ""
    process: Annotated[
        str,
        Meta(pattern=r"^(?:|V-[1-9][0-9]{0,14}|[0-9a-z-]{1,40})\Z", description="declared under it: V-3, or its hash"),
    ] = ""
    q: Search = ""
    limit: Limit = 100
    cursor: Cursor = ""


class ProcessVersions(Query, frozen=True):
    state: Literal["proposed", "adopted", "declined", "withdrawn", "superseded", "all"] = "all"
    limit: Limit = 100


class Actions(Query, frozen=True):
    state: Literal["open", "done", "wont_do", "all"] = "open"
    team: Annotated[str, Meta(max_length=100, description="of this one only")] = ""
    incident: Annotated[int, Meta(ge=1, le=2**53, description="of the review of this one only")] | None = None
    late: Annotated[bool, Meta(description="open ones whose day is over only")] = False
    mine: Annotated[bool, Meta(description="the caller's only")] = False
    limit: Limit = 100
    cursor: Cursor = ""


class Reviews(Query, frozen=True):
    state: Annotated[
        Literal["held", "running", "paused", "written", "published", "all"],
        Meta(description="held: running or paused"),
    ] = "all"
    limit: Limit = 100
    cursor: Cursor = ""


class Library(Query, frozen=True):
    q: Annotated[str, Meta(max_length=500, description="words that its text has, or that begin one of its words")] = ""
    kind: Literal["factor", "learning", "action", "review", "all"] = "all"
    category: Annotated[Category | None, Meta(description="of a factor; with it only factors are found")] = None
    role: Annotated[FactorRole | None, Meta(description="of a factor")] = None
    theme: Annotated[str, Meta(max_length=100, description="of a factor, by its name")] = ""
    service: Annotated[str, Meta(max_length=200)] = ""
    severity: Severity | None = None
    since: Annotated[wire.Instant | None, Meta(description="incidents that began then or later")] = None
    until: Annotated[wire.Instant | None, Meta(description="incidents that began before")] = None
    incident: wire.RowId | None = None
    used: Annotated[bool, Meta(description="only what was used again")] = False
    limit: Limit = 100
    cursor: Cursor = ""


class LibraryUses(Query, frozen=True):
    subject: Annotated[
        str,
        Meta(
            pattern=r"^(?:|(?:factor|learning|review):[1-9][0-9]{0,14})\Z",
            description="factor:3, learning:4, or review:1 by the incident's number",
        ),
    ] = ""


class LibraryFigures(Query, frozen=True):
    since: Annotated[wire.Instant | None, Meta(description="incidents that began then or later")] = None
    until: Annotated[wire.Instant | None, Meta(description="incidents that began before")] = None


class MeetingTimes(Query, frozen=True):
    minutes: Annotated[int, Meta(ge=15, le=480)] = 60
    person: Annotated[tuple[wire.Handle, ...], Meta(max_length=90, description="who comes, repeatable")] = ()


class MeetingForm(Query, frozen=True):
    format: Literal["json", "ics"] = "json"


class ProcessIdeas(Query, frozen=True):
    state: Literal["open", "taken", "dropped", "all"] = "open"
    mine: Annotated[bool, Meta(description="the caller's only")] = False
    limit: Limit = 100
    cursor: Cursor = ""


class Retros(Query, frozen=True):
    state: Annotated[
        Literal["open", "due", "held", "running", "paused", "finished", "all"],
        Meta(description="held: running or paused; open: those, and one that is due"),
    ] = "all"
    limit: Limit = 100
    cursor: Cursor = ""


class Experiments(Query, frozen=True):
    state: Annotated[
        Literal["open", "planned", "running", "asking", "decided", "all"],
        Meta(description="asking: over or stopped, and the question is open; open: all that are not decided"),
    ] = "open"
    limit: Limit = 100
    cursor: Cursor = ""


class Factors(Query, frozen=True):
    category: Literal["", "technical", "organisational", "human-factors", "process", "external", "luck"] = ""
    role: Literal["", "enabler", "mitigator", "surprise", "risk", "difficulty"] = ""
    theme: Annotated[str, Meta(max_length=100, description="its name, however it is written")] = ""
    incident: wire.RowId | None = None
    q: Search = ""
    limit: Limit = 100
    cursor: Cursor = ""


class Learnings(Query, frozen=True):
    incident: wire.RowId | None = None
    q: Search = ""
    limit: Limit = 100
    cursor: Cursor = ""


class ReviewKind(Query, frozen=True):
    kind: Annotated[Literal["internal", "external"], Meta(description="external: for customers")] = "internal"


class PublishedForm(Query, frozen=True):
    format: Literal["json", "markdown", "html"] = "json"


class ReviewPaper(Query, frozen=True):
    kind: Annotated[Literal["internal", "external"], Meta(description="external: for customers")] = "internal"
    format: Literal["json", "markdown", "html"] = "json"


class UpdateDraft(Query, frozen=True):
    audience: Annotated[str, Meta(min_length=1, max_length=100)] = "internal"
    phase: Literal["", "investigating", "identified", "monitoring", "resolved"] = ""


class Reports(Query, frozen=True):
    state: Annotated[
        Literal[
            "open", "triage", "owed", "all", "new", "acknowledged", "triaging", "awaiting_reporter", "linked",
            "duplicate", "ticketed", "no_fault_found", "followed_up", "closed",
        ],
        Meta(description="triage: without an outcome yet; owed: not followed up"),
    ] = "open"  # fmt: skip
    channel: Annotated[str, Meta(max_length=100, description="the instance; local for the socket")] = ""
    kind: Literal["", "end_user", "oss_developer", "internal_team"] = ""
    service: Annotated[str, Meta(max_length=100)] = ""
    priority: Literal["", "P1", "P2", "P3", "P4", "P5"] = ""
    owner: Annotated[str, Meta(max_length=64, description="whose they are")] = ""
    mine: Annotated[bool, Meta(description="the caller's only")] = False
    customer_id: wire.RowId | None = None
    incident_id: wire.RowId | None = None
    late: Annotated[bool, Meta(description="only where a first response or the next word is overdue")] = False
    q: Search = ""
    limit: Limit = 100
    cursor: Cursor = ""


class Customers(Query, frozen=True):
    q: Search = ""
    limit: Limit = 100
    cursor: Cursor = ""


class Subscribers(Query, frozen=True):
    channel: Annotated[str, Meta(max_length=100, description="of this one only")] = ""


class Schedules(Query, frozen=True):
    schedule: Annotated[str, Meta(max_length=64, description="this one only")] = ""
    starts_at: Annotated[wire.Instant | None, Meta(description="default: now")] = None
    ends_at: Annotated[wire.Instant | None, Meta(description="default: four weeks later; a year at most")] = None


class Modes(Query, frozen=True):
    team: Annotated[str, Meta(max_length=64, description="its people only")] = ""
    starts_at: Annotated[wire.Instant | None, Meta(description="default: now")] = None
    ends_at: Annotated[wire.Instant | None, Meta(description="default: 13 weeks later; a year at most")] = None


class Export(Query, frozen=True):
    format: Annotated[Literal["json", "markdown", "ics"], Meta(description="ics: iCalendar")] = "json"


class File(Query, frozen=True):
    format: Annotated[Literal["json", "file"], Meta(description="file: the file itself")] = "json"


class AsOf(Query, frozen=True):
    as_of: Annotated[wire.Instant | None, Meta(description="what was known then; default: now")] = None


class Policy(Query, frozen=True):
    at: Annotated[wire.Instant | None, Meta(description="whom its steps stand for then; default: now")] = None


class PolicyTest(Query, frozen=True):
    severity: Annotated[str, Meta(max_length=60, description="the alert's label `severity`")] = ""
    urgency: Literal["high", "low"] = "high"
    at: Annotated[wire.Instant | None, Meta(description="when the page begins; default: now")] = None


class Handovers(Query, frozen=True):
    state: Annotated[
        Literal["current", "open", "running", "draft", "sent", "accepted", "lapsed", "all"],
        Meta(description="current: blocks that run, and what is open; open: draft or sent"),
    ] = "current"
    schedule: Annotated[str, Meta(max_length=64, description="of this one only")] = ""
    person: Annotated[str, Meta(max_length=64, description="from or to this one only")] = ""
    mine: Annotated[bool, Meta(description="from or to the caller only")] = False


class Interruptions(Query, frozen=True):
    team: Annotated[str, Meta(max_length=64, description="of its people only")] = ""
    days: Annotated[int, Meta(ge=1, le=366, description="how far back")] = 28


class Protection(Query, frozen=True):
    weeks: Annotated[int, Meta(ge=1, le=52, description="how many, this one among them")] = 13


class ModePlan(Query, frozen=True):
    starts_at: Annotated[wire.Instant | None, Meta(description="default: the next Monday at nine")] = None
    weeks: Annotated[int, Meta(ge=1, le=52)] = 13
    replace: Annotated[bool, Meta(description="plan anew what is planned already")] = False


class Rests(Query, frozen=True):
    state: Annotated[
        Literal["open", "offered", "taken", "declined", "over", "all"], Meta(description="open: offered or taken")
    ] = "open"
    mine: Annotated[bool, Meta(description="the caller's only")] = False


class ShiftRequests(Query, frozen=True):
    state: Literal["open", "accepted", "declined", "cancelled", "expired", "all"] = "open"
    mine: Annotated[bool, Meta(description="from or to the caller only")] = False


class RouteTest(Query, frozen=True):
    label: Annotated[tuple[str, ...], Meta(max_length=90, description="NAME=VALUE of the alert, repeatable")] = ()


class Events(Query, frozen=True):
    """For a page `after` defaults to 0, for a stream to Last-Event-ID, else to now."""

    after: Seq | None = None
    limit: Limit = 100


Q = TypeVar("Q", bound=Query)


def parse_query(raw: str, kind: type[Q]) -> Q:
    """The percent-encoded query `raw` as a `kind`. Raises `Fault` (400) naming the parameter."""
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
    except UnicodeDecodeError:
        raise invalid("the query is no UTF-8", remedy="percent-encode UTF-8 bytes") from None
    except ValueError:
        raise invalid(f"the query has more than {_MAX_PARAMETERS} parameters", remedy="send fewer") from None
    lists = {field.name for field in msgspec.structs.fields(kind) if field.default == ()}
    values: dict[str, object] = {}
    for name, value in pairs:
        if name in lists:
            values[name] = (*_texts(values.get(name)), value)
        elif name in values:
            raise invalid("given twice", field=name, remedy="give this parameter once")
        else:
            values[name] = value
    try:
        query = msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise shape_fault(str(error), kind) from None
    check_values(query)
    return query


def _texts(present: object) -> tuple[str, ...]:
    return present if isinstance(present, tuple) else ()
