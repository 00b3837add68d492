"""Two processes compared, to read: keys that say otherwise, and what that would have changed of what is on record."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style

from incidentd.wire.process_comparison import KeyDifference, ProcessComparison, ReplayedPromises, ReplayedWindows
from incidentd.wire.process_versions import ProcessVersion
from incidentd.wire.replay import Fault
from incidentd.wire.severity import MatrixReplay
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows.detail import Section, head

_MOST = 20
"""Incidents that are named of each part; the whole is told by number."""


def sections(model: Model, found: ProcessComparison, version: ProcessVersion | None, width: int) -> list[Section]:
    """What differs first, then what it comes to, part by part; the reasons of a `version` that is proposed above."""
    made = [_proposal(model, version, width)] if version is not None else []
    if found.faults:
        return [*made, _faults(found.faults, width)]
    parts = [
        *([_severities(found.severities, width)] if found.severities is not None else []),
        *([_promises(model, found.updates, width)] if found.updates is not None else []),
        *([_windows(model, found.reviews, width)] if found.reviews is not None else []),
        *([_pages(width)] if found.pages else []),
    ]
    return [*made, _keys(found, width), *(parts or [_nothing(width)])]


def _pages(width: int) -> Section:
    text = "Something differs that may change who is paged: incidentctl process diff lives through past alerts."
    return Section("pages", [head("WHO IS PAGED"), *_said([text], width)])


def _nothing(width: int) -> Section:
    text = "Nothing that is on record would have been otherwise."
    return Section("past", [head("WHAT IT WOULD HAVE CHANGED"), *_said([text], width)])


def _proposal(model: Model, one: ProcessVersion, width: int) -> Section:
    at = f"{one.proposed_at.astimezone(model.zone):%d %b %Y %H:%M}"
    lines: list[paint.Line] = [head(f"{one.name}", f"{one.state}, by {one.proposed_by or 'the file'}, {at}")]
    lines += _said([str(one.reason)] if one.reason else [], width)
    if one.decided_by:
        lines += _said([f"{one.state} by {one.decided_by}: {one.note}"], width, theme.muted)
    for key, why in one.explanations.items():
        lines += _said([f"{key}: {why}"], width, theme.muted)
    return Section("proposal", lines)


def _faults(faults: Iterable[Fault], width: int) -> Section:
    lines: list[paint.Line] = [head("IT CANNOT BE USED")]
    return Section("faults", [*lines, *_said([fault(one) for one in faults], width, theme.warning)])


def fault(one: Fault) -> str:
    """The place, what is wrong, and the remedy."""
    place = f"{one.file}:{one.line}: " if one.line else f"{one.file}: " if one.file else ""
    key = f"{one.key}: " if one.key else ""
    return f"{place}{key}{one.what}" + (f" — {one.remedy}" if one.remedy else "")


def _keys(found: ProcessComparison, width: int) -> Section:
    number = phrases.count(len(found.differences), "key says otherwise", "keys say otherwise")
    lines: list[paint.Line] = [head("WHAT DIFFERS", f"{found.before} → {found.after}, {number}")]
    if not found.differences:
        same = "They mean the same." if found.same else "No key differs; what they come to does."
        return Section("keys", [*lines, *_said([same], width)])
    for one in found.differences:
        lines += _key(one, width)
    return Section("keys", lines)


def _key(one: KeyDifference, width: int) -> list[paint.Line]:
    """The label and, below it, what is taken out and what is put in: signs say what colours do."""
    lines: list[paint.Line] = [[(paint.crop(str(one.label), width - 10), theme.bold), (f"  {one.kind}", theme.faint)]]
    for sign, text, style in (("-", one.before, theme.danger), ("+", one.after, theme.success)):
        texts = paint.wrap(str(text), width - 4, 8) if text else []
        lines += [[(f"  {sign if not at else ' '} ", style), (part, style)] for at, part in enumerate(texts)]
    return lines


def _severities(found: MatrixReplay, width: int) -> Section:
    lines: list[paint.Line] = [head("SEVERITIES OF PAST INCIDENTS")]
    other = f", {found.other_rule} of them by another rule" if found.other_rule else ""
    lines += _said([f"{found.changed_total} would have another level, {found.same_level} the same{other}."], width)
    for one in found.changed[:_MOST]:
        lines.append([
            (f"  INC-{one.incident_id:<5} ", theme.muted), (f"{one.before} → {one.after}  ", theme.bold),
            (paint.crop(str(one.title), width - 26), theme.plain),
        ])  # fmt: skip
    lines += _rest(found.changed_total)
    if found.unanswered:
        lines += _said([f"{found.unanswered} nobody can say: no answers are on record."], width, theme.muted)
    return Section("severities", [*lines, *_said(map(str, found.warnings), width, theme.warning)])


def _rest(total: int) -> list[paint.Line]:
    return [[(f"  and {total - _MOST} more", theme.muted)]] if total > _MOST else []


def _promises(model: Model, found: ReplayedPromises, width: int) -> Section:
    title = head("PROMISED UPDATES")
    if not found.n:
        text = f"No promise of {found.incidents} incidents had the cadence that changes."
        return Section("updates", [title, *_said([text], width)])
    missed = found.n - found.kept_before, found.n - found.kept_after
    text = (
        f"{found.n} promises of {found.incidents} incidents had the cadence that changes: {found.kept_before} kept and "
        f"{missed[0]} missed as it was, {found.kept_after} and {missed[1]} as it would be."
    )
    lines: list[paint.Line] = [title, *_said([text], width)]
    for one in found.moved[:_MOST]:
        would, style = ("would be missed", theme.warning) if one.missed else ("would be kept", theme.success)
        at, instead = (f"{when.astimezone(model.zone):%d %b %H:%M}" for when in (one.made_at, one.promised_after))
        lines.append([(f"  INC-{one.incident_id:<5} ", theme.muted), (f"{would:<16}", style),
                      (f"promised {at}, for {instead} instead", theme.plain)])  # fmt: skip
    by_hand = f" {found.by_hand} had a time set by hand." if found.by_hand else ""
    return Section(
        "updates", [*lines, *_rest(len(found.moved)), *_said([f"Limit: {found.limit}.{by_hand}"], width, theme.faint)]
    )


def _windows(model: Model, found: ReplayedWindows, width: int) -> Section:
    needed = f"; {found.needed_before} needed one, {found.needed_after} would"
    needed = needed if found.needed_before != found.needed_after else ""
    text = (
        f"Of {found.n} resolved incidents {found.closes_earlier} would close earlier, {found.closes_later} later"
        f"{needed}. Late: {found.late_before} as it was, {found.late_after} as it would be."
    )
    lines: list[paint.Line] = [head(f"WINDOWS OF THE {model.review_name}".upper()), *_said([text], width)]
    if found.turned:
        lines += _said(["  " + ", ".join(f"INC-{one}" for one in found.turned[:_MOST])], width, theme.muted)
    return Section("reviews", [*lines, *_said([f"Limit: {found.limit}."], width, theme.faint)])


def _said(texts: Iterable[str], width: int, style: Style = theme.plain) -> list[paint.Line]:
    return [[(line, style)] for text in texts for line in paint.wrap(text, width, 20)]
