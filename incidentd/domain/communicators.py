"""The fallback list for whoever leads the communications of an incident."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from incidentd.domain.people import Target


class Communicators(msgspec.Struct, frozen=True):
    """Who is asked to lead the communications when nobody does, in order, and how long each has before the next."""

    targets: tuple[Target, ...] = ()
    delay: timedelta = timedelta(minutes=3)
