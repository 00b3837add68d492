"""Several messages to one contact method as one text: each is named, the urgent ones first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from incidentd.domain.display import safe_line
from incidentd.domain.drills import marked

_TITLE = 250
_LINE = 200
_DETAILED, _LISTED = 5, 40
_BODY_LINES = 3


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a bundle; `kind` is page, update, resolved or last_resort."""

    kind: str
    page_id: int | None
    urgent: bool
    title: str
    body: str
    drill: bool = False


def ordered(parts: Sequence[Part]) -> list[Part]:
    """What is real first, then what is urgent, then pages; in each the order in which they were to go out."""
    return sorted(parts, key=lambda part: (part.drill, not part.urgent, part.kind != "page"))


def is_page(parts: Sequence[Part]) -> bool:
    """Whether anything in it asks a person to act."""
    return any(part.kind in ("page", "last_resort") for part in parts)


def title(parts: Sequence[Part], *, more: bool) -> str:
    """ "3 more pages: the first one's title"; `more` says that messages went before them. It is marked as a drill when
    nothing in it is real."""
    pages = sum(part.kind in ("page", "last_resort") for part in parts)
    others = len(parts) - pages
    word = " more" if more else ""
    counts = [f"{pages}{word} page{'' if pages == 1 else 's'}"] if pages else []
    if others:
        counts.append(f"{others}{'' if pages else word} update{'' if others == 1 else 's'}")
    told = f"{' and '.join(counts)}: {ordered(parts)[0].title}"
    return safe_line(marked(told) if all(part.drill for part in parts) else told, _TITLE)


def body(parts: Sequence[Part]) -> str:
    """Every message by its title, the first ones with the beginning of their text."""
    lines: list[str] = []
    for number, part in enumerate(ordered(parts)[:_LISTED]):
        name = f"P-{part.page_id} " if part.page_id is not None else ""
        what = "" if part.kind == "page" else f"({part.kind.replace('_', ' ')}) "
        lines.append(f"{number + 1}. {name}{what}{safe_line(part.title, _LINE)}")
        if number < _DETAILED:
            lines += [f"   {safe_line(line, _LINE)}" for line in part.body.splitlines()[:_BODY_LINES] if line.strip()]
    if len(parts) > _LISTED:
        lines.append(f"and {len(parts) - _LISTED} more: incidentctl page list --mine")
    return "\n".join(lines)
