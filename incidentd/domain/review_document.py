"""The document of a review for the team: what was recorded and written, in the order of a reader's questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from incidentd.domain.attempts import attempt_text, span_text
from incidentd.domain.impact import figure_text
from incidentd.domain.people import Roster
from incidentd.domain.review_method import method
from incidentd.domain.review_sections import SECTIONS, instant
from incidentd.domain.review_story import chart, story
from incidentd.domain.review_voices import Names, Voices
from incidentd.domain.roles import Role
from incidentd.wire.facts import ImpactClaim
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.measures import Measures
from incidentd.wire.review_documents import (
    FORMAT,
    Block,
    DocumentSection,
    Fact,
    Grid,
    Listing,
    Prose,
    Remark,
    ReviewDocument,
    Row,
)
from incidentd.wire.review_records import Action, Evidence, Factor
from incidentd.wire.review_timeline import Moment
from incidentd.wire.reviews import ReviewView

CATEGORIES = {
    "technical": "Technical", "organisational": "Organisational", "human-factors": "Human factors",
    "process": "Process", "external": "From outside", "luck": "Luck",
}  # fmt: skip
ROLES = {
    "enabler": "made it possible", "mitigator": "kept it smaller", "surprise": "surprised us",
    "risk": "still a risk", "difficulty": "made it hard",
}  # fmt: skip
_STATES = {"open": "open", "done": "done", "wont_do": "will not be done"}


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What a document is made of. `view` holds only what everybody who takes part may read."""

    view: ReviewView
    detail: IncidentDetail
    moments: tuple[Moment, ...]
    measures: Measures
    roster: Roster
    names: Names
    made_at: datetime

    def voices(self, *, ours: bool = False) -> Voices:
        """Who people are in its texts."""
        known = {one.person for one in self.view.participants} | {one.person for one in self.view.accounts}
        facilitator = self.view.review.facilitator
        return Voices(
            self.detail.roles,
            self.roster,
            self.names,
            known=known,
            otherwise={facilitator: Role.FACILITATOR},
            ours=ours,
        )


class _Made(msgspec.Struct, frozen=True):
    material: Material
    voices: Voices

    @property
    def view(self) -> ReviewView:
        return self.material.view

    @property
    def said(self) -> Callable[[str], str]:
        return self.voices.said

    def prose(self, name: str) -> Iterator[Block]:
        """What somebody wrote for a section."""
        if text := self.view.sections.get(name, "").strip():
            yield Prose(text=self.said(text))


def document(material: Material) -> ReviewDocument:
    """The whole of it."""
    made = _Made(material, material.voices())
    incident, review = material.detail.incident, material.view.review
    return ReviewDocument(
        format=FORMAT,
        document="internal",
        title=made.said(incident.title),
        name=review.review_name,
        reference=f"INC-{incident.id}",
        facts=tuple(_facts(material)),
        sections=tuple(_section(name, blocks(made)) for name, blocks in _PARTS.items()),
        foot=f"{review.review_name} of INC-{incident.id}. All times are UTC. Process {review.process_version}.",
        made_at=material.made_at,
    )


def _section(name: str, blocks: Iterable[Block]) -> DocumentSection:
    title = _TITLES.get(name) or SECTIONS[name].title
    found = tuple(blocks) or (Remark(text="Nobody has written anything here."),)
    return DocumentSection(id=name.replace("_", "-"), title=title, blocks=found)


def _facts(material: Material) -> Iterator[Fact]:
    incident = material.detail.incident
    yield Fact(name="Severity", text=incident.severity.value)
    if incident.service:
        yield Fact(name="Service", text=incident.service)
    yield Fact(name="Began", text=instant(incident.started_at))
    if incident.mitigated_at is not None:
        yield Fact(name="Mitigated", text=f"after {span_text(incident.mitigated_at - incident.started_at)}")
    if incident.resolved_at is not None:
        yield Fact(name="Resolved", text=f"after {span_text(incident.resolved_at - incident.started_at)}")
    if material.measures.noticed_first:
        first = {"alert": "an alert", "report": "a report", "person": "one of us"}
        yield Fact(name="Noticed first by", text=first.get(material.measures.noticed_first, ""))


# ------------------------------------------------------------------ impact and story
def _summary(made: _Made) -> Iterator[Block]:
    yield from made.prose("summary")


def _impact(made: _Made) -> Iterator[Block]:
    yield from made.prose("impact")
    claims = [one for one in made.material.detail.claims if one.state in ("stands", "disputed")]
    if not claims:
        yield Remark(text="Nobody has said how many were affected, or how much.")
        return
    rows = tuple(_claim(one, made.said) for one in claims)
    head = ("What was affected", "How much", "When", "Who says so", "Standing")
    yield Grid(caption="What is claimed, and by whom", head=head, rows=rows)


def _claim(claim: ImpactClaim, said: Callable[[str], str]) -> tuple[str, ...]:
    until = "still so when this was written" if claim.ends_at is None else f"to {instant(claim.ends_at)}"
    standing = "disputed" if claim.state == "disputed" else "a guess" if claim.suspected else "stands"
    why = next((one.why for one in reversed(claim.verdicts) if one.word == claim.state and one.why), "")
    source = claim.source if not claim.evidence else f"{claim.source} ({claim.evidence})"
    return (
        said(claim.affected), figure_text(claim.figure), f"{instant(claim.starts_at)} {until}",
        said(source), f"{standing}: {said(why)}" if why else standing,
    )  # fmt: skip


