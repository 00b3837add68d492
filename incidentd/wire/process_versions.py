"""The process as a versioned thing: what is in force, what was, what is proposed, and who decided why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from incidentd.wire.base import Frozen, Instant, OptionalText, Request, RowId, Text
from incidentd.wire.replay import EditedFile

_FileName = Annotated[str, Meta(min_length=1, max_length=500)]
_FileText = Annotated[str, Meta(max_length=400_000)]
_Key = Annotated[str, Meta(min_length=1, max_length=250)]
_Why = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S")]
Files = Annotated[Mapping[_FileName, _FileText], Meta(max_length=100)]
Because = Annotated[Mapping[_Key, _Why], Meta(max_length=200)]
"""Why, by the key of the process file: severity.rules.harm-confirmed, updates.SEV2.identified."""


class InForceSpan(Frozen, frozen=True):
    """When a version was in force, and by what: the file, or that somebody adopted it. `until` is None: it still is."""

    since: Instant
    until: Instant | None
    how: str  # file | adopted
    by: str


class ProcessVersion(Frozen, frozen=True, kw_only=True):
    """One version. `process_version` is what incidents remember of it; the same meaning is the same version.

    `in_force` has every time that it was, the first one first; `incidents` how many were declared under it.
    """

    id: int
    name: str  # V-3
    process_version: str
    state: str  # proposed | adopted | declined | withdrawn | superseded
    how: str  # file | adopted
    proposed_by: str
    proposed_at: Instant
    reason: str
    explanations: Mapping[str, str]
    decided_by: str
    decided_at: Instant | None
    note: str
    in_force: tuple[InForceSpan, ...]
    incidents: int
    version: int


class WholeProcessVersion(ProcessVersion, frozen=True, kw_only=True):
    """A version with all that makes it up. `document` is TOML without comments, `files` are those that it names."""

    document: str
    files: Mapping[str, str]


class ProcessVersions(Frozen, frozen=True):
    versions: tuple[ProcessVersion, ...]  # the newest first


class ProcessFile(Frozen, frozen=True):
    """process.toml as this daemon read it last. `name` is the version that means the same, "" when none does;
    `document` is its text without comments.
    """

    exists: bool
    process_version: str
    name: str
    same: bool  # as what is in force
    document: str = ""


class ProcessNow(Frozen, frozen=True):
    """What is in force. `follows_file`: process.toml rules, and a changed one counts from the next reload on.

    `needs_second_person` and `needs_role` are what adopting another version asks for; a new one may ask for more.
    """

    current: ProcessVersion | None  # None: nothing was recorded yet
    follows_file: bool
    file: ProcessFile
    needs_second_person: bool
    needs_role: str
    proposed: tuple[ProcessVersion, ...]
    problems: tuple[str, ...]


class ProposeProcess(Request, frozen=True):
    """Propose the process of one of: `file`, with `files` that it names; the daemon's own process.toml as it was read
    last (`from_file`); a version that was known before (`number`). With `adopt` it is put in force at once.
    """

    reason: Text
    file: EditedFile | None = None
    files: Files = msgspec.field(default_factory=dict)
    from_file: bool = False
    number: RowId | None = None
    because: Because = msgspec.field(default_factory=dict)
    adopt: bool = False
    follow_file: bool = False


class AdoptProcess(Request, frozen=True):
    """Put a version in force. The `reason` may be left out where a proposer gave one.

    `follow_file`: from then on process.toml rules again, which has to mean the same as this version.
    """

    reason: OptionalText = ""
    because: Because = msgspec.field(default_factory=dict)
    follow_file: bool = False


class DecideProcess(Request, frozen=True):
    """Decline a version, or take one's own proposal back."""

    reason: Text
