"""Claims about the impact of an incident: figures as people write them, which claims stand, and what they confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from incidentd.wire.facts import ImpactClaim, ImpactFigure, Verdict

LARGEST = 1e15
_NUMBER = r"(\d+(?:[.,]\d+)?)\s?([kKmM](?![\w]))?"
_FIGURE = re.compile(
    rf"(?P<about>>=?|<=?|~|over|at least|min|up to|under|at most|max|about)?\s*{_NUMBER}"
    rf"(?:\s*(?:-|–|\.\.|to)\s*{_NUMBER})?(?P<more>\+)?\s*(?P<unit>[^\s\d]{{0,20}})",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"|(?:\?|unknown)(?P<unit>\s*[^\s\d?]{0,20})", re.IGNORECASE)
_FROM = frozenset({">", ">=", "over", "at least", "min"})
_UP_TO = frozenset({"<", "<=", "up to", "under", "at most", "max"})
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
_ENDING = {"withdrawn": "withdrawn", "disputed": "disputed", "upheld": "stands"}


# ------------------------------------------------------------------ figures
def read_figure(text: str) -> ImpactFigure:
    """A figure as people type it: "20-30%", "500+ users", "up to 2k EUR", "unknown". Raises ValueError."""
    text = text.strip()
    if unknown := _UNKNOWN.fullmatch(text):
        return ImpactFigure(unit=(unknown["unit"] or "").strip())
    found = _FIGURE.fullmatch(text)
    if found is None:
        raise ValueError("is no figure — write for example 20-30%, 500+ users, up to 2k EUR, or unknown")
    about = (found["about"] or "").casefold()
    low = _number(found[2], found[3])
    high = _number(found[4], found[5] or "") if found[4] else low
    if found[4] and not found[3] and found[5]:
        low *= _TIMES[found[5].casefold()]  # 1-2k users
    if about in _FROM or found["more"]:
        return ImpactFigure(low=low, high=high if found[4] else None, unit=found["unit"])
    return ImpactFigure(low=None if about in _UP_TO else low, high=high, unit=found["unit"])


def _number(digits: str, times: str | None) -> float:
    return float(digits.replace(",", ".")) * _TIMES[(times or "").casefold()]


def figure_text(figure: ImpactFigure) -> str:
    """A figure in words that `read_figure` reads back."""
    low, high = figure.low, figure.high
    unit = f" {figure.unit}" if figure.unit else ""
    if low is None and high is None:
        return f"unknown{unit}"
    if low is None or high is None:
        return f"{'up to' if low is None else 'at least'} {_shown(high if low is None else low)}{unit}"
    return f"{_shown(low)}{'' if low == high else f' to {_shown(high)}'}{unit}"


def _shown(value: float | None) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def figure_fault(figure: ImpactFigure) -> str:
    """Why a figure cannot be; "" when it can."""
    known = [value for value in (figure.low, figure.high) if value is not None]
    if len(known) == 2 and known[0] > known[1]:
        return "goes from more to less"
    if figure.unit == "%" and any(value > 100 for value in known):
        return "is more than 100 %"
    return ""


# ------------------------------------------------------------------ claims
def claim_state(verdicts: Sequence[Verdict], replaced_by: int | None) -> str:
    """What became of a claim: stands, disputed, withdrawn or replaced."""
    if replaced_by is not None:
        return "replaced"
    return _ENDING[verdicts[-1].word] if verdicts else "stands"


def in_force(claims: Iterable[ImpactClaim]) -> tuple[ImpactClaim, ...]:
    """Those that nobody took back or replaced; disputed ones are among them."""
    return tuple(one for one in claims if one.state in ("stands", "disputed"))


def confirmed(claims: Iterable[ImpactClaim]) -> bool:
    """Whether somebody says, as more than a guess and without dispute, that there is an impact."""
    return any(one.state == "stands" and not one.suspected for one in claims)


def claimed_start(claims: Iterable[ImpactClaim], started_at: datetime) -> datetime | None:
    """The earliest start that a claim in force gives, when it is not that of the incident."""
    earliest = min((one.starts_at for one in in_force(claims)), default=started_at)
    return None if earliest == started_at else earliest


def disputed_starts(claims: Iterable[ImpactClaim], started_at: datetime) -> tuple[datetime, ...]:
    """Starts that speak against the one that was said: of claims before it, and of claims that are disputed."""
    return tuple(
        one.starts_at
        for one in in_force(claims)
        if one.starts_at < started_at or (one.state == "disputed" and one.starts_at != started_at)
    )
