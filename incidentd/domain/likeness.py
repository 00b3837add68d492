"""How alike two reports are, and why: their words, and the service, region, version and feature they name.

Whole texts of different people about one failure share few characters; what they share are a few telling words (a
feature, a status code). So words are compared, those that say nothing left out, with another ending or a typo forgiven.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

import msgspec
from rapidfuzz.distance import JaroWinkler

_WORDS = 60  # of a report: what comes later is a log or a thread below the text
LONGEST = 6000
"""Characters of a report that are looked at."""
_SAME_WORD = 0.9
_BUCKET = 3  # words that begin otherwise are others
_SAME_SERVICE, _OTHER_SERVICE = 25, -40
_SAME_TAG: Mapping[str, int] = {"feature": 20, "region": 2, "version": 2}
_OTHER_TAG: Mapping[str, int] = {"feature": -25, "region": -10, "version": -10}
_WORD = re.compile(r"\w+")
_NOTHING_SAID = frozenset(
    _WORD.findall(
        """a about again all also am an and any anymore are as at back be because been best but by can cannot could
        day dear did do does doing don every everybody everything for from get getting got had has have having
        hello help her hey hi his how i if im in into is issue issues it its just kind know like many maybe me
        more morning my need no not now of on one only or other our out over please problem problems re really
        regards see seeing seems since so some something still support team thank thanks that the their them
        then there these they this those to today too try us use using very was we were what when where which
        while who why will with work working works would yet you your"""
    )
)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared of a report. `tags` may name a region, a version, a feature; `sender` tells reporters apart."""

    id: int
    subject: str
    text: str
    service: str = ""
    tags: Mapping[str, str] = {}
    sender: str = ""
    team: str = ""  # of an internal customer
    at: datetime


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """How alike another report is, 0 to 100, and what of it; `said` counts their words alone."""

    id: int
    score: int
    said: int
    reasons: tuple[str, ...]


@lru_cache(maxsize=1024)  # each report is compared with many others
def telling_words(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, the first of them when it is long."""
    text = text.casefold()
    found = dict.fromkeys(word for word in _WORD.findall(text) if len(word) > 1 and word not in _NOTHING_SAID)
    return frozenset(list(found)[:_WORDS])


def likeness(one: Facts, other: Facts) -> Likeness:
    """How alike `other` is to `one`."""
    mine, theirs = telling_words(_written(one)), telling_words(_written(other))
    shared = shared_words(mine, theirs)
    said = round(100 * len(shared) / math.sqrt(len(mine) * len(theirs))) if shared else 0
    points = [(said, _said(shared))] if shared else []
    points += _compared("service", one.service, other.service, _SAME_SERVICE, _OTHER_SERVICE)
    for tag, same in _SAME_TAG.items():
        points += _compared(tag, one.tags.get(tag, ""), other.tags.get(tag, ""), same, _OTHER_TAG[tag])
    score = min(max(sum(number for number, _ in points), 0), 100)
    return Likeness(id=other.id, score=score, said=said, reasons=tuple(reason for _, reason in points))


def _written(one: Facts) -> str:
    return f"{one.subject}\n{one.text}"[:LONGEST]


def _said(shared: Iterable[str]) -> str:
    words = sorted(shared, key=lambda word: (-len(word), word))
    return f"both say {', '.join(words[:5])}{' ...' if len(words) > 5 else ''}"


def _compared(name: str, mine: str, theirs: str, same: int, other: int) -> list[tuple[int, str]]:
    if not mine or not theirs:
        return []
    if mine.casefold() == theirs.casefold():
        return [(same, f"same {name} ({mine})")]
    return [(other, f"another {name} ({theirs})")]


def shared_words(mine: frozenset[str], theirs: frozenset[str]) -> set[str]:
    """The words of `mine` that `theirs` has too. Numbers are the same or another: 429 is not 420."""
    found = set(mine & theirs)
    ours, others = _by_beginning(mine), _by_beginning(theirs)
    for beginning in ours.keys() & others.keys():
        near = others[beginning]
        found.update(word for word in ours[beginning] if word not in found and _is_one_of(word, near))
    return found


def said_in(wanted: frozenset[str], words: frozenset[str]) -> bool:
    """Whether `words` have all of some words, with other endings and typos forgiven."""
    return len(shared_words(wanted, words)) == len(wanted)


@lru_cache(maxsize=1024)
def _by_beginning(words: frozenset[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if not word.isdigit():
            found.setdefault(word[:_BUCKET], []).append(word)
    return found


def _is_one_of(word: str, near: Iterable[str]) -> bool:
    return any(JaroWinkler.similarity(word, one, score_cutoff=_SAME_WORD) for one in near)
