"""What to look at before others read a review: a list that asks. Only what would make it no review refuses."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from incidentd.domain.factors import Lack
from incidentd.domain.naming import Names, names_of, names_somebody
from incidentd.domain.review_document import Material
from incidentd.domain.review_external import ADDRESS, NAMES, REFERENCE, inner_names
from incidentd.domain.review_method import not_heard
from incidentd.domain.review_sections import SECTIONS
from incidentd.wire.facts import ImpactClaim
from incidentd.wire.review_documents import DocumentKind, ReviewCheck, ReviewChecklist

_MOST = 20
"""Checks of a kind that are listed; the last says how many more there are."""
_WANTED = ("summary", "hard", "open_questions")
_DOUBTS = {"contradiction": "time", "disputed": "disputed", "unknown": "question", "gap": "question"}


class Wording(msgspec.Struct, frozen=True):
    """Wording that the language lint found. It suggests, and refuses nothing."""

    rule: str
    text: str
    suggestion: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is made of. `owed` are references of reports whose reporters were not told how it ended."""

    material: Material
    lacks: Sequence[Lack]
    owed: Sequence[str] = ()
    lint: Callable[[str], Sequence[Wording]] = lambda text: ()

    @property
    def command(self) -> str:
        """How a command names the incident."""
        return f"INC-{self.material.detail.incident.id}"


def checklist(asked: Asked, kind: DocumentKind) -> ReviewChecklist:
    """Everything that was found, what refuses first."""
    texts = dict(_texts(asked.material, kind))
    worded = [(where, one) for where, text in texts.items() for one in asked.lint(text)]
    parts = _EXTERNAL if kind == "external" else _INTERNAL
    found = [*_held(asked), *_factors(asked), *(one for part in parts for one in _bounded(part(asked)))]
    found += _bounded(_named(asked, texts, kind))
    found += _bounded(_wording(where, one) for where, one in worded)
    checks = tuple(sorted(found, key=lambda one: not one.refuses))
    return ReviewChecklist(
        incident_id=asked.material.detail.incident.id,
        document=kind,
        checks=checks,
        ready=not any(one.refuses for one in checks),
        seen=hashlib.sha256(msgspec.json.encode(checks)).hexdigest()[:16],
        language=dict(sorted(Counter(one.rule for _, one in worded).items())),
    )


def _bounded(checks: Iterable[ReviewCheck]) -> list[ReviewCheck]:
    found = list(checks)
    if len(found) <= _MOST:
        return found
    more = msgspec.structs.replace(found[_MOST], text=f"and {len(found) - _MOST} more like these")
    return [*found[:_MOST], more]


# ------------------------------------------------------------------ what refuses
def _held(asked: Asked) -> Iterator[ReviewCheck]:
    if asked.material.view.review.state in ("running", "paused"):
        remedy = f"incidentctl review finish {asked.command}"
        yield ReviewCheck(rule="held", text="Its workshop is not over yet", remedy=remedy, field="state", refuses=True)


def _factors(asked: Asked) -> Iterator[ReviewCheck]:
    for lack in asked.lacks:
        remedy = f"incidentctl review factor add {asked.command}"
        yield ReviewCheck(rule="factors", text=lack.text, remedy=remedy, field="factors", refuses=True)


def _empty(asked: Asked) -> Iterator[ReviewCheck]:
    sections = asked.material.view.sections
    for name in _WANTED:
        if not sections.get(name, "").strip():
            yield _to_write(asked, name, f"Nothing is written under “{SECTIONS[name].title}”")


def _nothing_for_customers(asked: Asked) -> Iterator[ReviewCheck]:
    if not asked.material.view.sections.get("external_summary", "").strip():
        yield _to_write(asked, "external_summary", "There is no summary for customers", refuses=True)
    if not asked.material.view.sections.get("external_what_we_do", "").strip():
        yield _to_write(asked, "external_what_we_do", "Customers are not told what you do")


def _to_write(asked: Asked, name: str, text: str, *, refuses: bool = False) -> ReviewCheck:
    remedy = f"incidentctl review section {asked.command} {name} --edit"
    return ReviewCheck(rule="section", text=text, remedy=remedy, field=f"sections.{name}", refuses=refuses)


# ------------------------------------------------------------------ what asks
def _impact(asked: Asked) -> Iterator[ReviewCheck]:
    claims = [one for one in asked.material.detail.claims if one.state in ("stands", "disputed")]
    remedy = f"incidentctl incident claim {asked.command}"
    if not claims:
        yield ReviewCheck(rule="source", text="Nobody has said how many were affected", remedy=remedy, field="claims")
    for claim in claims:
        if _without_source(claim):
            text = f"Where does it come from? {claim.affected} (said by {claim.source or claim.by})"
            yield ReviewCheck(
                rule="source", text=text, remedy=f"{remedy} --replaces {claim.id}", field=f"claims.{claim.id}"
            )


