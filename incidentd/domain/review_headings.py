"""What the headings and keys of reviews that other teams wrote usually mean."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

import msgspec

CATEGORIES = ("technical", "organisational", "human-factors", "process", "external", "luck")


class Part(enum.StrEnum):
    """What a part of a review holds."""

    SUMMARY = "summary"
    IMPACT = "impact"
    STORY = "what_happened"
    TIMELINE = "timeline"
    FACTORS = "factors"
    WELL = "mitigators"
    HARD = "difficulties"
    SURPRISES = "surprises"
    RISKS = "risks"
    LUCK = "luck"
    LEARNINGS = "learnings"
    ACTIONS = "actions"
    QUESTIONS = "open_questions"
    GAPS = "gaps"
    PEOPLE = "people"


class Meaning(msgspec.Struct, frozen=True):
    """What a heading is about. `single`: it names one cause, where factors are several."""

    part: Part
    single: bool = False


ROLE_OF: Mapping[Part, str] = {
    Part.FACTORS: "enabler", Part.WELL: "mitigator", Part.HARD: "difficulty", Part.SURPRISES: "surprise",
    Part.RISKS: "risk", Part.LUCK: "mitigator",
}  # fmt: skip
"""The parts whose items are factors, and which role they had."""

# The first that is found counts.
_MEANINGS: tuple[tuple[str, Part], ...] = (
    (r"time ?line|chronology|sequence of events|log of events", Part.TIMELINE),
    (r"action(?: item)?s?\b|follow[ -]?ups?|next steps|remediations?|preventive measures|to[ -]?dos?", Part.ACTIONS),
    (r"(?:where )?(?:we|they) (?:got|were) lucky|luck\b|lucky", Part.LUCK),
    (r"went (?:well|right)|worked well|mitigat(?:ors|ing factors)|what helped", Part.WELL),
    (
        r"went (?:wrong|poorly|badly)|(?:did ?n.t|did not) (?:go|work) well|(?:be|go) better|difficult|"
        r"made (?:it|this) hard|hard(?:er)?\b|challenges|improve",
        Part.HARD,
    ),
    (r"surpris", Part.SURPRISES),
    (r"^(?:other )?risks?$|hazards", Part.RISKS),
    (r"open questions?|unanswered|questions", Part.QUESTIONS),
    (r"gaps|method|limitations|not heard", Part.GAPS),
    (r"lessons?|learnings?|learned|learnt|take ?aways?|insights", Part.LEARNINGS),
    (r"contribut|factors?\b|enablers|causes?\b|causal|why (?:it|this|did)", Part.FACTORS),
    (r"summary|overview|abstract|tl;?dr|executive|synopsis|at a glance", Part.SUMMARY),
    (r"impact|affected|customer effects?|blast radius|consequences|damage", Part.IMPACT),
    (
        r"happened|narrative|story|background|description|detect|respon|resolution|resolved|recover|trigger|"
        r"mitigation|analysis|details|incident|investigation|diagnosis|context|symptoms",
        Part.STORY,
    ),
    (r"authors?|participants|people|attendees|responders|owners?|roles", Part.PEOPLE),
)
_PATTERNS = tuple((re.compile(pattern), part) for pattern, part in _MEANINGS)
_SINGLE = re.compile(r"\b(?:root|the|main|primary)\W+cause\b|\broot\W+causes\b")
_LEADING = re.compile(r"^[^a-z]+")
_CATEGORY_WORDS: Mapping[str, str] = {
    "technical": "technical", "technology": "technical", "tech": "technical", "system": "technical",
    "organisational": "organisational", "organizational": "organisational", "organisation": "organisational",
    "organization": "organisational", "human factors": "human-factors", "human factor": "human-factors",
    "human": "human-factors", "people": "human-factors", "process": "process", "procedural": "process",
    "external": "external", "third party": "external", "vendor": "external", "luck": "luck",
}  # fmt: skip


def meaning(heading: str) -> Meaning | None:
    """What a heading is about, None when its words say nothing known."""
    said = _LEADING.sub("", heading.lower()).strip(" :.")
    for pattern, part in _PATTERNS:
        if pattern.search(said):
            return Meaning(part, part is Part.FACTORS and bool(_SINGLE.search(said)))
    return None


def category(words: str) -> str:
    """The category that a word of a heading, a column or a mark names; "" for none."""
    said = re.sub(r"[\s_-]+", " ", words.lower()).strip(" :.()[]*")
    return _CATEGORY_WORDS.get(said.removesuffix(" factors").removesuffix(" causes"), "")


_TECHNICAL = re.compile(
    r"\b(?:servers?|databases?|caches?|caching|queues?|config(?:uration)?|timeouts?|latency|memory|cpu|disks?|"
    r"network|dns|tls|certificates?|bugs?|code|librar(?:y|ies)|schema|quer(?:y|ies)|index(?:es)?|pods?|containers?|"
    r"clusters?|nodes?|load[ -]balancers?|replicas?|retr(?:y|ies)|apis?|scripts?|rollbacks?|migrations?|"
    r"crash(?:ed|es)?|leaks?|deadlocks?|connections?|pools?|threads?|kernel|firmware|hardware|router|packets?|sockets?|endpoints?|"
    r"null|overflow|throughput|regex|partition|failover|health[ -]?checks?|rate[ -]limits?)\b"
)
_OTHER = re.compile(
    r"\b(?:we|nobody|no one|teams?|people|person|engineers?|operators?|on[ -]call|responders?|knew|know|unaware|"
    r"training|trained|runbooks?|documentation|documented|process(?:es)?|procedures?|review(?:ed|s)?|communicat\w+|handover|"
    r"handoff|ownership|owner|owned|staff\w*|fatigue|tired|pressure|deadline|priorit\w+|vendors?|providers?|upstream|"
    r"third[ -]part(?:y|ies)|customers?|lucky|luck|checklists?|policy|policies|budget|decision|assum\w+|understood)\b"
)


def guessed_category(text: str) -> str:
    """`technical` where the words speak of machines and of nothing else; "" where somebody has to say."""
    said = text.lower()
    return "technical" if _TECHNICAL.search(said) and not _OTHER.search(said) else ""
