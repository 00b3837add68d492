"""What shows a factor: each piece is there when it is cited."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from incidentd.domain.reviews import Review
from incidentd.services.errors import Invalid, Unknown
from incidentd.services.review_timeline import cited
from incidentd.storage import incident_attachments, review_accounts
from incidentd.storage.tx import Tx
from incidentd.wire.review_records import Evidence

_MOST_TEXT = 2000
_SCHEMES = ("http", "https")


def checked(tx: Tx, row: Review, given: Sequence[Evidence], actor: str) -> tuple[Evidence, ...]:
    """`given`, an entry and an attachment with what they say now. Raises `Invalid` for what is not there."""
    texts: dict[str, dict[str, str]] = {}
    found = []
    for index, one in enumerate(given):
        place = f"evidence[{index}]"
        if one.kind == "words":
            _say(one.text, f"{place}.text")
        elif one.kind == "link":
            _check_link(one.ref, f"{place}.ref")
        else:
            if one.kind not in texts:
                texts[one.kind] = _known(tx, row, one.kind, actor)
            found.append(_resolved(row, one, texts[one.kind], f"{place}.ref"))
            continue
        found.append(one)
    return tuple(found)


def _known(tx: Tx, row: Review, kind: str, actor: str) -> dict[str, str]:
    """What may be cited of a kind, by its number, with its words."""
    if kind == "entry":
        return {str(seq): entry.text for seq, entry in cited(tx.conn, row).items()}
    if kind == "attachment":
        files = incident_attachments.of_incident(tx.conn, row.incident_id)
        return {str(one.id): one.name for one in files}
    accounts = review_accounts.of_incident(tx.conn, row.incident_id)
    # The words of an account stay with it: its author may change them or take them back.
    return {str(one.id): "" for one in accounts if row.accounts_shared or one.person == actor}


def _resolved(row: Review, one: Evidence, known: dict[str, str], place: str) -> Evidence:
    number = one.ref.strip()
    if number not in known:
        what = {"entry": "entry of the timeline", "account": "account", "attachment": "attachment"}[one.kind]
        remedy = {
            "entry": f"incidentctl review timeline INC-{row.incident_id} --numbers shows them",
            "account": f"incidentctl review account list INC-{row.incident_id} numbers them",
            "attachment": f"incidentctl incident attachment list INC-{row.incident_id} numbers them",
        }[one.kind]
        raise Unknown(f"INC-{row.incident_id} has no {what} {one.ref!r}", field=place, remedy=remedy)
    text = one.text.strip() or known[number][:_MOST_TEXT]
    return msgspec.structs.replace(one, ref=number, text=text)


def _say(text: str, place: str) -> None:
    if not text.strip():
        raise Invalid("these words are empty", field=place, remedy="say what shows it, or leave it out")


def _check_link(ref: str, place: str) -> None:
    remedy = "such as https://graphs.example/d/42"
    try:
        address = urlsplit(ref)
        fits = address.scheme in _SCHEMES and bool(address.hostname)
    except ValueError:
        fits = False
    if not fits or not ref.isprintable() or any(char.isspace() for char in ref):
        raise Invalid("a link begins with http:// or https://", field=place, remedy=remedy)
