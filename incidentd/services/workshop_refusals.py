"""What a rule of a workshop refuses, said as a service does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from incidentd.domain.workshops import FlowRefused
from incidentd.services.errors import Refused


@contextmanager
def refusals() -> Iterator[None]:
    """Raises `Refused` for what a rule of the domain refuses."""
    try:
        yield
    except FlowRefused as no:
        raise Refused(no.refusal.text, field=no.refusal.field, remedy=no.refusal.remedy) from None
