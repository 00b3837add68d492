"""`[adoption]` of process.toml: who may put another version in force, and why this one is as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import pydantic

from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import Table
from incidentd.domain.adoption import AdoptionSettings
from incidentd.domain.process_keys import resolved

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


def broken_adoption(table: AdoptionTable, data: Mapping[str, Any]) -> Iterable[Broken]:
    """Keys that are explained and do not stand in the file."""
    for key in table.because:
        if resolved(data, key) is None:
            remedy = "name one as it stands here, such as updates.SEV2.identified or severity.rules.NAME"
            yield ("adoption", "because", key), (f"the file has no key {key}", remedy)
