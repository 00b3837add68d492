"""The signs of text pictures: told apart by shape and weight, once for UTF-8 and once for plain ASCII."""

from __future__ import annotations

from typing import NamedTuple

from incidentd.domain.severity import Severity


class Glyphs(NamedTuple):
    """One set of signs, each one column wide."""

    severities: tuple[str, str, str, str, str]  # SEV1 to SEV5, the heaviest first
    unrated: str
    kept: str
    missed: str
    steps: tuple[str, str, str, str, str]  # of density: none at all, then four
    sleep: str
    off: str
    day: str
    rule: str
    upright: str  # of the axis
    tick: str  # on the upright axis
    foot: str  # on the time axis
    corner: str
    median: str
    boundary: str
    interval: str

    def sign(self, style: str) -> str:
        """The sign of a case by its style: kept, missed, sev1 to sev5, unrated."""
        if style.startswith("sev"):
            return self.severities[int(style[3]) - 1]
        return {"kept": self.kept, "missed": self.missed}.get(style, self.unrated)


UNICODE = Glyphs(
    ("◆", "●", "◐", "○", "·"), "□", "●", "○", ("·", "░", "▒", "▓", "█"), "█", "▒", "░",
    "─", "│", "┤", "┬", "└", "▶", "┊", "│",
)  # fmt: skip
ASCII = Glyphs(
    ("#", "@", "O", "o", "."), "x", "*", "o", (".", "-", "+", "*", "#"), "#", "+", "-",
    "-", "|", "+", "+", "+", ">", ":", "|",
)  # fmt: skip


def severity_style(severity: Severity | None) -> str:
    return "unrated" if severity is None else severity.value.lower()
