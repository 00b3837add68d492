"""What is said of a review: why its floor lies where it does, and by which words people call it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from incidentd.wire.review_window import Night, Opening

_OLD_WORD = re.compile(r"\bpost[\s_\W]*mort[ae]ms?\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")


def words_of_nights(texts: Sequence[str]) -> str:
    """Why a floor lies one night later, by the sentences of who worked then; "" when nobody did."""
    return f"+1 night: {'; '.join(texts)}" if texts else ""


def reasons(nights: Sequence[Night], openings: Sequence[Opening]) -> list[str]:
    """What moved a window, a sentence each: the night that people worked, and every wish to open it early."""
    extended = words_of_nights([one.text for one in nights])
    return [*([extended] if extended else []), *(one.text for one in openings if one.state != "withdrawn")]


def command_names(review_name: str) -> tuple[str, ...]:
    """By which commands a team may call its review: "Incident Retro" is `incident-retro` and `retro`.

    A name of three words or more has its initials too: "Reason For Outage" is `reason-for-outage` and `rfo`.
    """
    parts = _WORD.findall(review_name.lower())
    short = parts[1:] if len(parts) > 1 and parts[0] == "incident" else []
    initials = ["".join(part[0] for part in parts)] if len(parts) > 2 else []
    return tuple(dict.fromkeys(filter(None, ("-".join(parts), "-".join(short), *initials))))


def name_problem(review_name: str) -> str:
    """What is wrong with a name; "" for a good one. Nobody has died, so the old word is warned of and not refused."""
    if not _OLD_WORD.search(review_name):
        return ""
    return (
        f'review.name is "{review_name}": the word speaks of a death and of looking for what killed; people come to '
        'learn, so call it "Incident Review", "Incident Retro" or what suits you'
    )
