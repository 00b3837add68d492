"""process.toml: the routing tree, the update cadence and the review, and the version they make together."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
import pydantic

from incidentd.configuration.adoption_table import AdoptionTable, adoption_settings, broken_adoption
from incidentd.configuration.audiences import Audiences, audiences, broken_audiences
from incidentd.configuration.chat_table import ChatTable, broken_chat, chat
from incidentd.configuration.documents import Document
from incidentd.configuration.learning_tables import LearningTable, broken_learning, digest
from incidentd.configuration.letter_tables import LetterTable, broken_letter, letter
from incidentd.configuration.named_files import NamedFiles
from incidentd.configuration.problems import ConfigurationError, suggestion
from incidentd.configuration.rehearsal_tables import RehearsalTable, own_cards
from incidentd.configuration.retro_tables import RetroTable, broken_retro, retro_settings
from incidentd.configuration.review_tables import ReviewTable, review_settings, with_papers, with_wording
from incidentd.configuration.role_tables import ChecklistTable, RolesTable, broken_checklists, checklists, communicators
from incidentd.configuration.severity_tables import SeverityTable, broken_severity, severity_matrix
from incidentd.configuration.support_references import broken_support
from incidentd.configuration.support_tables import SupportTable, support
from incidentd.configuration.time_intervals import Intervals, time_intervals
from incidentd.configuration.update_tables import UpdatesTable, cadence, update_rules
from incidentd.configuration.values import Duration, Name, PositiveDuration, Table, parse_duration, unknown
from incidentd.domain.contact_limits import SMS, USUAL, VOICE, Limit, Limits
from incidentd.domain.dependencies import DEFAULT_SOURCE, HOLD, DependencyRule
from incidentd.domain.inhibition import InhibitRule
from incidentd.domain.maintenance import ANNOUNCE, ENDS_SOON, SEVERITIES, MaintenanceSettings
from incidentd.domain.matchers import BadMatcher, Matcher, parse_matcher
from incidentd.domain.people import DEFAULT_POLICY, Roster
from incidentd.domain.process import Process, default_process
from incidentd.domain.routing import Route, keyed, walk_routes
from incidentd.domain.toml_lines import Path

PROCESS_FILE = "process.toml"
MAX_DEPTH = 20
_LONGEST_LIMIT = timedelta(days=1)
_INHERITED = (
    "service", "policy", "urgency", "group_by", "group_wait", "group_interval", "repeat_interval", "page"
)  # fmt: skip
_INTERVAL_KEYS = ("mute_time_intervals", "active_time_intervals")  # Alertmanager inherits neither


def _matcher(value: Any) -> Matcher:
    if not isinstance(value, str):
        raise ValueError('is no matcher — write text: "severity=critical"')
    try:
        return parse_matcher(value)
    except BadMatcher as error:
        remedy = f" — {error.remedy}" if error.remedy else ""
        raise ValueError(str(error).replace(" is no matcher: ", " is no matcher — ") + remedy) from None


def _at_least_one(matchers: list[Matcher]) -> list[Matcher]:
    if not matchers:
        raise ValueError('has no matcher, so it would fit every alert — write for example ["severity=critical"]')
    return matchers


class RouteTable(Table):
    """A key that is not given is inherited from the route above, the two of time intervals excepted."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    name: str = ""
    match: list[Annotated[Matcher, pydantic.PlainValidator(_matcher)]] = pydantic.Field(default=[])
    continue_: bool = pydantic.Field(default=False, alias="continue")
    service: str | None = None
    policy: str | None = None
    urgency: Literal["high", "low"] | None = None
    group_by: tuple[str, ...] | None = None
    group_wait: Duration | None = None
    group_interval: PositiveDuration | None = None
    repeat_interval: PositiveDuration | None = None
    page: bool | None = None
    mute_time_intervals: tuple[str, ...] = ()
    active_time_intervals: tuple[str, ...] = ()
    routes: list[RouteTable] = pydantic.Field(default=[])


