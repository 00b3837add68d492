"""The process as a versioned thing: what a version is, and what may become of it.

A version is what its settings and texts mean; the same meaning is the same version, whoever brings it up again.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from incidentd.domain.adoption import AdoptionSettings


class State(enum.StrEnum):
    """One version at a time is adopted: it is in force."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class How(enum.StrEnum):
    """By what the version in force is so. FILE: process.toml says it, and a changed one is followed at the next reload.
    ADOPTED: somebody adopted it, and process.toml is no more than a proposal."""

    FILE = "file"
    ADOPTED = "adopted"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A process as it is written. `text` is TOML without comments, "" for the built-in process.

    `files` are those it names, by name. `reason` and `because` (why, by key) are what `[adoption]` says about it; they
    are no part of what it means.
    """

    text: str
    files: Mapping[str, str] = {}
    reason: str = ""
    because: Mapping[str, str] = {}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need to know of a version."""

    name: str
    state: State
    how: How
    proposed_by: str


class Objection(msgspec.Struct, frozen=True):
    """Why something cannot be done, and what can."""

    what: str
    remedy: str


def name_of(number: int | None) -> str:
    """What people call a version; "" for one that was never recorded."""
    return "" if number is None else f"V-{number}"


def not_adoptable(
    version: Standing, by: str, settings: AdoptionSettings, *, how: How, admin: bool, fresh: bool = False
) -> Objection | None:
    """What keeps `by` from putting `version` in force as `how`; `settings` are the strictest that count.

    `fresh`: it would be proposed in the same step, and is not there when this is refused.
    """
    name = version.name
    if version.state is State.ADOPTED and version.how is how:
        return Objection(f"{name} is in force already", f"incidentctl process show {name}")
    if version.state in (State.DECLINED, State.WITHDRAWN):
        remedy = f"propose it again: incidentctl process propose {name} --reason ..."
        return Objection(f"{name} was {version.state}", remedy)
    if settings.role == "admin" and not admin:
        return Objection("the process lets administrators adopt only", "ask somebody with the role admin")
    return _not_alone(version, by, fresh=fresh) if settings.second_person else None


def _not_alone(version: Standing, by: str, *, fresh: bool) -> Objection | None:
    """What a second person is still needed for: to go back to a former version is a proposal like any other."""
    name = version.name
    if fresh:
        remedy = "propose it (incidentctl process propose), and let somebody else adopt it"
        return Objection("the process asks for a second person", remedy)
    if version.state is State.SUPERSEDED:
        remedy = f"propose it again: incidentctl process propose {name} --reason ..."
        return Objection(f"{name} was in force before, and the process asks for a second person", remedy)
    if version.proposed_by == by:
        what = f"{name} was proposed by you, and the process asks for a second person"
        return Objection(what, f"let somebody else read it: incidentctl process adopt {name}")
    return None


def not_declinable(version: Standing) -> Objection | None:
    """What keeps anybody from declining it."""
    if version.state is State.PROPOSED:
        return None
    return Objection(f"{version.name} is {version.state}, not proposed", "incidentctl process history lists versions")


def not_withdrawable(version: Standing, by: str) -> Objection | None:
    """What keeps `by` from taking it back."""
    if version.state is State.PROPOSED and version.proposed_by != by:
        remedy = f"decline it: incidentctl process decline {version.name} --reason ..."
        return Objection(f"{version.name} was proposed by {version.proposed_by}", remedy)
    return not_declinable(version)


def not_proposable(version: Standing) -> Objection | None:
    """What keeps anybody from proposing a version that is known already."""
    name = version.name
    if version.state is State.ADOPTED:
        return Objection(f"{name} is in force and means the same", f"incidentctl process show {name}")
    if version.state is State.PROPOSED:
        return Objection(f"{name} is proposed and means the same", f"incidentctl process adopt {name} --reason ...")
    return None
