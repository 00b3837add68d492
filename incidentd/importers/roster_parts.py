"""The roster that an import puts together: names for the vendor's objects, and the tables of roster.toml."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from typing import Any

import msgspec

from incidentd.configuration.daemon_settings import MAIN_FILE
from incidentd.configuration.process_file import PROCESS_FILE
from incidentd.configuration.roster_file import ROSTER_FILE
from incidentd.domain.display import safe_line
from incidentd.domain.people import DEFAULT_POLICY
from incidentd.importers.imported import Imported, NothingRead
from incidentd.importers.naming import usable_name
from incidentd.importers.report import Outcome, Path, Report
from incidentd.importers.yaml_table import Table

_LONGEST_NAME = 200
_SHOWN = 5
_NO_USER = "\0"  # before what is no id of the vendor's
MAIL = "mail"


class Kind:
    """The objects of one kind: their tables by the name they have here, and that name by the vendor's id."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.tables: dict[str, dict[str, Any]] = {}
        self.names: dict[str, str] = {}

    def new(self, given: Table, text: str) -> str | None:
        """A name made of `text` for the object `given`, whose table is empty yet; None when its id was there before."""
        key = given.text("id") or ""
        if not key:
            given.say(Outcome.LEFT, f"this {self.noun} has no id", "id")
            return None
        if key in self.names:
            given.say(Outcome.LEFT, f"the {self.noun} {key!r} stands twice: the first one counts")
            return None
        return self.named(key, text)

    def named(self, key: str, text: str) -> str:
        """A name made of `text` for the object with the id `key`."""
        name = usable_name(text, self.tables, self.noun)
        self.names[key] = name
        self.tables[name] = {}
        return name


class Gathered(msgspec.Struct):
    """Findings that are alike, told as one: how often, and where first."""

    path: Path
    count: int = 0


class RosterParts:
    """Collects what an import finds; `imported` is the result."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.people = Kind("person")
        self.teams = Kind("team")
        self.policies = Kind("policy")
        self.schedules = Kind("schedule")
        self.services = Kind("service")
        self.lanes: dict[str, tuple[str, ...]] = {}  # a schedule's id, and the schedules that it is here
        self.free = ""  # the name of nobody, once there is such
        self.routes: list[dict[str, Any]] = []
        self._gathered: dict[tuple[Outcome, str], Gathered] = {}

    # ------------------------------------------------------------------ telling
    def gather(self, outcome: Outcome, table: Table, text: str, key: str = "") -> None:
        """Report something that may be true of hundreds of objects: told once, with a count and the first place."""
        table.pass_over(key)
        found = self._gathered.setdefault((outcome, text), Gathered((*table.path, key) if key else table.path))
        found.count += 1

    def leave_rest(self, table: Table, known: frozenset[str]) -> None:
        """Report what nobody asked `table` for and is not `known` to have no meaning here."""
        for key in table.unread():
            if key not in known:
                self.gather(Outcome.LEFT, table, f"`{key}` has no counterpart", key)

    # ------------------------------------------------------------------ people
    def zone(self, table: Table, key: str) -> str:
        """A time zone that this machine knows; UTC after a word in the report."""
        given = table.text(key)
        if not given:
            return "UTC"
        try:
            zoneinfo.ZoneInfo(given)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            table.say(Outcome.CHANGED, f"{given!r} is no time zone here: UTC is used", key)
            return "UTC"
        return given

    def person(self, key: str, table: Table, where: str = "") -> str | None:
        """The handle of the user `key`; None after a word in the report."""
        name = self.people.names.get(key)
        if name is None:
            table.say(Outcome.LEFT, f"the user {key!r} is not in the export", where)
        return name

    def stand_in(self, key: str, table: Table) -> str:
        """The handle of the user `key` in a rotation; one that nothing reaches, so that turns keep their order."""
        known = f"{_NO_USER}{key}"
        name = self.people.names.get(key) or self.people.names.get(known)
        if name is None:
            name = self.people.named(known, f"unknown-{key}")
            self.people.tables[name] = {"name": safe_line(f"Unknown user {key}", _LONGEST_NAME)}
            table.say(Outcome.TO_DO, f"the user {key!r} is not in the export: put somebody in the place of {name}")
        return name

    def nobody(self) -> str:
        """Whom turns belong to that are nobody's: a person whom nothing reaches."""
        if not self.free:
            self.free = self.people.named(_NO_USER, "nobody")
            self.people.tables[self.free] = {"name": "Nobody: a turn that is left free"}
        return self.free

    # ------------------------------------------------------------------ the result
    def imported(self, main: dict[str, Any], source: str) -> Imported:
        """Everything as files; `main` has the sources of incidentd.toml. Raises `NothingRead` without people."""
        if not self.people.tables:
            raise NothingRead(f"{source}: holds no user that could be paged")
        self._default_policy()
        for (outcome, text), one in self._gathered.items():
            times = f" ({one.count} times, here first)" if one.count > 1 else ""
            self.report.add(outcome, one.path, 0, f"{text}{times}")
        if any(contact["notifier"] == MAIL for table in self.people.tables.values() for contact in _contacts(table)):
            what = "[notifiers.mail] in incidentd.toml waits for your mail server: put in its name and a sender"
            self.report.add(Outcome.TO_DO, (), 0, what)
            sender = "incidentd <incidentd@replace-this.invalid>"  # a name that never resolves (RFC 2606)
            main = main | {"notifiers": {MAIL: {"type": "email", "from": sender, "host": "replace-this.invalid"}}}
        process = {"route": {"routes": self.routes}} if self.routes else {}
        return Imported(
            files={MAIN_FILE: main, ROSTER_FILE: self._roster(), PROCESS_FILE: process}, secrets={}, report=self.report
        )

    def _roster(self) -> dict[str, Any]:
        kinds = {
            "people": self.people, "teams": self.teams, "services": self.services,
            "schedules": self.schedules, "policies": self.policies,
        }  # fmt: skip
        return {key: kind.tables for key, kind in kinds.items() if kind.tables}

    def _default_policy(self) -> None:
        if DEFAULT_POLICY in self.policies.tables:
            return
        first = next(iter(self.policies.tables), None)
        if first is None:
            what = "there is no escalation policy: everybody is paged at once until you write [policies.default]"
        else:
            self.policies.tables[DEFAULT_POLICY] = self.policies.tables[first]
            what = f"policy {DEFAULT_POLICY} is a copy of {first}: say whom what no policy takes should page"
        self.report.add(Outcome.TO_DO, (), 0, what)


def _contacts(table: dict[str, Any]) -> Iterable[dict[str, Any]]:
    contacts: list[dict[str, Any]] = table.get("contacts", [])
    return contacts


def person_name(text: str) -> str:
    """The name of a person as it may stand in the roster and on screens."""
    return safe_line(text, _LONGEST_NAME).strip()
