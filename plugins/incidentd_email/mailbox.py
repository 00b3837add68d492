"""E-mail addresses that are safe to write into a header and into an SMTP command."""

from __future__ import annotations

import re

import msgspec

_ATOM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+/=?^_`{|}~-.")
_NAMED = re.compile(r"""\s*(?:"(?P<quoted>[^"\\]*)"|(?P<plain>[^"<>,@]*))\s*<(?P<address>[^<>]+)>\s*""")
_DOMAIN = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
MAX_LOCAL = 64  # octets, RFC 5321 section 4.5.3.1.1
_FIRST_PRINTABLE = 0xA0


class Mailbox(msgspec.Struct, frozen=True):
    """An address: `local`@`domain`, the domain in ASCII (IDNA), and a name for people."""

    local: str
    domain: str
    name: str = ""

    @property
    def address(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether the server must know SMTPUTF8 (RFC 6531)."""
        return not self.local.isascii()


def parse_mailbox(text: str) -> Mailbox:
    """`ada@example.org` or `Ada L. <ada@example.org>`.

    Raises `ValueError` for anything else: quoted local parts, several addresses, control characters.
    """
    if not text.isprintable():
        raise ValueError("an e-mail address has no control or other invisible characters")
    if "=?" in text:  # an RFC 2047 encoded word, which Python would decode, line ends and all
        raise ValueError("write the e-mail address and its name in plain characters")
    named = _NAMED.fullmatch(text)
    name = (named["quoted"] or named["plain"] or "").strip() if named else ""
    address = named["address"] if named else text.strip()
    local, at, domain = address.rpartition("@")
    if not at or not _good_local(local):
        raise ValueError("write one e-mail address, such as ada@example.org")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if not _DOMAIN.fullmatch(ascii_domain):
        raise ValueError("the part after the @ is no domain name")
    return Mailbox(local=local, domain=ascii_domain, name=name)


def _good_local(local: str) -> bool:
    if not local or len(local.encode()) > MAX_LOCAL or local[0] == "." or local[-1] == "." or ".." in local:
        return False
    return all(char in _ATOM or ord(char) > _FIRST_PRINTABLE for char in local)
