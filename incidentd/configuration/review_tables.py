"""`[review]` of process.toml: what the review is called, when it may be held, and whose business days count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

import msgspec
import pydantic

from incidentd.configuration.documents import Document
from incidentd.configuration.named_files import NamedFiles
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.review_templates import BadTemplate, tried
from incidentd.configuration.support_tables import CalendarTable, business_calendar
from incidentd.configuration.values import Duration, Name, Table
from incidentd.domain.file_faults import Fault
from incidentd.domain.lint.lexicon_file import BadLexicon
from incidentd.domain.lint.wording_settings import MUTE_AFTER, WordingSettings
from incidentd.domain.people import Roster
from incidentd.domain.process import DEFAULT_REVIEW_NAME, DEFAULT_REVIEW_WINDOWS, Process, ReviewPapers, ReviewWindow
from incidentd.domain.review_templates import NAMES
from incidentd.domain.review_words import name_problem
from incidentd.domain.severity import Severity
from incidentd.lexicon import DEFAULT, languages, with_own


class WindowTable(Table):
    floor: Duration
    ceiling_business_days: Annotated[int, pydantic.Field(ge=1, le=90)]


class ReviewTable(Table):
    """`teams` are the business days of teams that have others than `calendar` says.

    `language`, `lexicon` (a file beside this one) and `mute_after` are for the language lint."""

    name: Annotated[str, pydantic.Field(min_length=1, max_length=60, pattern=r"\S")] = DEFAULT_REVIEW_NAME
    windows: dict[Severity, WindowTable] = pydantic.Field(default={})
    none: tuple[Severity, ...] = ()  # severities that need no review although they have a window by default
    facilitators: Annotated[tuple[str, ...], pydantic.Field(max_length=100)] = ()
    calendar: CalendarTable = CalendarTable()
    teams: dict[Name, CalendarTable] = pydantic.Field(default={})
    language: Annotated[str, pydantic.Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")] = DEFAULT
    lexicon: Annotated[str, pydantic.Field(max_length=250)] = ""
    mute_after: Annotated[int, pydantic.Field(ge=1, le=1000)] = MUTE_AFTER
    names: Literal["roles", "names"] = "roles"  # who people are in documents
    templates: Annotated[str, pydantic.Field(max_length=250)] = ""  # a directory beside this file


def review_settings(table: ReviewTable) -> Mapping[str, Any]:
    """The fields of `Process` that the table states."""
    return {
        "review_name": table.name.strip(),
        "review_windows": review_windows(table),
        "facilitators": table.facilitators,
        "review_calendar": business_calendar(table.calendar),
        "review_calendars": {name: business_calendar(one) for name, one in table.teams.items()},
    }


def with_papers(process: Process, document: Document, table: ReviewTable, named: NamedFiles | None) -> Process:
    """`process` with how documents are written, the team's own templates read from `named` and tried.

    Without it (a text that came over the socket) none is read. Raises `ConfigurationError` with every fault.
    """
    sources = {}
    if table.templates and named is not None:
        sources = _templates(document, table.templates, named)
    papers = ReviewPapers(names=table.names, templates=sources)
    return msgspec.structs.replace(process, review_papers=papers)


def _templates(document: Document, name: str, named: NamedFiles) -> dict[str, str]:
    directory = named.place(name)
    try:
        sources = named.texts(name)
    except OSError as error:
        what = f"{directory} cannot be read: {error.strerror or error}"
        fault = document.fault(("review", "templates"), what, "name a directory beside this file, or remove the key")
        raise ConfigurationError([fault]) from None
    except BadTemplate as error:
        raise ConfigurationError([_template_fault(directory, error)]) from None
    if faults := tried(sources):
        raise ConfigurationError([_template_fault(directory, one) for one in faults])
    return sources


def _template_fault(directory: FilePath, error: BadTemplate) -> Fault:
    works = f"`incidentctl review template {error.name}` prints one that works"
    remedy = works if error.name in NAMES else "correct this file"
    return Fault(file=str(directory / error.name), line=error.line, key="", what=error.what, remedy=remedy)


def with_wording(process: Process, document: Document, table: ReviewTable, named: NamedFiles | None) -> Process:
    """`process` with the lexicon that the table names, read from `named`.

    Without it (a text that came over the socket) nothing is read. Raises `ConfigurationError` with every fault.
    """
    own = ""
    if table.lexicon and named is not None:
        own = _lexicon_text(document, table.lexicon, named)
        _check_lexicon(table.language, own, named.place(table.lexicon))
    elif not table.lexicon and table.language not in languages():
        what = f'there is no lexicon for "{table.language}"'
        remedy = f"there is {', '.join(languages())}; or name a file with a whole one: lexicon = ..."
        raise ConfigurationError([document.fault(("review", "language"), what, remedy)])
    settings = WordingSettings(language=table.language, file=table.lexicon, own=own, mute_after=table.mute_after)
    return msgspec.structs.replace(process, wording=settings)


def _lexicon_text(document: Document, name: str, named: NamedFiles) -> str:
    try:
        return named.text(name)
    except (OSError, UnicodeDecodeError) as error:
        what = f"{named.place(name)} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        fault = document.fault(("review", "lexicon"), what, "name a file beside this one, or remove the key")
        raise ConfigurationError([fault]) from None


def _check_lexicon(language: str, own: str, file: FilePath) -> None:
    try:
        with_own(language, own, str(file))
    except BadLexicon as error:
        raise ConfigurationError(error.faults) from None


def review_windows(table: ReviewTable) -> dict[Severity, ReviewWindow]:
    """The built-in windows with what the file states over them."""
    windows = dict(DEFAULT_REVIEW_WINDOWS)
    for severity, one in table.windows.items():
        windows[severity] = ReviewWindow(floor=one.floor, ceiling_business_days=one.ceiling_business_days)
    return {severity: window for severity, window in windows.items() if severity not in table.none}


def review_problems(process: Process, roster: Roster) -> Iterable[str]:
    """What is odd about `[review]`: the name, and whom it names that the roster does not have."""
    if problem := name_problem(process.review_name):
        yield problem
    for name in process.review_calendars if roster.teams else ():
        if name not in roster.teams:
            yield f"review.teams names team {name}, which the roster does not have"
    for handle in process.facilitators if roster.people else ():
        if handle not in roster.people:
            yield f"review.facilitators names {handle}, whom the roster does not have"