def _without_source(claim: ImpactClaim) -> bool:
    return not claim.evidence.strip() and claim.source in ("", claim.by)


def _doubts(asked: Asked) -> Iterator[ReviewCheck]:
    for doubt in asked.material.view.walk.doubts:
        if (rule := _DOUBTS.get(doubt.kind)) is not None:
            remedy = f"incidentctl review entry note {asked.command}, or say under open_questions that nobody knows"
            yield ReviewCheck(rule=rule, text=doubt.text, remedy=remedy, field="timeline")


def _unheard(asked: Asked) -> Iterator[ReviewCheck]:
    for person in not_heard(asked.material.view, asked.material.detail):
        text = f"{person} held a role in the response and wrote no account"
        remedy = f"ask them: incidentctl review account add {asked.command}; or say in gaps that they were not heard"
        yield ReviewCheck(rule="account", text=text, remedy=remedy, field="accounts")


def _theories(asked: Asked) -> Iterator[ReviewCheck]:
    for theory in asked.material.detail.theories:
        if theory.state == "open":
            remedy = f"incidentctl incident judge {asked.command} {theory.id}, or leave it as an open question"
            yield ReviewCheck(rule="question", text=f"Never settled: {theory.text}", remedy=remedy, field="theories")


def _reporters(asked: Asked) -> Iterator[ReviewCheck]:
    for reference in asked.owed:
        text = f"Who reported {reference} was not told how it ended"
        yield ReviewCheck(
            rule="reporter", text=text, remedy=f"incidentctl report reply {reference} --final", field="reports"
        )


def _actions(asked: Asked) -> Iterator[ReviewCheck]:
    for action in asked.material.view.actions:
        if action.state == "open" and not action.worse.strip():
            text = f"What could it make worse? A-{action.id}: {action.text}"
            remedy = f"incidentctl action edit A-{action.id} --worse TEXT"
            yield ReviewCheck(rule="action", text=text, remedy=remedy, field=f"actions.{action.id}")
    for idea in asked.material.view.ideas:
        if idea.action_id is None and not idea.dropped_why:
            text = f"Neither an action nor dropped: {idea.text}"
            remedy = f"incidentctl action add {asked.command} --idea {idea.id}"
            yield ReviewCheck(rule="action", text=text, remedy=remedy, field=f"ideas.{idea.id}")


def _inner_words(asked: Asked) -> Iterator[ReviewCheck]:
    """What is taken out of the version for customers, and what might be left in it."""
    material = asked.material
    title = material.detail.incident.public_title
    inner = inner_names(material.roster.services, title)
    for name in NAMES:
        text = material.view.sections.get(name, "")
        found = [one[0] for pattern in (ADDRESS, REFERENCE) for one in pattern.finditer(text)]
        found += [service for service, pattern in inner.items() if pattern.search(text)]
        if found:
            told = f"Taken out for customers: {', '.join(dict.fromkeys(found))}"
            yield _to_write(asked, name, told)
        words = {one for one in material.roster.services if one.isalpha() and one.casefold() not in title.casefold()}
        for word in sorted(words & set(text.split())):
            yield _to_write(asked, name, f"“{word}” is a service of yours: is it a word that customers know?")


# ------------------------------------------------------------------ wording
def _texts(material: Material, kind: DocumentKind) -> Iterator[tuple[str, str]]:
    """What people wrote for readers, by field. Accounts are their own words, and stay as they are."""
    view = material.view
    for name, text in view.sections.items():
        if name in SECTIONS and SECTIONS[name].external == (kind == "external"):
            yield f"sections.{name}", text
    if kind == "internal":
        yield from ((f"factors.{one.id}", one.text) for one in view.factors)
        yield from ((f"learnings.{one.id}", one.text) for one in view.learnings)
        yield from ((f"actions.{one.id}", one.text) for one in view.actions)


def _named(asked: Asked, texts: Mapping[str, str], kind: DocumentKind) -> Iterator[ReviewCheck]:
    """Who is named where a factor is told, or in words that no role takes the place of."""
    names: Names = names_of(asked.material.roster)
    voices = asked.material.voices(ours=kind == "external")
    for where, text in texts.items():
        shown = text if where.startswith("factors.") else voices.said(text)
        if (people := names_somebody(shown, names)) and (where.startswith("factors.") or voices.hides):
            told = f"It may name {', '.join(people)}: {_short(text)}"
            yield ReviewCheck(rule="name", text=told, remedy="say what their role did, or what was so", field=where)


def _wording(where: str, found: Wording) -> ReviewCheck:
    return ReviewCheck(
        rule="language", text=f"{found.rule}: “{_short(found.text)}”", remedy=found.suggestion, field=where
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"


_INTERNAL = (_empty, _impact, _doubts, _unheard, _theories, _reporters, _actions)
_EXTERNAL = (_nothing_for_customers, _reporters, _inner_words)