def _happened(made: _Made) -> Iterator[Block]:
    yield from made.prose("what_happened")
    material = made.material
    if (drawn := chart(material.moments, material.detail, material.measures)) is not None:
        yield drawn
    told, aside = story(material.moments, made.view.accounts, material.detail.incident.started_at, made.voices)
    if told.moments:
        yield told
    if aside is not None:
        yield aside
    tried = tuple(Row(text=made.said(attempt_text(one))) for one in material.detail.attempts)
    if tried:
        yield Listing(title="What was tried", rows=tried)


# ------------------------------------------------------------------ factors
def _distinct(factors: Sequence[Factor]) -> list[Factor]:
    """Those that say something of their own; what says the same as another stands there."""
    return [one for one in factors if one.same_as is None]


def _factors(made: _Made) -> Iterator[Block]:
    mine = _distinct(made.view.factors)
    if mine:
        yield Remark(text="Several things came together. None of them is the one cause, and their order means nothing.")
    for category, title in CATEGORIES.items():
        rows = tuple(_factor(one, made, (ROLES.get(one.role, one.role),)) for one in mine if one.category == category)
        if rows:
            yield Listing(title=title, rows=rows)


def _factor(factor: Factor, made: _Made, labels: tuple[str, ...]) -> Row:
    themes = {one.id: one.name for one in made.view.themes}
    theme = themes.get(factor.theme_id or 0)
    same = [one for one in made.view.factors if one.same_as == factor.id]
    notes = [f"Also put as: {one.text}" for one in same]
    notes += [text for one in (factor, *same) for text in _evidence(one.evidence, made.material.moments)]
    notes += [f"Seen before in INC-{one.incident_id}: {one.text}. This time: {one.evidence}" for one in factor.earlier]
    contexts = [f"Context: {', '.join(factor.contexts)}"] if factor.contexts else []
    return Row(
        text=made.said(factor.text),
        labels=tuple(made.said(one) for one in (*labels, *([f"theme: {theme}"] if theme else []))),
        notes=tuple(made.said(one) for one in (*notes, *contexts)),
    )


def _evidence(evidence: Sequence[Evidence], moments: Sequence[Moment]) -> Iterator[str]:
    told = {str(one.entry.seq): one.entry for one in moments}
    for one in evidence:
        if one.kind == "entry" and (entry := told.get(one.ref)) is not None:
            yield f"Evidence: {entry.observed_at:%H:%M} {entry.text}{f' ({one.text})' if one.text else ''}"
        elif one.kind == "account":
            yield f"Evidence: an account above{f': {one.text}' if one.text else ''}"
        else:
            words = " ".join(part for part in (one.text, one.ref if one.kind != "entry" else "") if part)
            yield f"Evidence: {words or one.kind}"


def _pointed(made: _Made, section: str, wanted: Callable[[Factor], bool], title: str) -> Iterator[Block]:
    yield from made.prose(section)
    rows = tuple(
        Row(text=made.said(one.text), labels=(CATEGORIES.get(one.category, one.category),))
        for one in _distinct(made.view.factors)
        if wanted(one)
    )
    if rows:
        yield Listing(title=title, rows=rows)


def _hard(made: _Made) -> Iterator[Block]:
    return _pointed(
        made, "hard", lambda one: one.role in ("difficulty", "risk"), "Difficulties and risks among the factors"
    )


def _helped(made: _Made) -> Iterator[Block]:
    return _pointed(made, "helped", lambda one: one.role == "mitigator" or one.category == "luck", "Among the factors")


def _surprises(made: _Made) -> Iterator[Block]:
    return _pointed(made, "surprises", lambda one: one.role == "surprise", "Among the factors")


# ------------------------------------------------------------------ what follows
def _open_questions(made: _Made) -> Iterator[Block]:
    yield from made.prose("open_questions")
    theories = tuple(
        Row(text=made.said(one.text), labels=("never settled",))
        for one in made.material.detail.theories
        if one.state == "open"
    )
    if theories:
        yield Listing(title="Theories that nobody settled", rows=theories)


def _learnings(made: _Made) -> Iterator[Block]:
    rows = tuple(Row(text=made.said(one.text)) for one in made.view.learnings)
    if rows:
        yield Listing(rows=rows)


def _actions(made: _Made) -> Iterator[Block]:
    if not made.view.actions:
        return
    head = ("What", "Who", "Due", "State", "What could it make worse?")
    ordered = sorted(made.view.actions, key=lambda one: (one.state == "wont_do", one.due_on, one.id))
    rows = tuple(_action(one, made) for one in ordered)
    yield Grid(caption="What follows, by the day it is due", head=head, rows=rows)


def _action(action: Action, made: _Made) -> tuple[str, ...]:
    state = _STATES.get(action.state, action.state)
    state = f"{state}, because {made.said(action.why)}" if action.why and action.state != "open" else state
    owner = f"team {action.owner_team}" + (
        f" ({action.owner})" if action.owner and made.material.names == "names" else ""
    )
    tracked = f" ({action.issue})" if action.issue else ""
    return f"{made.said(action.text)}{tracked}", owner, f"{action.due_on}", state, made.said(action.worse) or "not said"


def _method(made: _Made) -> Iterator[Block]:
    yield from made.prose("gaps")
    material = made.material
    yield Listing(rows=tuple(Row(text=one) for one in method(material.view, material.detail, made.voices)))


_TITLES = {"factors": "Contributing factors", "learnings": "What we learned", "actions": "Actions"}
_PARTS: dict[str, Callable[[_Made], Iterator[Block]]] = {
    "summary": _summary, "impact": _impact, "what_happened": _happened, "factors": _factors, "hard": _hard,
    "helped": _helped, "surprises": _surprises, "open_questions": _open_questions, "learnings": _learnings,
    "actions": _actions, "gaps": _method,
}  # fmt: skip
