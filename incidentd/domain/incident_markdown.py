"""An incident as a Markdown document for a person to read; times are UTC, and no text in it acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from incidentd.domain.attempts import attempt_text
from incidentd.domain.impact import figure_text
from incidentd.domain.markdown import inline, quoted
from incidentd.domain.review_words import reasons
from incidentd.wire import TimelineEntry
from incidentd.wire.export import IncidentExport
from incidentd.wire.measures import EpisodeMeasures

_LINES = Iterator[str]


def markdown(export: IncidentExport) -> str:
    """The document."""
    parts = (
        _head, _times, _measures, _known, _roles, _updates, _timeline, _review, _linked, _broken, _foot,
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part(export)) + "\n"


def _head(export: IncidentExport) -> _LINES:
    incident = export.detail.incident
    yield f"# INC-{incident.id}: {inline(incident.title)}"
    service = f", {inline(incident.service)}" if incident.service else ""
    drill = f", drill {inline(incident.drill)}" if incident.drill else ""
    yield f"\n{incident.severity}, {_words(incident.status)}{service}{drill}"
    if incident.summary.strip():
        yield f"\n{quoted(incident.summary)}"


def _times(export: IncidentExport) -> _LINES:
    incident = export.detail.incident
    yield "\n## Times\n"
    yield "| what | when (UTC) |"
    yield "|---|---|"
    times = {
        "started": incident.started_at,
        f"declared by {inline(incident.declared_by)}": incident.declared_at,
        "mitigated": incident.mitigated_at,
        "resolved": incident.resolved_at,
        "closed": incident.closed_at,
        "next update": incident.next_update_at,
        f"{inline(export.review_name)} not before": incident.review_opens_at,
        f"{inline(export.review_name)} by": incident.review_due_at,
    }
    for what, at in times.items():
        if at is not None:
            yield f"| {what} | {_when(at)} |"
    window = export.detail.window
    if window is not None and (said := reasons(window.nights, window.openings)):
        yield f"\n{inline(export.review_name)}:\n"
        yield from (f"- {inline(text)}" for text in said)


def _measures(export: IncidentExport) -> _LINES:
    found = export.measures
    yield "\n## Measures\n"
    for one in found.episodes:
        yield f"- Episode {one.number}: {_episode(one)}"
    if found.noticed_first:
        yield f"- Noticed first by {inline(found.noticed_by)} ({found.noticed_first})"
    yield f"- Promised updates: {found.promises_kept} kept, {found.promises_missed} missed"
    for name, minutes in found.role_gap_minutes.items():
        if minutes >= 0.05:  # less is shown as nothing
            yield f"- {minutes:.1f} min without {_words(name)}"
    for revision in found.severity_revisions:
        yield f"- Severity {revision.before} to {revision.after} by {inline(revision.by)}: {inline(revision.reason)}"
    for each in found.contradictions:
        yield f"- Contradiction in episode {each.episode}: {inline(each.text)}"


def _episode(one: EpisodeMeasures) -> str:
    spans = {
        "detected": one.to_detect,
        "acknowledged": one.to_acknowledge,
        "mitigated": one.to_mitigate,
        "resolved": one.to_resolve,
    }
    told = [f"{what} after {_span(seconds)}" for what, seconds in spans.items() if seconds is not None]
    return ", ".join(told) or "nothing can be measured yet"


def _known(export: IncidentExport) -> _LINES:
    detail = export.detail
    if detail.claims:
        yield "\n## Impact\n"
    for claim in detail.claims:
        claimed = f"{inline(claim.affected)}: {inline(figure_text(claim.figure))}"
        yield f"- {claimed}, says {inline(claim.source)} ({claim.state})"
    if detail.theories:
        yield "\n## Theories\n"
    for theory in detail.theories:
        why = next((one.why for one in reversed(theory.verdicts) if one.word == theory.state and one.why), "")
        yield f"- {inline(theory.text)} ({_words(theory.state)}{f': {inline(why)}' if why else ''})"
    if detail.attempts:
        yield "\n## What was tried\n"
    for attempt in detail.attempts:
        yield f"- {inline(attempt_text(attempt))}"


def _roles(export: IncidentExport) -> _LINES:
    if export.detail.roles:
        yield "\n## Roles\n"
    for one in export.detail.roles:
        until = _when(one.ends_at) if one.ends_at else "now"
        yield f"- {_words(one.role)}: {inline(one.person)}, {_when(one.starts_at)} to {until}"


def _updates(export: IncidentExport) -> _LINES:
    if export.detail.updates:
        yield "\n## Updates"
    for one in export.detail.updates:
        promise = f"next by {_when(one.next_at)}" if one.next_at else "the last one"
        yield f"\n{_when(one.at)}, {inline(one.phase)} to {inline(one.audience)} by {inline(one.by)}; {promise}\n"
        yield quoted(one.text)


def _timeline(export: IncidentExport) -> _LINES:
    yield "\n## Timeline\n"
    started = export.detail.incident.started_at
    for one in export.timeline:
        yield from _entry(one, started)


def _entry(one: TimelineEntry, started: datetime) -> _LINES:
    after = (one.observed_at - started).total_seconds()
    offset = f"{'-' if after < 0 else '+'}{_span(abs(after))}"
    pinned = "**pinned** " if one.pinned else ""
    by = f" ({inline(one.by)})" if one.by not in ("", "system") else ""
    yield f"- {_when(one.observed_at)} ({offset}) *{inline(one.kind)}* {pinned}{inline(one.text)}{by}"
    for text in (one.detail, f"evidence: {one.evidence}" if one.evidence else ""):
        if text:
            yield _indented(quoted(text))


def _review(export: IncidentExport) -> _LINES:
    """What was concluded, in short: the document of the review has the whole."""
    found = export.review
    if found is None:
        return
    factors = [f"{one.category}, {one.role}: {inline(one.text)}" for one in found.factors if one.same_as is None]
    yield from _list("Contributing factors", factors)
    yield from _list("Learnings", [inline(one.text) for one in found.learnings])
    yield from _list("Actions", [f"{inline(one.text)} ({_words(one.state)}, by {one.due_on})" for one in found.actions])


def _linked(export: IncidentExport) -> _LINES:
    rows = [
        *(f"A-{one.id}: {inline(one.name)} ({inline(one.status)}) {inline(one.summary)}" for one in export.alerts),
        *(f"{one.reference}: {inline(one.subject)} ({_words(one.state)})" for one in export.reports),
        *(f"P-{one.id}: {inline(one.title)} ({inline(one.state)})" for one in export.pages),
    ]
    yield from _list("Alerts, reports and pages", rows)


def _broken(export: IncidentExport) -> _LINES:
    yield from _list("Rules that are broken", [inline(one.text) for one in export.detail.incident.violations])


def _foot(export: IncidentExport) -> _LINES:
    process = inline(export.detail.incident.process_version)
    yield f"\n---\n\nExported {_when(export.exported_at)} UTC. Process {process}. Audit: {export.audit.count} records,"
    yield f"head `{export.audit.head}`."


def _list(title: str, rows: Iterable[str]) -> _LINES:
    for number, row in enumerate(rows):
        if number == 0:
            yield f"\n## {title}\n"
        yield f"- {row}".rstrip()


def _indented(block: str) -> str:
    return "\n".join(f"  {line}" for line in block.split("\n"))


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _span(seconds: float) -> str:
    total = timedelta(seconds=round(seconds))
    hours, rest = divmod(total.seconds, 3600)
    parts = ((total.days, "d"), (hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def _words(name: str) -> str:
    return inline(name.replace("_", " "))
