"""The idempotency key of a message of a page's step.

It depends on nothing but the page and the contact, so that whoever takes the step sends under the same key: the daemon
from its store, or from its memory while the store cannot be written.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from incidentd.domain.people import ContactMethod


def step_key(subject: str, began: datetime, version: int, place: int, person: str, method: ContactMethod) -> str:
    """32 hex digits for the message to `person` by `method`, the one at `place` of a step.

    `version` is that of the page once it is at the step: no other step of any run of the page has it. No two pages
    began with the same `subject` at the same microsecond, not even in two installations that share a vendor.
    """
    parts = (subject, began.isoformat(), str(version), str(place), person, method.notifier, method.address)
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
