"""`incidentctl replay`: which pages an edited configuration would have sent, dropped or moved."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from incidentd import wire
from incidentd.cli.edited_files import edited_file, refuse_faults
from incidentd.cli.parts import INSTANT, SPAN, read_options
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import Painted, fields, glyph, hang, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import replay as wire_replay

_PAUSE = 0.2  # seconds between two looks at the progress
_TONES = {"sent": "bad", "dropped": "warn", "moved": "bold"}


class Since(click.ParamType[datetime]):
    """From when: a duration that ends now (24h), or what `INSTANT` takes."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return datetime.now(UTC) - SPAN.convert(value, None, None)
        except click.BadParameter:
            return INSTANT.convert(value, param, ctx)


def _edited(config: Path | None, roster: Path | None) -> dict[str, wire_replay.EditedFile]:
    """The files that were edited; a directory may hold both."""
    found: dict[str, Path] = {}
    if config is not None and config.is_dir():
        found = {name: one for name in ("process", "roster") if (one := config / f"{name}.toml").is_file()}
        if not found:
            raise click.BadParameter(
                f"{safe_line(str(config))} holds no process.toml and no roster.toml", param_hint="--config"
            )
    elif config is not None:
        found["process"] = config
    if roster is not None:
        found["roster"] = roster
    if not found:
        raise click.UsageError("name what you edited: --config process.toml, a directory, or --roster roster.toml")
    return {name: edited_file(path, "--roster" if path is roster else "--config") for name, path in found.items()}


@click.command()
@click.option(
    "--since", type=Since(), default="24h", show_default=True, help="From when: 24h, -2d, 14:05 or a whole time."
)
@click.option("--until", type=INSTANT, help="Until when (default: now).")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True),
    help="The edited process.toml, or a directory with process.toml and roster.toml.",
)
@click.option("--roster", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The edited roster.toml.")
@click.option("--explain", metavar="PAGE", default="", help="Both traces of a changed page, such as P-12.")
@read_options
@click.pass_obj
def replay(
    session: Session, since: datetime, until: datetime | None, config: Path | None, roster: Path | None, explain: str
) -> None:
    """Show which pages an edited configuration would have sent, dropped or moved.

    The recorded alerts, silences and acknowledgements are lived through twice by the daemon's own rules, once with the
    configuration in force and once with the edited files. Nothing is sent, and nothing is changed.
    """
    report_pages(
        session,
        wire_replay.StartReplay(since=since, until=until, explain=_page_name(explain), **_edited(config, roster)),
    )


def report_pages(session: Session, wanted: wire_replay.StartReplay) -> None:
    """Replay, and print what came of it. Raises `Failure`."""
    body = session.change("POST", "/v1/replays", wanted)
    begun = session.decode(body, wire_replay.Replay)
    body, ended = _wait(session, body, begun)
    if ended.state == "refused":
        _refuse(session, ended)
    if ended.report is None:
        raise Failure(f"the replay {ended.state}: {ended.detail}", Exit.FAILED)
    if session.as_json:
        session.print_value(ended.report)
    elif ended.report.explained:
        _explain(session, ended.report)
    else:
        _report(session, ended.report)


def _page_name(text: str) -> str:
    name = text.strip().upper()
    return f"P-{name}" if name.isdecimal() else name


def _wait(session: Session, body: bytes, replay: wire_replay.Replay) -> tuple[bytes, wire_replay.Replay]:
    """Until it has ended, with its progress on a terminal; Ctrl-C ends it."""
    path = f"/v1/replays/{replay.id}"
    try:
        while replay.state == "running":
            if sys.stderr.isatty():
                print(f"\rreplaying: {replay.progress:4.0%}", end="", file=sys.stderr, flush=True)
            time.sleep(_PAUSE)
            body = session.get(path)
            replay = session.decode(body, wire_replay.Replay)
    except KeyboardInterrupt:
        session.exchange("DELETE", path)
        raise
    finally:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return body, replay


def _refuse(session: Session, replay: wire_replay.Replay) -> None:
    if session.as_json:
        session.print_value(replay)
    refuse_faults(replay.faults, "the edited configuration", "nothing was replayed")


# ------------------------------------------------------------------ what came of it
def _report(session: Session, report: wire_replay.ReplayReport) -> None:
    span = f"{session.when(report.since)} to {session.when(report.until)}"
    print(safe_line(f"{span}: {report.episodes} times an alert began, replayed twice in {report.seconds:g} s"))
    fields([
        ("pages", f"{report.pages_before} before, {report.pages_after} after"),
        ("changes", f"{report.sent} sent, {report.dropped} dropped, {report.moved} moved, {report.same} the same"),
    ])  # fmt: skip
    if report.changes:
        print()
        rows = [row for change in report.changes for row in _rows(session, change)]
        table(("CHANGE", "PAGE", f"WHEN ({session.zone})", "BEFORE", "AFTER", "WHAT"), rows)
    _people(report.people)
    _doubts(report)


def _rows(session: Session, change: wire_replay.PageChange) -> list[tuple[object, ...]]:
    page = change.before or change.after
    assert page is not None
    kind = Painted(change.kind, _TONES.get(change.kind, ""))
    began = session.brief(page.started_at)
    rows: list[tuple[object, ...]] = [(kind, change.id, began, _whom(change.before), _whom(change.after), page.title)]
    for one in change.differences:
        if one.what != "people":
            rows.append(("", "", "", _value(session, one.before), _value(session, one.after), one.what))
    if change.reason:
        rows.append(("", "", "", "", "", change.reason))
    return rows


def _whom(page: wire_replay.ReplayedPage | None) -> str:
    return "-" if page is None else ", ".join(one.person for one in page.people) or "nobody"


def _value(session: Session, text: str) -> str:
    """A time of the report in the viewer's zone; other values as they are."""
    try:
        return session.when(datetime.fromisoformat(text), "%H:%M:%S")
    except ValueError:
        return text


def _people(people: Sequence[wire_replay.PersonCount]) -> None:
    changed = [(one.person, one.before, one.after) for one in people if one.before != one.after]
    if changed:
        section("Pages for each person")
        table(("PERSON", "BEFORE", "AFTER"), changed)


def _doubts(report: wire_replay.ReplayReport) -> None:
    """Where the replay is not what happened: said each time, for its answer rests on it."""
    real = report.fidelity
    section("How far this can be relied on")
    lead = f"  {glyph('·', '-')} "
    hang(lead, f"{real.recorded} pages were really sent, {real.alike} of them are alike in the replay of today's "
         "configuration", lead_width=4)  # fmt: skip
    for text in (*real.differing, *report.notes):
        hang(lead, safe_line(text), lead_width=4)
    if report.exact_since is not None and report.exact_since > report.since:
        hang(lead, f"labels are exact since {report.exact_since:%Y-%m-%d %H:%M:%S} UTC", lead_width=4)


def _explain(session: Session, report: wire_replay.ReplayReport) -> None:
    for one in report.explained:
        section(f"A-{one.alert_id} before")
        _steps(session, one.before_verdict, one.before)
        section(f"A-{one.alert_id} after")
        _steps(session, one.after_verdict, one.after)


def _steps(session: Session, verdict: str, steps: Sequence[wire.TraceStep]) -> None:
    hang("  ", safe_line(verdict or "It never heard of this alert."), tone="bold")
    for step in steps:
        hang(f"  {session.when(step.at, '%H:%M:%S')}  ", safe_line(step.text), lead_width=12)
