"""Customers: whoever uses what a team runs, and what kind of user they are."""

from __future__ import annotations

import enum


class CustomerKind(enum.StrEnum):
    """Each kind has questions, clocks and routes of its own."""

    END_USER = "end_user"
    OSS_DEVELOPER = "oss_developer"
    INTERNAL_TEAM = "internal_team"
