"""What a month came to, read for its letter: from the log, the figures and the records. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain.letter import Experiment, Facts, Quote, Share, month_after, span
from incidentd.domain.naming import Names, mentions, names_of
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.figures import Figures
from incidentd.services.insight_contracts import ScopeQuery
from incidentd.storage import letter_facts
from incidentd.storage.store import Store

PROMISES = ("update-promises-kept", "first-responses-kept", "pages-acknowledged-in-time", "reviews-in-window")
"""The figures that say which promises were kept."""
_NEAR_MISSES = "near-misses"
_MOST = 20  # learnings, questions: beyond that a letter is not read to its end
ANYBODY = ""


class LetterFacts:
    """Reads a month. It is asked outside of any transaction: figures take their time."""

    def __init__(
        self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster], figures: Figures
    ) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._figures = figures

    async def gather(self, month: str, zone: str) -> Facts:
        """What there is to say of a month by now."""
        now = self._store.clock.now()
        since, until = span(month, zone)
        names = names_of(self._roster())
        before = f"{month_after(month)}-01"
        found = await self._store.read(lambda conn: _records(conn, since, until, before, names))
        figures = (await self._figures.list(ScopeQuery(since=since, until=min(until, now)), ANYBODY)).figures
        shares = {one.name: Share(title=one.title, n=one.n, of=one.of) for one in figures}
        return msgspec.structs.replace(
            found,
            month=month,
            review_name=self._process().review_name,
            so_far=now < until,
            promises=tuple(shares[one] for one in PROMISES),
            near_misses=(msgspec.structs.replace(shares[_NEAR_MISSES], noun="incidents"),),
        )


def _records(conn: Connection, since: datetime, until: datetime, before: str, names: Names) -> Facts:
    learned = letter_facts.learned(conn, since, until)
    quotable = [one for one in learned.learnings if not mentions(one.text, names)][:_MOST]
    questions = [one for one in learned.questions if not mentions(one.text, names)][:_MOST]
    changed = letter_facts.changed(conn, since, until, before)
    used = learned.used
    return Facts(
        month="",
        review_name="",
        published=learned.published,
        learnings=tuple(quotable),
        unquoted=len(learned.learnings) - len(quotable) + learned.kept_back,
        experiments=tuple(_experiment(one, names) for one in changed.experiments),
        versions=tuple(_nameless(one, names) for one in changed.versions),
        ideas_waiting=changed.ideas_waiting,
        ideas_new=changed.ideas_new,
        used=None if used is None or mentions(used.text, names) else used,
        uses=learned.uses,
        questions=tuple(questions),
    )


def _nameless(one: Quote, names: Names) -> Quote:
    return Quote(where=one.where, text=_quotable(one.text, names))


def _experiment(one: Experiment, names: Names) -> Experiment:
    said = {"hypothesis": _quotable(one.hypothesis, names), "why": _quotable(one.why, names)}
    return msgspec.structs.replace(one, **said)


def _quotable(said: str, names: Names) -> str:
    return "" if mentions(said, names) else said
