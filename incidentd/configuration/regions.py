"""Regions of which the public holidays are known: a country, or a part of it such as DE-BE (ISO 3166)."""

from __future__ import annotations

from typing import Annotated

import pydantic


def _region(value: str) -> str:
    """`value` itself; "" for none."""
    if not value:
        return value
    from holidays import country_holidays  # its import takes longer than a start may

    country, _, part = value.partition("-")
    try:
        country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        raise ValueError('is no region with known holidays — write a code such as "FR", or "DE-BE"') from None
    return value


Region = Annotated[str, pydantic.AfterValidator(_region)]
