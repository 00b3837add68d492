"""What every body of the socket API is made of: kinds of text and number with bounds, and the two base classes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Line = Annotated[str, Meta(min_length=1, max_length=250, pattern=r"\S")]  # a title: not only white space
Text = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=r"\S")]
OptionalText = Annotated[str, Meta(max_length=20_000)]
Handle = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]  # with its offset; a caller's time without one is an error
RowId = Annotated[int, Meta(ge=1, le=2**53)]


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A response body."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body; a key that is not in the contract is an error that names it."""
