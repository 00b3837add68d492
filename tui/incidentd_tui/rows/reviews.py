"""Reviews: what is held now, what may be held, what is being written and what was published; one a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from incidentd import wire
from incidentd.domain.review_steps import GUIDES, ORDER
from incidentd.wire.reviews import Review
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows.review.seen import place

Key = tuple[str, int]
VIEWS = (("all", "All"), ("mine", "To hold"), ("written", "Being written"), ("published", "Published"))
PLACES = ("late", "held", "ready", "cooling", "written", "published")
_HEADS = {
    "held": "HELD NOW",
    "late": "LATE",
    "ready": "MAY BE HELD",
    "cooling": "COOLING DOWN",
    "written": "BEING WRITTEN",
    "published": "PUBLISHED",
}
_WAITS = frozenset({"resolved", "cooling", "review_ready"})


class Row(msgspec.Struct, frozen=True):
    """An incident that has a review or is owed one."""

    incident_id: int
    place: str
    title: str
    service: str
    rank: int
    severity: str
    review: Review | None
    opens_at: datetime | None
    due_at: datetime | None


def gather(reviews: Iterable[Review], incidents: Iterable[wire.Incident], now: datetime) -> dict[int, Row]:
    """Reviews, and the incidents that wait for theirs."""
    found = {one.incident_id: _of_review(one) for one in reviews}
    for one in incidents:
        if one.id not in found and one.status in _WAITS and one.review_opens_at is not None:
            found[one.id] = _of_incident(one, now)
        elif one.id in found and found[one.id].place == "held":
            found[one.id] = msgspec.structs.replace(found[one.id], due_at=one.review_due_at)
    return found


def _of_review(one: Review) -> Row:
    where = one.state if one.state in ("written", "published") else "held"
    return Row(
        incident_id=one.incident_id, place=where, title=one.title, service=one.service, rank=one.severity.rank,
        severity=one.severity.value, review=one, opens_at=None, due_at=None,
    )  # fmt: skip


def _of_incident(one: wire.Incident, now: datetime) -> Row:
    opens, due = one.review_opens_at, one.review_due_at
    where = "cooling" if opens is not None and opens > now else "ready"
    where = "late" if due is not None and due < now else where
    return Row(
        incident_id=one.id, place=where, title=one.title, service=one.service, rank=one.severity.rank,
        severity=one.severity.value, review=None, opens_at=opens, due_at=due,
    )  # fmt: skip


def shown_in(view: str, row: Row) -> bool:
    """Whether a view of the list has it."""
    if view == "mine":
        return row.place in ("held", "late", "ready", "cooling")
    return view in ("all", row.place)


def keys(rows: Sequence[Row]) -> list[Key]:
    """Each place under its head: what is due first on top, of what is over the newest."""
    found: list[Key] = []
    for number, name in enumerate(PLACES):
        held = sorted((one for one in rows if one.place == name), key=_rank)
        if held:
            found += [("gap", number)] if found else []
            found += [("head", number), *(("review", one.incident_id) for one in held)]
    return found


def _rank(row: Row) -> tuple[float, int]:
    far = float("inf")
    when = row.due_at if row.place in ("late", "ready") else row.opens_at
    return (when.timestamp() if when is not None else far, -row.incident_id)


def paint_row(model: Model, rows: Mapping[int, Row], key: Key, width: int) -> paint.Line:
    """A head, a gap, or one review in `width` cells without the gutter."""
    if key[0] == "gap":
        return []
    if key[0] == "head":
        name = PLACES[key[1]]
        count = sum(one.place == name for one in rows.values())
        style = theme.warning if name == "late" else theme.heading
        return [(_HEADS[name], style), (f"  {count}", theme.faint)]
    one = rows.get(key[1])
    return _row(model, one, width) if one is not None else []


def _row(model: Model, one: Row, width: int) -> paint.Line:
    left: paint.Line = [
        (f" {one.severity} ", theme.ranked(one.rank)),
        (f" {f'INC-{one.incident_id}':<8}", theme.muted),
        (one.title, theme.bold if one.place in ("held", "late") else theme.plain),
    ]
    return paint.between(left, [*_where(model, one), (" ", theme.plain)], width)


def _where(model: Model, one: Row) -> paint.Line:
    """What is to be known of it at a glance."""
    now, review = model.now(), one.review
    if review is not None and one.place == "held":
        step = next((guide.title for name, guide in GUIDES.items() if name == review.step), review.step)
        dots = "●" * (place(review.step) + 1) + "○" * (len(ORDER) - place(review.step) - 1)
        paused: paint.Line = [("paused  ", theme.warning)] if review.state == "paused" else []
        return [*paused, (f" {step}  ", theme.plain), (dots, theme.success)]
    if review is not None:
        at = review.published_at or review.finished_at or review.started_at
        words = f"{phrases.count(review.factors, 'factor')}  "
        return [(words, theme.muted), (phrases.day_hour(at, now, model.zone), theme.muted)]
    if one.place == "cooling" and one.opens_at is not None:
        return [(f"opens {phrases.day_hour(one.opens_at, now, model.zone)}", theme.muted)]
    if one.due_at is None:
        return []
    late = one.place == "late"
    word = f"!{phrases.age(one.due_at, now)} late" if late else f"due {phrases.day_hour(one.due_at, now, model.zone)}"
    return [(word, theme.warning if late else theme.muted)]


def preview(model: Model, one: Row, width: int) -> list[paint.Line]:
    """What stands beside the list."""
    lines: list[paint.Line] = [
        [],
        [(f" {one.severity} ", theme.ranked(one.rank)), (f"  INC-{one.incident_id}", theme.muted)],
        *([(text, theme.bold)] for text in paint.wrap(one.title, width, 4)),
        [(one.service, theme.primary)],
        [],
    ]
    return lines + (_of_held(model, one.review, width) if one.review is not None else _of_waiting(model, one, width))


def _of_held(model: Model, review: Review, width: int) -> list[paint.Line]:
    now = model.now()
    lines: list[paint.Line] = []
    here = place(review.step)
    if review.state in ("running", "paused"):
        for number, step in enumerate(ORDER):
            mark, style = ("✓", theme.success) if number < here else ("●", theme.warning)
            mark, style = (mark, style) if number <= here else ("○", theme.faint)
            name = theme.bold if number == here else theme.muted
            lines.append([(f"{mark} ", style), (GUIDES[step].title, name)])
        lines.append([])
    facts = {
        "drives": review.facilitator,
        "began": phrases.day_hour(review.started_at, now, model.zone),
        "people": str(review.people),
        "factors": str(review.factors),
        "imported": review.imported_from,
    }
    return lines + [[(f"{name:<10}", theme.muted), (value, theme.plain)] for name, value in facts.items() if value]


def _of_waiting(model: Model, one: Row, width: int) -> list[paint.Line]:
    now = model.now()
    lines: list[paint.Line] = []
    if one.opens_at is not None:
        word = "opens" if one.opens_at > now else "open since"
        lines.append([(f"{word:<11}", theme.muted), (phrases.day_hour(one.opens_at, now, model.zone), theme.plain)])
    if one.due_at is not None:
        late = one.due_at < now
        style = theme.warning if late else theme.plain
        lines.append([(f"{'was due' if late else 'due':<11}", theme.muted),
                      (phrases.day_hour(one.due_at, now, model.zone), style)])  # fmt: skip
    said = "People rest first: before it opens there are only private notes." if one.place == "cooling" else ""
    lines += [[], *([(text, theme.muted)] for text in paint.wrap(said, width, 4))] if said else []
    return [*lines, [], [("↵", theme.key), (" begins it", theme.muted)]]
