"""Rest that is offered to the viewer after a heavy shift: why, and what of it can be taken."""

from __future__ import annotations

from incidentd.wire.rest import Rest
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import shifts


def is_offered(one: Rest) -> bool:
    """Whether nothing of it was taken yet, nor declined."""
    return one.state == "offered"


def reason(model: Model, one: Rest) -> str:
    """Why, in the viewer's time."""
    first = phrases.day_hour(one.first_at, model.now(), model.zone)
    last = phrases.day_hour(one.last_at, model.now(), model.zone)
    when = f"at {first}" if first == last else f"between {first} and {last}"
    what = f"for {phrases.count(one.count, 'incident')}"
    if one.why == "sleep":
        return f"you were paged in your sleep hours, {what}, {when}"
    return f"you were called {what} {when}"


def offers(model: Model, one: Rest) -> list[tuple[str, str]]:
    """(what the API calls it, in words) of each that can still be taken."""
    now = model.now()
    found = []
    if not one.late and one.start_at > now:
        found.append(("late", f"start late, at {phrases.day_hour(one.start_at, now, model.zone)}"))
    if not one.relief and one.block_ends_at is not None and one.block_ends_at > now:
        until = shifts.date_hour(one.block_ends_at, model)
        found.append(("relief", f"be relieved of {one.schedule} until {until}"))
    if not one.skip and one.next_starts_at is not None and one.next_ends_at is not None and one.next_ends_at > now:
        when = shifts.span_text(model, one.next_starts_at, one.next_ends_at)
        found.append(("skip_next", f"skip the next block, {when}"))
    return found


def taken(model: Model, one: Rest) -> list[str]:
    """What the viewer took of it; a request that is over no longer asks."""

    def asks(name: str) -> str:
        return f"{name} {'asks' if any(other.name == name for other in model.requests) else 'asked'}"

    late = [f"you start late, at {phrases.day_hour(one.start_at, model.now(), model.zone)}"] if one.late else []
    relief = [f"{asks(one.relief)} for relief"] if one.relief else []
    return [*late, *relief, *([f"{asks(one.skip)} to skip the next block"] if one.skip else [])]


def brief(model: Model, one: Rest, width: int) -> list[paint.Line]:
    """The offer, with its reason and what it is."""
    left = ", or ".join(words for _, words in offers(model, one))
    if is_offered(one):
        mark, style = ("▲ ", theme.warning), theme.bold
        told = [f"{reason(model, one)}.", f"You may {left}." if left else "It is over soon."]
    else:
        mark, style = ("✓ ", theme.success), theme.plain
        told = [f"{'; '.join(taken(model, one))}.", *([f"You may also {left}."] if left else [])]
    lines: list[paint.Line] = []
    for number, text in enumerate(told):
        for part in paint.wrap(text[:1].upper() + text[1:], width - 2, 4):
            lines.append([mark if not lines else ("  ", theme.plain), (part, theme.plain if number else style)])
    return lines
