"""The process a team works by: routing, update cadence and the review window, as the process file states it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from incidentd.domain.adoption import AdoptionSettings
from incidentd.domain.audiences import Audience
from incidentd.domain.business_time import BusinessCalendar
from incidentd.domain.chat import ChatSettings
from incidentd.domain.checklists import Checklist
from incidentd.domain.communicators import Communicators
from incidentd.domain.contact_limits import Limits
from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.dependencies import DependencyRule
from incidentd.domain.inhibition import InhibitRule
from incidentd.domain.learning_digest import DigestSettings
from incidentd.domain.letter import LetterSettings
from incidentd.domain.lint.wording_settings import WordingSettings
from incidentd.domain.maintenance import MaintenanceSettings
from incidentd.domain.rehearsal_cards import Card
from incidentd.domain.retro_steps import RetroSettings
from incidentd.domain.review_voices import Names
from incidentd.domain.routing import Route, keyed
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import Matrix
from incidentd.domain.support import Support
from incidentd.domain.time_intervals import Period
from incidentd.domain.update_rules import UpdateRules

DEFAULT_VERSION = "built-in"
DEFAULT_REVIEW_NAME = "Incident Review"


class ReviewWindow(msgspec.Struct, frozen=True, kw_only=True):
    """When a review may be held: not before `floor` after the resolve, and within so many business days."""

    floor: timedelta
    ceiling_business_days: int


class ReviewPapers(msgspec.Struct, frozen=True, kw_only=True):
    """How documents of reviews are written. `templates` are texts of the team's own by file name."""

    names: Names = "roles"
    templates: Mapping[str, str] = {}


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """All process settings. `version` is a hash of the file's content; every incident remembers it.

    `cadence` is how long after an update the next one is due, by severity and phase; a severity that is missing has
    no cadence, a severity missing from `review_windows` needs no review. `review_calendars` are those of teams whose
    business days are not those of `review_calendar`; `facilitators` are proposed before others.
    """

    version: str
    route: Route
    inhibit: tuple[InhibitRule, ...] = ()
    dependencies: DependencyRule = DependencyRule()
    time_intervals: Mapping[str, tuple[Period, ...]] = {}
    maintenance: MaintenanceSettings = MaintenanceSettings()
    cards: tuple[Card, ...] = ()
    matrix: Matrix = DEFAULT_MATRIX
    cadence: Mapping[Severity, Mapping[str, timedelta]] = {}
    updates: UpdateRules = UpdateRules()
    audiences: Mapping[str, Audience] = {}
    review_name: str = DEFAULT_REVIEW_NAME
    review_windows: Mapping[Severity, ReviewWindow] = {}
    wording: WordingSettings = WordingSettings()
    review_calendar: BusinessCalendar = BusinessCalendar()
    review_calendars: Mapping[str, BusinessCalendar] = {}
    facilitators: tuple[str, ...] = ()
    review_papers: ReviewPapers = ReviewPapers()
    communicators: Communicators = Communicators()
    checklists: tuple[Checklist, ...] = ()
    separation_severities: frozenset[Severity] = frozenset({Severity.SEV1, Severity.SEV2})
    limits: Limits = Limits()
    support: Support = Support()
    chat: ChatSettings = ChatSettings()
    digest: DigestSettings | None = None
    adoption: AdoptionSettings = AdoptionSettings()
    retro: RetroSettings = RetroSettings()
    letter: LetterSettings | None = None


def _cadence(investigating: int, identified: int, monitoring: int) -> dict[str, timedelta]:
    minutes = {"investigating": investigating, "identified": identified, "monitoring": monitoring}
    return {phase: timedelta(minutes=value) for phase, value in minutes.items()}


DEFAULT_CADENCE: Mapping[Severity, Mapping[str, timedelta]] = {
    Severity.SEV1: _cadence(10, 10, 30),
    Severity.SEV2: _cadence(15, 30, 60),
    Severity.SEV3: _cadence(15, 30, 60),
    Severity.SEV4: _cadence(15, 30, 60),
}
DEFAULT_REVIEW_WINDOWS: Mapping[Severity, ReviewWindow] = {
    Severity.SEV1: ReviewWindow(floor=timedelta(hours=24), ceiling_business_days=5),
    Severity.SEV2: ReviewWindow(floor=timedelta(hours=24), ceiling_business_days=7),
    Severity.SEV3: ReviewWindow(floor=timedelta(0), ceiling_business_days=10),
}


def default_process() -> Process:
    """The process of a daemon without a process file."""
    return Process(
        version=DEFAULT_VERSION,
        route=keyed(Route(id="root")),
        cadence=DEFAULT_CADENCE,
        review_windows=DEFAULT_REVIEW_WINDOWS,
    )
