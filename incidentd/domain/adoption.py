"""Who may put another version of the process in force."""

from __future__ import annotations

from typing import Literal

import msgspec


class AdoptionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`second_person`: who proposed a version does not adopt it. `role` is what adopting needs at least."""

    second_person: bool = False
    role: Literal["responder", "admin"] = "responder"


def strictest(*settings: AdoptionSettings) -> AdoptionSettings:
    """What all of them ask for. Of the version in force and the new one the stricter counts.

    Otherwise one person alone could adopt a version that drops the rule, or one that comes with it.
    """
    return AdoptionSettings(
        second_person=any(one.second_person for one in settings),
        role="admin" if any(one.role == "admin" for one in settings) else "responder",
    )