class InhibitTable(Table):
    """While an alert fires that fulfils `source`, those that fulfil `target` with equal labels `equal` page nobody."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    name: str = ""
    source: Annotated[
        list[Annotated[Matcher, pydantic.PlainValidator(_matcher)]], pydantic.AfterValidator(_at_least_one)
    ]
    target: Annotated[
        list[Annotated[Matcher, pydantic.PlainValidator(_matcher)]], pydantic.AfterValidator(_at_least_one)
    ]
    equal: tuple[Annotated[str, pydantic.Field(min_length=1, max_length=1024)], ...] = ()


class DependenciesTable(Table):
    """While an alert that fulfils `source` fires, those of services that depend on its service wait up to `hold`."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    source: Annotated[
        list[Annotated[Matcher, pydantic.PlainValidator(_matcher)]], pydantic.AfterValidator(_at_least_one)
    ] = pydantic.Field(default=list(DEFAULT_SOURCE))
    hold: Duration = HOLD


class MaintenanceTable(Table):
    """`severities` are values of the label `severity`, the worst first."""

    announce: Annotated[tuple[PositiveDuration, ...], pydantic.Field(max_length=10)] = ANNOUNCE
    ends_soon: PositiveDuration = ENDS_SOON
    severities: Annotated[tuple[str, ...], pydantic.Field(min_length=1, max_length=50)] = SEVERITIES


def _limit(value: Any) -> Limit:
    count, slash, per = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not slash or not count.isascii() or not count.isdecimal() or not 0 < int(count[:4]) <= 1000:
        raise ValueError('is no limit — write messages and a time: "1/1m", "3/15m"')
    length = parse_duration(per)
    if not timedelta(0) < length <= _LONGEST_LIMIT:
        raise ValueError("must look at more than nothing and at most a day — write for example 1/1m")
    return Limit(int(count), length)


LimitList = tuple[Annotated[Limit, pydantic.PlainValidator(_limit)], ...]


