"""Accounts side by side: what people saw, thought and tried at the same moment, a column a person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from incidentd.domain.review_steps import Step
from incidentd.wire.review_records import Account
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows import timeline
from incidentd_tui.rows.review.seen import Key, Seen, StepView, moment_key, spaced, told

_WIDE = 96
"""From this many cells accounts stand side by side, below one under the other."""
_COLUMN = 30
WHOLE: Key = ("whole", 0)
"""Accounts of the whole, and those of a moment that the timeline does not hold."""


def at(seen: Seen, key: Key | None) -> list[Account]:
    """The accounts of a row, one's own first, then by name."""
    if key is None or key[0] in ("head", "gap"):
        return []
    if key[0] == "account":
        return [one for one in seen.view.accounts if one.id == key[1]]
    moment = seen.moment(key)
    if moment is not None:
        return _ordered(seen.accounts_at(moment))
    held = {one.id for each in seen.view.walk.moments for one in seen.accounts_at(each)}
    return _ordered([one for one in seen.view.accounts if one.id not in held])


def chosen(seen: Seen, key: Key | None) -> Account | None:
    """The account that a key is about: the one in the chosen column."""
    found = at(seen, key)
    return found[min(seen.column, len(found) - 1)] if found else None


def _ordered(found: list[Account]) -> list[Account]:
    return sorted(found, key=lambda one: (not one.mine, str(one.person), one.id))


def _places(seen: Seen) -> list[Key]:
    """Moments that somebody told of, then the whole."""
    places = [moment_key(one) for one in seen.view.walk.moments if seen.accounts_at(one)]
    return [*places, WHOLE] if at(seen, WHOLE) else places


def _rows(seen: Seen) -> Sequence[Key]:
    """A moment a row where there is room, else a head with an account a row."""
    places = _places(seen)
    if seen.width >= _WIDE:
        return spaced(places)
    found: list[Key] = []
    for number, key in enumerate(places):
        found += [("head", number), *(("account", one.id) for one in at(seen, key))]
    return found


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    if key[0] == "gap":
        return [[]]
    if key[0] == "head":
        places = _places(seen)
        return [[], *_place(seen, places[key[1]], width)] if key[1] < len(places) else [[]]
    found = at(seen, key)
    if key[0] == "account":
        return _account(seen, found[0], width, here=False) if found else [[]]
    return [*_place(seen, key, width), *_beside(seen, found, width)]


def _place(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    """What the accounts are of."""
    moment = seen.moment(key)
    if moment is None:
        return [[("of the whole", theme.heading)]]
    return timeline.row(moment.entry, seen.view.walk.moments[0].entry.observed_at, seen.model.zone, width)[:2]


def _beside(seen: Seen, found: list[Account], width: int) -> list[paint.Line]:
    """Several accounts in columns, in as many bands as they need."""
    abreast = max(min(width // _COLUMN, len(found)), 1)
    each = (width - 2) // abreast
    lines: list[paint.Line] = []
    for first in range(0, len(found), abreast):
        band = [
            _account(seen, one, each - 2, here=len(found) > 1 and first + number == min(seen.column, len(found) - 1))
            for number, one in enumerate(found[first : first + abreast])
        ]
        lines += [[]] if first else []
        for parts in zip_longest(*band, fillvalue=[]):
            line: paint.Line = []
            for part in parts:
                cut = paint.crop_line(part, each - 2)
                line += [("  ", theme.plain), *cut, (" " * (each - 2 - paint.width_of(cut)), theme.plain)]
            lines.append(line)
    return lines


def _account(seen: Seen, one: Account, width: int, *, here: bool) -> list[paint.Line]:
    """Who tells it, what they saw, and to whom it was new."""
    you = " (you)" if one.mine else ""
    head: paint.Line = [(f"{'▸ ' if here else ''}{one.person}{you}", theme.key if here else theme.bold)]
    if one.new_to_me:
        head.append(("  ✦ new to you", theme.success))
    if one.new_to:
        head.append((f"  new to {one.new_to}", theme.success))
    edited = one.edited_at > one.written_at
    head += [(f"  edited {phrases.hour(one.edited_at, seen.model.zone)}", theme.faint)] if edited else []
    parts = (("saw", one.saw), ("thought", one.thought), ("tried", one.tried), ("", one.text))
    return [head, *told([part for part in parts if part[1]], width)]


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    return [
        [],
        [("  Nobody has written an account yet.", theme.muted)],
        [("  w", theme.key), (" writes yours of the whole; those of a moment are written in the walk ", theme.muted),
         ("[", theme.key)],
    ]  # fmt: skip


def _asks(seen: Seen, key: Key | None) -> str:
    one = chosen(seen, key)
    if one is None or one.mine:
        return "What would you add, of the whole?"
    return f"Was it new to you, what {one.person} tells?"


STEP = StepView(name=Step.ACCOUNTS, short="Accounts", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
