"""Why something that is no part of a response may not happen, and what can be done instead."""

from __future__ import annotations

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """`field` is the part of a request that it is about, "" for none."""

    text: str
    remedy: str
    field: str = ""
