"""Who may call a route of the listener: what the plugin that serves it asks for. Since API version 1.11."""

from __future__ import annotations

import enum


class Access(enum.StrEnum):
    """A statement about a route, not a check: the handler checks. The page of who may do what is made of it."""

    OPEN = "open"  # whoever reaches the listener: nothing is asked for
    PUBLIC = "public"  # a page or a form that is meant for everybody
    LOCAL = "local"  # senders on this machine, until keys are set
    KEYED = "keyed"  # who shows a key, a token or a password
    SIGNED = "signed"  # what its sender signed
    ADDRESS = "address"  # who knows an address that nobody can guess


def keyed(secret: object) -> Access:
    """`KEYED` where the configuration has a secret or several, `OPEN` where it has none."""
    return Access.KEYED if secret else Access.OPEN
