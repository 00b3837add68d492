"""The language lint over what a review publishes: by the team's lexicon, without what is muted for everybody."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.domain.lint.findings import lint
from incidentd.domain.lint.tuning import muted_phrases, tallies, without
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_checks import Wording
from incidentd.lexicon import chosen
from incidentd.services.lints import people_words
from incidentd.storage import wording


def wording_of(conn: Connection, process: Process, roster: Roster) -> Callable[[str], tuple[Wording, ...]]:
    """What asks for the wording of a text; it needs no connection any more."""
    settings = process.wording
    lexicon = chosen(settings.language, settings.own, settings.file)
    people = people_words(roster)
    hidden = muted_phrases(tallies(wording.listed(conn), settings.mute_after))

    def found(text: str) -> tuple[Wording, ...]:
        every = lint(text, lexicon, review_name=process.review_name, people=people)
        return tuple(Wording(rule=one.rule, text=one.text, suggestion=one.suggestion) for one in without(every, hidden))

    return found
