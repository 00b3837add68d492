"""Which mails machines wrote: RFC 3834 (Auto-Submitted), and what is used beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

Headers = Mapping[str, Sequence[str]]
"""Lower-case names and decoded values."""

_NOBODY = re.compile(r"(mailer-daemon|postmaster|(no|do-?not|never)[-_.]?reply)([-_.+].*)?", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_SUPPRESSES = frozenset({"all", "autoreply", "oof"})
_LIST_ID = re.compile(r"<([^<>]+)>")


def automatic_reason(headers: Headers, sender: str, own: Collection[str], own_lists: Collection[str] = ()) -> str:
    """Why a mail counts as written by a machine, "" for a person's.

    `own` are our addresses. `own_lists` are the List-Ids of lists by which people write to us: their marks count not.
    """
    return next(_reasons(headers, sender, own, own_lists), "")


def _reasons(headers: Headers, sender: str, own: Collection[str], own_lists: Collection[str]) -> Iterator[str]:
    submitted = _first(headers, "auto-submitted").partition(";")[0]
    if submitted not in ("", "no"):
        yield f"Auto-Submitted: {submitted}"
    if not _from_own_list(headers, own_lists) and (from_list(headers) or _first(headers, "precedence") in _BULK):
        yield "a list or a bulk mailing"
    if any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoresponse")):
        yield "X-Autoreply"
    if _SUPPRESSES & {word.strip() for word in _first(headers, "x-auto-response-suppress").split(",")}:
        yield "X-Auto-Response-Suppress"
    if _first(headers, "return-path") == "<>":
        yield "no return path"
    if _first(headers, "content-type").partition(";")[0].strip() == "multipart/report":
        yield "a delivery report"
    if sender.lower() in own:
        yield "our own address"
    if _NOBODY.fullmatch(sender.rpartition("@")[0]):
        yield "an address that nobody reads"


def is_answer(headers: Headers) -> bool:
    """Whether a machine wrote this because of another mail: a vacation notice begins no conversation."""
    return _first(headers, "auto-submitted").startswith("auto-replied")


def from_list(headers: Headers) -> bool:
    """Whether a mail came by a mailing list."""
    return "list-id" in headers or "list-unsubscribe" in headers


def _from_own_list(headers: Headers, own_lists: Collection[str]) -> bool:
    text = _first(headers, "list-id")
    found = _LIST_ID.search(text)
    return (found.group(1) if found else text) in {one.lower() for one in own_lists}


def _first(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "").strip().lower()