class LimitsTable(Table):
    """How often one contact method may ring; an empty list is no limit."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    usual: LimitList = USUAL
    voice: LimitList = VOICE
    sms: LimitList = SMS
    by_notifier: dict[Name, LimitList] = pydantic.Field(default={})


class ProcessFile(Table):
    route: RouteTable = RouteTable()
    inhibit: list[InhibitTable] = pydantic.Field(default=[])
    dependencies: DependenciesTable = DependenciesTable()
    time_intervals: Intervals = pydantic.Field(default={})
    maintenance: MaintenanceTable = MaintenanceTable()
    severity: SeverityTable = SeverityTable()
    rehearsal: RehearsalTable = RehearsalTable()
    updates: UpdatesTable = UpdatesTable()
    audiences: Audiences = pydantic.Field(default={})
    review: ReviewTable = ReviewTable()
    roles: RolesTable = RolesTable()
    checklists: Annotated[list[ChecklistTable], pydantic.Field(max_length=100)] = pydantic.Field(default=[])
    limits: LimitsTable = LimitsTable()
    support: SupportTable = SupportTable()
    chat: ChatTable = ChatTable()
    learning: LearningTable = LearningTable()
    adoption: AdoptionTable = AdoptionTable()
    retro: RetroTable = RetroTable()
    letter: LetterTable | None = None


def read_process(document: Document, policies: Collection[str] | None, named: NamedFiles | None = None) -> Process:
    """The process of a file, or the built-in one. `policies` are those a route may name, None for any.

    Files that it names are read from `named`, and not at all without it.

    Raises `ConfigurationError` with every fault.
    """
    if not document.exists:
        return default_process()
    _check_depth(document)
    file = document.validate(ProcessFile)
    faults = [
        document.fault(path, *why)
        for path, why in (
            *_broken_routes(file.route, ("route",), policies),
            *_broken_intervals(file.route, ("route",), file.time_intervals),
            *broken_severity(file.severity),
            *broken_checklists(file.checklists),
            *broken_support(file.support, policies),
            *broken_audiences(file.audiences, [rule.audiences for rule in file.support.propagate]),
            *broken_chat(file.chat),
            *broken_learning(file.learning, file.audiences),
            *broken_retro(file.retro, file.audiences),
            *broken_adoption(file.adoption, document.data),
            *broken_letter(file.letter, file.audiences),
        )
    ]
    if faults:
        raise ConfigurationError(faults)
    process = Process(
        version="",
        route=keyed(_route(file.route, Route(id=""), "root")),
        inhibit=tuple(_rule(table) for table in file.inhibit),
        dependencies=DependencyRule(source=tuple(file.dependencies.source), hold=file.dependencies.hold),
        time_intervals=time_intervals(file.time_intervals),
        maintenance=MaintenanceSettings(**dict(file.maintenance)),
        matrix=severity_matrix(file.severity),
        cards=own_cards(file.rehearsal),
        cadence=cadence(file.updates),
        updates=update_rules(file.updates),
        audiences=audiences(file.audiences),
        separation_severities=file.roles.separate,
        communicators=communicators(file.roles),
        checklists=checklists(file.checklists),
        limits=Limits(
            usual=file.limits.usual,
            voice=file.limits.voice,
            sms=file.limits.sms,
            by_notifier=file.limits.by_notifier,
        ),
        support=support(file.support),
        chat=chat(file.chat),
        digest=digest(file.learning),
        adoption=adoption_settings(file.adoption),
        retro=retro_settings(file.retro),
        letter=letter(file.letter),
        **review_settings(file.review),
    )
    process = with_wording(process, document, file.review, named)
    process = with_papers(process, document, file.review, named)
    return msgspec.structs.replace(process, version=_version(process))


def route_problems(process: Process, roster: Roster) -> Iterable[str]:
    """What the tree says that may leave a page unread."""
    if not roster.services:
        return
    for route in walk_routes(process.route):
        if route.service and route.service not in roster.services:
            yield f"route {route.name or route.id} names service {route.service}, which the roster does not have"


def _check_depth(document: Document) -> None:
    """Refuse deep trees before they are walked by recursion."""
    here: list[tuple[object, Path]] = [(document.data.get("route"), ("route",))]
    for _ in range(MAX_DEPTH):
        here = [
            (child, (*above, "routes", index))
            for table, above in here
            if isinstance(table, Mapping) and isinstance(table.get("routes"), list)
            for index, child in enumerate(table["routes"])
        ]
    if here:
        remedy = f"nest routes at most {MAX_DEPTH} deep"
        raise ConfigurationError([document.fault(here[0][1], "is nested too deeply", remedy)])


def _broken_routes(
    table: RouteTable, path: Path, policies: Collection[str] | None
) -> Iterable[tuple[Path, tuple[str, str]]]:
    if path == ("route",) and table.match:
        yield (*path, "match"), ("the first route takes every alert", "move the matchers into a [[route.routes]]")
    if path == ("route",) and table.continue_:
        yield (*path, "continue"), ("has no meaning here", "remove it")
    if table.policy and policies is not None and table.policy not in {*policies, DEFAULT_POLICY}:
        yield (*path, "policy"), unknown("policy", table.policy, policies)
    for index, child in enumerate(table.routes):
        yield from _broken_routes(child, (*path, "routes", index), policies)


def _broken_intervals(table: RouteTable, path: Path, known: Collection[str]) -> Iterable[tuple[Path, tuple[str, str]]]:
    for key in _INTERVAL_KEYS:
        names: tuple[str, ...] = getattr(table, key)
        if names and path == ("route",):
            yield (*path, key), ("the first route takes every alert at every hour", "move it into a [[route.routes]]")
            continue
        for index, name in enumerate(names):
            if name not in known:
                remedy = suggestion(name, known, otherwise=f"add [time_intervals.{name}]")
                yield (*path, key, index), (f'"{name}" is no time interval', remedy)
    for index, child in enumerate(table.routes):
        yield from _broken_intervals(child, (*path, "routes", index), known)


def _route(table: RouteTable, above: Route, identity: str) -> Route:
    """`table` with what it does not state taken from `above`."""
    stated = {key: getattr(table, key) for key in _INHERITED if getattr(table, key) is not None}
    route = msgspec.structs.replace(
        above,
        id=identity,
        name=table.name,
        matchers=tuple(table.match),
        continue_=table.continue_,
        routes=(),
        mute_time_intervals=table.mute_time_intervals,
        active_time_intervals=table.active_time_intervals,
        **stated,
    )
    children = tuple(_route(child, route, f"{identity}/{index}") for index, child in enumerate(table.routes))
    return msgspec.structs.replace(route, routes=children)


def _rule(table: InhibitTable) -> InhibitRule:
    return InhibitRule(
        name=table.name, source=tuple(table.source), target=tuple(table.target), equal=tuple(sorted(set(table.equal)))
    )


def _version(process: Process) -> str:
    """12 hex digits of what the settings mean: a comment or another order of keys is no new version."""
    return hashlib.sha256(msgspec.json.encode(process, order="sorted")).hexdigest()[:12]
