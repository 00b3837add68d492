"""Escalation policies in roster.toml: `[policies.NAME]`, their steps and targets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple

import pydantic

from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import Name, PositiveDuration, Table, unknown
from incidentd.domain.people import LONGEST_ACKNOWLEDGEMENT, EscalationPolicy, Step, Target, TargetKind
from incidentd.domain.toml_lines import Path

_SHAPES = '"person:HANDLE", "schedule:NAME", "team:NAME" (one of them, in turn) or "channel:TEAM"'


def _target(value: Any) -> Target:
    kind, colon, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not colon or kind not in set(TargetKind) or not name:
        raise ValueError(f"is no target — write {_SHAPES}")
    return Target(TargetKind(kind), name)


def _holds(value: timedelta | None) -> timedelta | None:
    if value is not None and value > LONGEST_ACKNOWLEDGEMENT:
        raise ValueError("is longer than 30 days — leave it out for acknowledgements that hold until the page is over")
    return value


class StepTable(Table):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    targets: Annotated[list[Annotated[Target, pydantic.PlainValidator(_target)]], pydantic.Field(min_length=1)]
    delay: PositiveDuration = timedelta(minutes=5)
    acks: Annotated[int, pydantic.Field(ge=1, le=20)] = 1


class PolicyTable(Table):
    steps: Annotated[list[StepTable], pydantic.Field(min_length=1)]
    repeat: Annotated[int, pydantic.Field(ge=0, le=100)] = 2
    by_severity: dict[Annotated[str, pydantic.Field(min_length=1, max_length=60)], Name] = pydantic.Field(default={})
    by_urgency: dict[Literal["high", "low"], Name] = pydantic.Field(default={})
    ack_timeout: Annotated[PositiveDuration | None, pydantic.AfterValidator(_holds)] = None

    @property
    def named(self) -> Mapping[Path, str]:
        """The policies it names for a severity or an urgency, by the keys that do."""
        found: dict[Path, str] = {("by_severity", key): name for key, name in self.by_severity.items()}
        return found | {("by_urgency", key): name for key, name in self.by_urgency.items()}


def policy(name: str, table: PolicyTable) -> EscalationPolicy:
    """A policy as its table states it."""
    return EscalationPolicy(
        name=name,
        steps=tuple(Step(targets=tuple(step.targets), delay=step.delay, acks=step.acks) for step in table.steps),
        repeat=table.repeat,
        by_severity=table.by_severity,
        by_urgency={str(key): name for key, name in table.by_urgency.items()},
        ack_timeout=table.ack_timeout,
    )


class Known(NamedTuple):
    """What policies may refer to: by kind of target the names at which somebody can be written to, and all teams."""

    names: Mapping[TargetKind, Collection[str]]
    teams: Collection[str]
    people_of: Callable[[Target], Iterable[str]]


def broken_policies(tables: Mapping[str, PolicyTable], known: Known) -> Iterable[Broken]:
    """What refers to nothing, and what can never be."""
    for name, table in tables.items():
        broken = list(_broken_targets(("policies", name), table, known))
        yield from broken or _too_many_acks(("policies", name), table, known)
        yield from _broken_choices(name, tables)


def _broken_targets(path: Path, table: PolicyTable, known: Known) -> Iterable[Broken]:
    for at, step in enumerate(table.steps):
        for index, target in enumerate(step.targets):
            if target.name not in known.names[target.kind]:
                yield (*path, "steps", at, "targets", index), _missing(target, known)


def _too_many_acks(path: Path, table: PolicyTable, known: Known) -> Iterable[Broken]:
    people = {handle for step in table.steps for target in step.targets for handle in known.people_of(target)}
    for at, step in enumerate(table.steps):
        if step.acks > max(len(people), 1):
            what = f"asks for {step.acks} people, and the policy names {len(people)}"
            yield (*path, "steps", at, "acks"), (what, "ask for fewer, or name more people")


def _missing(target: Target, known: Known) -> tuple[str, str]:
    if target.kind not in (TargetKind.TEAM, TargetKind.CHANNEL):
        return unknown(target.kind.value, target.name, known.names[target.kind])
    if target.name not in known.teams:
        return unknown("team", target.name, known.teams)
    lacks = "members" if target.kind is TargetKind.TEAM else "channel"
    return f'team "{target.name}" has no {lacks}', f"add {lacks} = [...] to [teams.{target.name}]"


def _broken_choices(name: str, tables: Mapping[str, PolicyTable]) -> Iterable[Broken]:
    for path, other in tables[name].named.items():
        if other not in tables:
            yield ("policies", name, *path), unknown("policy", other, tables)
        elif tables[other].named:
            what = f'"{other}" names other policies itself, so it is not clear which one counts'
            yield (
                ("policies", name, *path),
                (what, "name one without by_severity and by_urgency"),
            )
