"""What the page behind a signed link shows."""

from __future__ import annotations

import msgspec


class AckView(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is page, bundle, test or what an offer is; a test's state is open or proven.

    Any other state but open says that there is nothing left to do: acknowledged (or accepted) by whom, or resolved.
    """

    title: str
    person: str
    state: str
    acknowledged_by: str
    kind: str = "page"
