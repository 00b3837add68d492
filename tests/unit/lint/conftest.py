"""The labelled sentences of the language lint, and how well the rules find what is marked in them."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from incidentd.domain.lint.findings import lint
from incidentd.lexicon import shipped

CORPUS = Path(__file__).parent / "corpus"
_MARK = re.compile(r"«(?:([a-z-]+):)?([^«»]*)»")


class Sentence(NamedTuple):
    """A text and what is marked in it: (rule, start, end)."""

    text: str
    marks: tuple[tuple[str, int, int], ...]


class Figures(NamedTuple):
    """How one rule did: findings that touch a mark of it, findings that touch none, marks that nothing touches."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0


def _sentence(rule: str, written: str) -> Sentence:
    pieces: list[str] = []
    marks, length, at = [], 0, 0
    for mark in _MARK.finditer(written):
        before = written[at : mark.start()]
        length += len(before)
        marks.append((mark[1] or rule, length, length + len(mark[2])))
        pieces += [before, mark[2]]
        length += len(mark[2])
        at = mark.end()
    return Sentence("".join((*pieces, written[at:])), tuple(marks))


def sentences(name: str) -> list[Sentence]:
    lists = tomllib.loads((CORPUS / f"{name}.toml").read_text(encoding="utf-8"))
    return [_sentence(rule, written) for rule, texts in lists.items() for written in texts]


def measured(name: str) -> dict[str, Figures]:
    """The figures of every rule over one file of the corpus."""
    lexicon = shipped("en")
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for sentence in sentences(name):
        found = lint(sentence.text, lexicon)
        for rule, start, end in sentence.marks:
            touched = any(one.rule == rule and one.start < end and start < one.end for one in found)
            counts[rule][0 if touched else 2] += 1
        for one in found:
            if not any(rule == one.rule and one.start < end and start < one.end for rule, start, end in sentence.marks):
                counts[one.rule][1] += 1
    return {rule: Figures(*counts[rule]) for rule in lexicon.rules}


@pytest.fixture(scope="session")
def corpus() -> Callable[[str], list[Sentence]]:
    return sentences


@pytest.fixture(scope="session")
def figures() -> Callable[[str], dict[str, Figures]]:
    return measured
