"""process.toml: the routing tree, update cadence and review windows."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
import pydantic

from incidentd.configuration.faults import Fault, did_you_mean, from_pydantic, nearest_line
from incidentd.configuration.toml_file import TomlFile
from incidentd.configuration.values import Duration, Table
from incidentd.domain.matchers import BadMatcher, Matcher, parse_matcher
from incidentd.domain.process import (
    DEFAULT_CADENCE,
    DEFAULT_REVIEW_NAME,
    DEFAULT_REVIEW_WINDOWS,
    Process,
    ReviewWindow,
    default_process,
)
from incidentd.domain.routing import GROUP_INTERVAL, GROUP_WAIT, REPEAT_INTERVAL, Route
from incidentd.domain.severity import Severity

_MAX_DEPTH = 20


def _matcher(value: Any) -> Matcher:
    if isinstance(value, Matcher):
        return value
    if not isinstance(value, str):
        raise ValueError('is no matcher: write a text like "severity=critical"')
    try:
        return parse_matcher(value)
    except BadMatcher as error:
        raise ValueError(str(error)) from error


MatcherText = Annotated[Matcher, pydantic.BeforeValidator(_matcher)]


class RouteTable(Table):
    """A node of the routing tree; what it does not state it inherits from the node above."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    name: str = ""
    matchers: tuple[MatcherText, ...] = ()
    continue_: bool = pydantic.Field(default=False, alias="continue")
    service: str | None = None
    policy: str | None = None
    urgency: Literal["high", "low"] | None = None
    group_by: tuple[str, ...] | None = None
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    page: bool | None = None
    routes: tuple[RouteTable, ...] = ()


class CadenceTable(Table):
    """How long after an update in a phase the next one is due."""

    investigating: Duration
    identified: Duration
    monitoring: Duration


class UpdatesTable(Table):
    """`[updates]`; a severity that is not named keeps its default."""

    cadence: dict[Severity, CadenceTable] = pydantic.Field(default={})


class WindowTable(Table):
    floor: Duration
    ceiling_business_days: int = pydantic.Field(ge=1, le=90)


class ReviewTable(Table):
    """`[review]`; a severity that is not named keeps its default."""

    name: str = pydantic.Field(default=DEFAULT_REVIEW_NAME, min_length=1, max_length=60)
    windows: dict[Severity, WindowTable] = pydantic.Field(default={})


class RolesTable(Table):
    """`[roles]`: severities at which mitigation and communications must be led by two people."""

    separate_at: tuple[Severity, ...] = (Severity.SEV1, Severity.SEV2)


class _File(Table):
    resolve_timeout: Duration = timedelta(minutes=5)
    route: RouteTable = RouteTable()
    updates: UpdatesTable = UpdatesTable()
    review: ReviewTable = ReviewTable()
    roles: RolesTable = RolesTable()


_ROOT = Route(id="root", group_wait=GROUP_WAIT, group_interval=GROUP_INTERVAL, repeat_interval=REPEAT_INTERVAL)
_INHERITED = ("service", "policy", "urgency", "group_by", "group_wait", "group_interval", "repeat_interval", "page")


def _route(table: RouteTable, above: Route, route_id: str) -> Route:
    """The node with everything inherited filled in."""
    stated = {name: getattr(table, name) for name in _INHERITED if getattr(table, name) is not None}
    own = {"id": route_id, "name": table.name, "matchers": table.matchers, "continue_": table.continue_, "routes": ()}
    node = msgspec.structs.replace(above, **own, **stated)
    children = tuple(_route(child, node, f"{route_id}/{index}") for index, child in enumerate(table.routes))
    return msgspec.structs.replace(node, routes=children)


def _depth(table: RouteTable) -> int:
    return 1 + max((_depth(child) for child in table.routes), default=0)


def version_of(data: dict[str, Any]) -> str:
    """The process version: 12 hex digits of a hash over the file's content, not its layout."""
    canonical = msgspec.json.encode(data, order="deterministic")
    return hashlib.sha256(canonical).hexdigest()[:12]


def _validate(parsed: _File, policies: set[str] | None, file: TomlFile, faults: list[Fault]) -> None:
    def walk(table: RouteTable, key: str) -> None:
        if table.policy is not None and policies is not None and table.policy not in policies:
            where = f"{key}.policy"
            faults.append(
                Fault(
                    file=str(file.path),
                    line=nearest_line(file.lines, where),
                    key=where,
                    message=f"there is no policy {table.policy!r} in the roster",
                    remedy=did_you_mean(table.policy, policies),
                )
            )
        for index, child in enumerate(table.routes):
            walk(child, f"{key}.routes.{index}")

    walk(parsed.route, "route")
    if parsed.route.matchers:
        line = nearest_line(file.lines, "route.matchers")
        message = "the root of the tree takes every alert"
        faults.append(
            Fault(file=str(file.path), line=line, key="route.matchers", message=message, remedy="move them to a child")
        )
    if _depth(parsed.route) > _MAX_DEPTH:
        message = f"is deeper than {_MAX_DEPTH} levels"
        faults.append(Fault(file=str(file.path), line=nearest_line(file.lines, "route"), key="route", message=message))


def read_process_file(file: TomlFile, policies: set[str] | None, faults: list[Fault]) -> Process:
    """Validate process.toml; faults are added to `faults`.

    `policies` are the names in the roster, None when that file is broken itself.
    """
    if not file.data:
        return default_process()
    before = len(faults)
    try:
        parsed = _File.model_validate(file.data)
    except (pydantic.ValidationError, RecursionError) as error:
        if isinstance(error, RecursionError):
            faults.append(Fault(file=str(file.path), line=0, key="route", message="is nested too deeply"))
        else:
            faults += from_pydantic(error, _File, file.path, file.lines)
        return default_process()
    _validate(parsed, policies, file, faults)
    if len(faults) > before:
        return default_process()
    cadence = {level: dict(table) for level, table in parsed.updates.cadence.items()}
    windows = {
        level: ReviewWindow(floor=table.floor, ceiling_business_days=table.ceiling_business_days)
        for level, table in parsed.review.windows.items()
    }
    return Process(
        version=version_of(file.data),
        route=_route(parsed.route, _ROOT, "root"),
        resolve_timeout=parsed.resolve_timeout,
        cadence={**DEFAULT_CADENCE, **cadence},
        review_name=parsed.review.name,
        review_windows={**DEFAULT_REVIEW_WINDOWS, **windows},
        separation_severities=frozenset(parsed.roles.separate_at),
    )
