"""Severity levels of an incident. Severity is impact only; when unsure, take the worse one."""

from __future__ import annotations

import enum


class Severity(enum.StrEnum):
    """SEV1 is the worst, SEV5 cosmetic."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"
    SEV5 = "SEV5"

    @property
    def rank(self) -> int:
        """1 for SEV1 up to 5 for SEV5."""
        return int(self.value[3])

    def worse_than(self, other: Severity) -> bool:
        """True when this level means more impact than `other`."""
        return self.rank < other.rank
