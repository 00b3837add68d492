"""`[adoption]` of process.toml: who may put another version in force, and why this one is as it is."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from incidentd.configuration.values import Table
from incidentd.domain.adoption import AdoptionSettings

_Why = Annotated[str, pydantic.Field(min_length=1, max_length=2000, pattern=r"\S")]
_Key = Annotated[str, pydantic.Field(min_length=1, max_length=250)]


class AdoptionTable(Table):
    """`reason` and `because` say why, of the whole and by key. They stand beside the version, and make no new one."""

    second_person: bool = False
    role: Literal["responder", "admin"] = "responder"
    reason: Annotated[str, pydantic.Field(max_length=2000)] = ""
    because: Annotated[dict[_Key, _Why], pydantic.Field(max_length=200)] = pydantic.Field(default={})


def adoption_settings(table: AdoptionTable) -> AdoptionSettings:
    """What counts of the table."""
    return AdoptionSettings(second_person=table.second_person, role=table.role)
