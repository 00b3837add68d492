"""The language lint for everybody: the team's lexicon, and what its people said of the wording that it finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import msgspec
from sqlalchemy import Connection

from incidentd.domain.lint.findings import lint
from incidentd.domain.lint.lexicon import Lexicon, normal
from incidentd.domain.lint.tuning import (
    Tally,
    Verdict,
    dismissed_by,
    muted_phrases,
    phrase_of,
    tallies,
    without,
)
from incidentd.domain.lint.wording_settings import WordingSettings
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.lexicon import chosen
from incidentd.services.errors import NotFound, Refused, Unknown
from incidentd.storage import wording
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import wording as wire_wording

_YOURS = "you dismissed it"


class Lints:
    """Implements `wording_contracts.WordingCalls`. Texts are looked at and kept nowhere."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    @property
    def _settings(self) -> WordingSettings:
        return self._process().wording

    @property
    def _lexicon(self) -> Lexicon:
        return chosen(self._settings.language, self._settings.own, self._settings.file)

    # ------------------------------------------------------------------ linting
    async def settings(self, actor: str) -> wire_wording.Wording:
        """What a client needs to lint by itself, with what `actor` is not shown."""
        counted = await self._tallies()
        mine = dict.fromkeys(dismissed_by(counted, actor), _YOURS)
        settings = self._settings
        return wire_wording.Wording(
            language=settings.language,
            own_file=settings.file,
            own=settings.own,
            hidden=tuple(
                wire_wording.HiddenPhrase(rule=rule, phrase=phrase, why=why)
                for (rule, phrase), why in sorted({**mine, **muted_phrases(counted)}.items())
            ),
        )

    async def lint(self, body: wire_wording.LintText, actor: str) -> wire_wording.Linted:
        """What the rules find, without what `actor` or so many others dismissed; what is muted is told apart."""
        counted = await self._tallies()
        process = self._process()
        found = await asyncio.to_thread(  # a long text takes a tenth of a second, and pages wait for nobody
            lint,
            body.text,
            self._lexicon,
            markdown=body.markdown,
            review_name=process.review_name,
            people=people_words(self._roster()),
        )
        muted, mine = muted_phrases(counted), dismissed_by(counted, actor)
        return wire_wording.Linted(
            findings=tuple(
                msgspec.convert(one, wire_wording.LintFinding, from_attributes=True)
                for one in without(found, {*muted, *mine})
            ),
            muted=tuple(
                wire_wording.MutedFinding(
                    rule=one.rule, text=one.text, line=one.line, column=one.column, why=muted[phrase_of(one)]
                )
                for one in found
                if phrase_of(one) in muted
            ),
        )

    # ------------------------------------------------------------------ what people say of it
    async def dismissals(self) -> wire_wording.Dismissals:
        """Every phrase that somebody said something of, and how often each rule is dismissed."""
        return await self._store.read(self._listed)

    async def judge(self, body: wire_wording.JudgeWording, actor: str) -> wire_wording.Dismissals:
        """Say that wording is fine here, or, with `keep`, that the rule is right. Raises `Invalid` for no rule."""
        lexicon = self._lexicon
        if body.rule not in lexicon.rules:
            raise Unknown(
                f"there is no rule {body.rule}", field="rule", remedy=f"there is {', '.join(sorted(lexicon.rules))}"
            )

        def command(tx: Tx) -> wire_wording.Dismissals:
            phrase, reason = normal(body.phrase), " ".join(body.reason.split())
            wording.put(tx, body.rule, phrase, actor, keep=body.keep, reason=reason)
            told = {"rule": body.rule, "phrase": phrase, "reason": reason}
            tx.emit("lint.kept" if body.keep else "lint.dismissed", f"lint:{body.rule}", told, actor=actor)
            return self._listed(tx.conn)

        return await self._store.write(command)

    async def undo(self, verdict_id: int, actor: str) -> wire_wording.Dismissals:
        """Take one's own word back. Raises `NotFound`, and `Refused` for somebody else's."""

        def command(tx: Tx) -> wire_wording.Dismissals:
            one = wording.get(tx.conn, verdict_id)
            if one is None:
                raise NotFound("nobody said that", field="id", remedy="see incidentctl wording list")
            if one.by != actor:
                remedy = f'say that the rule is right: incidentctl wording keep {one.rule} "{one.phrase}"'
                raise Refused(f"that is the word of {one.by}", field="id", remedy=remedy)
            wording.remove(tx, verdict_id)
            told = {"rule": one.rule, "phrase": one.phrase, "keep": one.keep}
            tx.emit("lint.undone", f"lint:{one.rule}", told, actor=actor)
            return self._listed(tx.conn)

        return await self._store.write(command)

    async def _tallies(self) -> tuple[Tally, ...]:
        verdicts = await self._store.read(wording.listed)
        return tallies(verdicts, self._settings.mute_after)

    def _listed(self, conn: Connection) -> wire_wording.Dismissals:
        verdicts = wording.listed(conn)
        counted = tallies(verdicts, self._settings.mute_after)
        return wire_wording.Dismissals(
            phrases=tuple(_phrase(one) for one in counted),
            rules=tuple(_rates(verdicts)),
            mute_after=self._settings.mute_after,
        )


def people_words(roster: Roster) -> frozenset[str]:
    """The words of handles and names, in lower case: as a subject they are people."""
    names = (f"{handle} {person.name}" for handle, person in roster.people.items())
    return frozenset(word for name in names for word in name.lower().split())


def _phrase(one: Tally) -> wire_wording.DismissedPhrase:
    return wire_wording.DismissedPhrase(
        rule=one.rule,
        phrase=one.phrase,
        dismissed=one.dismissed,
        kept=one.kept,
        muted=one.muted,
        why=one.why,
        verdicts=tuple(
            msgspec.convert(said, wire_wording.WordingVerdict, from_attributes=True) for said in one.verdicts
        ),
    )


def _rates(verdicts: Iterable[Verdict]) -> Iterable[wire_wording.RuleRate]:
    counts: dict[str, list[int]] = {}
    for one in verdicts:
        counts.setdefault(one.rule, [0, 0])[one.keep] += 1
    for rule, (dismissed, kept) in sorted(counts.items()):
        rate = dismissed / (dismissed + kept)
        yield wire_wording.RuleRate(rule=rule, dismissed=dismissed, kept=kept, rate=rate)
