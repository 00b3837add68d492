"""Names in `[support]` that refer to nothing, and settings that contradict each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from incidentd.configuration.schedules import Broken
from incidentd.configuration.support_tables import PropagateTable, SupportTable, WeightsTable
from incidentd.configuration.values import unknown
from incidentd.domain.canned_replies import ASK, PLACEHOLDERS, RECEIPT, unguarded
from incidentd.domain.people import DEFAULT_POLICY, Roster
from incidentd.domain.support import DEFAULT_CALENDAR, Support
from incidentd.domain.triage import Question

_UNSURE = frozenset(PLACEHOLDERS) - {"reference", "subject"}


def broken_support(table: SupportTable, policies: Collection[str] | None) -> Iterable[Broken]:
    """What can never be, and what refers to nothing. `policies` are those that may be named, None for any."""
    calendars = {DEFAULT_CALENDAR, *table.calendars}
    for kind, clocks in table.clocks.items():
        if clocks.calendar not in calendars:
            yield ("support", "clocks", kind.value, "calendar"), unknown("calendar", clocks.calendar, calendars)
    for kind, questions in table.questions.items():
        if questions.required is not None and not any(_weight(one, table.weights) for one in questions.required):
            what = "holds no question that counts, so every report would be complete"
            yield ("support", "questions", kind.value, "required"), (what, 'write for example ["who", "reproduce"]')
    for index, rule in enumerate(table.propagate):
        yield from _broken_rule(("support", "propagate", index), rule, policies)
    if policies is not None and table.missed.policy not in {"", DEFAULT_POLICY, *policies}:
        yield ("support", "missed", "policy"), unknown("policy", table.missed.policy, policies)
    if unsure := _UNSURE & unguarded(table.replies.get(RECEIPT, "")):
        what = f"uses {{{min(unsure)}}}, which a new report may not have"
        yield ("support", "replies", RECEIPT), (what, f"say what stands there without it: {{{min(unsure)}|...}}")
    if ASK in table.replies and "{question}" not in table.replies[ASK]:
        yield ("support", "replies", ASK), ("does not hold {question}, so it would ask nothing", "add {question}")


def _weight(question: Question, weights: WeightsTable) -> int:
    behaviour = question in (Question.OBSERVED, Question.EXPECTED)
    return weights.behaviour if behaviour else getattr(weights, question.value)


def _broken_rule(
    path: tuple[str | int, ...], rule: PropagateTable, policies: Collection[str] | None
) -> Iterable[Broken]:
    targets = [key for key in ("team", "schedule", "policy") if getattr(rule, key)]
    if len(targets) > 1:
        yield (*path, targets[1]), (f"is beside `{targets[0]}`", "keep one of them: a rule has one target")
    if rule.policy and policies is not None and rule.policy not in {DEFAULT_POLICY, *policies}:
        yield (*path, "policy"), unknown("policy", rule.policy, policies)


def support_problems(support: Support, roster: Roster, channels: Collection[str]) -> Iterable[str]:
    """Names that the other files do not have: what they stand for would reach nobody."""
    for name in support.receipts:
        if name not in channels:
            yield f"support.receipts names {name}, which is no channel of incidentd.toml"
    if not roster.people:
        return
    if support.schedule and support.schedule not in roster.schedules:
        yield f"support.schedule names {support.schedule}, which the roster does not have"
    for rule in support.propagate:
        named = (
            ("team", (rule.team,), roster.teams),
            ("schedule", (rule.schedule,), roster.schedules),
            ("service", rule.services, roster.services),
        )
        for kind, names, known in named:
            for name in names:
                if name and name not in known:
                    yield f"propagation rule {rule.name} names {kind} {name}, which the roster does not have"
