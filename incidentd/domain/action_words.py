"""Whether the text of an action says what somebody will do. A guess by few words, so it only ever warns."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


_NO_VERB = _words(
    """a all an another any better both can could every everybody faster fewer i in it its less maybe may might missing
    more must my need needs new no nobody not on one ought our proper regular she should some somebody someone that the
    their there these they this those we when with would you your"""
)
"""What a sentence begins with that does not begin with what is to be done."""
_NOUN_ENDINGS = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship", "ing", "ism")
_VERBS_ENDING_SO = _words(
    """advance balance bring caution cement commission condition document enhance experiment fence finance implement
    instance mention partition position provision question reference sequence silence station string supplement
    transition version"""
)
_SAYS_NOTHING = (
    "avoid", "be aware", "be careful", "be more careful", "consider", "ensure", "improve", "keep in mind", "look into",
    "make sure", "pay attention", "pay more attention", "remember to", "think about", "try harder", "try to",
)  # fmt: skip


def begins_with_verb(text: str) -> bool:
    """Whether the first word may be a verb; only what is surely none is told."""
    found = _WORD.search(text.casefold())
    if found is None:
        return False
    word = found[0]
    if word in _NO_VERB:
        return False
    return word in _VERBS_ENDING_SO or not (len(word) > 5 and word.endswith(_NOUN_ENDINGS))


def says_nothing_new(text: str) -> str:
    """The words that an action begins with although nobody could tell whether they were done; "" for none."""
    words = " ".join(_WORD.findall(text.casefold()))
    return next((said for said in _SAYS_NOTHING if words == said or words.startswith(f"{said} ")), "")
