"""Figures of how a team is left alone: project days without a leak, work that support absorbed, rest, handovers."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.figures.cases import Case, of_part, of_team
from incidentd.domain.figures.facts import Facts
from incidentd.domain.interruptions import reason_words


def leak_free(facts: Facts) -> Iterator[Case]:
    """One a project day."""
    for one in facts.project_days:
        yield of_team(facts, one.team, one.at, float(not one.leaked), name=f"{one.day}")


def absorbed(facts: Facts) -> Iterator[Case]:
    """One a piece of reactive work."""
    for one in facts.work:
        kind, _, number = one.subject.partition(":")
        name = f"P-{number}" if kind == "page" else f"{one.at:%Y-%m-%d}"
        yield of_team(
            facts, one.team, one.at, float(one.absorbed), name=name, subject=one.subject or f"team:{one.team}",
            part=kind or "by hand",
        )  # fmt: skip


def interruptions(facts: Facts) -> Iterator[Case]:
    """One an interruption of project work."""
    for one in facts.pulled:
        yield of_part(
            facts, f"team:{one.team}", f"{one.at:%Y-%m-%d}", one.at, 1.0, None,
            team=one.team, service=one.service, part=reason_words(one.reason),
        )  # fmt: skip


def rested(facts: Facts) -> Iterator[Case]:
    """One a heavy shift whose offer of rest was answered, or is over."""
    for one in facts.heavy:
        yield of_team(
            facts, one.team, one.week, float(one.outcome == "taken"), name=f"week of {one.week:%Y-%m-%d}",
            part=one.outcome,
        )  # fmt: skip


def handed_over(facts: Facts) -> Iterator[Case]:
    """One a duty block that ended."""
    for one in facts.handovers:
        yield of_team(
            facts, one.team, one.at, float(one.outcome == "in time"), name=f"{one.schedule} {one.at:%Y-%m-%d}",
            subject=f"schedule:{one.schedule}", part=one.outcome,
        )  # fmt: skip
