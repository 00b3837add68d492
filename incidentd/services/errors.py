"""What a service call can answer instead of a result. The socket API turns each into problem+json."""

from __future__ import annotations

import msgspec


class ServiceError(Exception):
    """Base of all; `message` is shown to the caller, `remedy` says what can be done."""

    def __init__(self, message: str, *, field: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.remedy = remedy


class NotFound(ServiceError):  # noqa: N818
    """There is no such object."""


class Invalid(ServiceError):  # noqa: N818
    """The request cannot be understood or contradicts itself; `field` names the part."""


class Unknown(Invalid):  # noqa: N818
    """The request names something that does not exist, beside what it is about; `field` says where."""


class Refused(ServiceError):  # noqa: N818
    """A post-incident rule refuses this transition; response transitions are never refused."""


class Conflict(ServiceError):  # noqa: N818
    """The object moved on; `current` is how it stands now."""

    def __init__(
        self, message: str, *, current: msgspec.Struct | None = None, field: str = "", remedy: str = ""
    ) -> None:
        super().__init__(message, field=field, remedy=remedy)
        self.current = current
