"""`incidentctl review import`: reviews that a team wrote before, from Markdown files."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import click
import msgspec

from incidentd.cli.jsontext import indented
from incidentd.cli.parts import change_options
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import hang, listed
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import library_import as wire_import

_CATEGORIES = ("technical", "organisational", "human-factors", "process", "external", "luck")
_LINE = re.compile(r"line (\d+): ")
_MAX_BYTES = 2_000_000
_NO_DAEMON = (Exit.UNREACHABLE, Exit.FAILED)  # after which no other file would fare better


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Say what would come of them; nothing is written.")
@click.option(
    "--severity",
    type=click.Choice([f"SEV{number}" for number in range(1, 6)], case_sensitive=False),
    help="Of files that do not say how severe it was.",
)
@click.option(
    "--category",
    type=click.Choice(_CATEGORIES),
    help="Of factors whose category neither the file nor their words say; without it they stay text, to be sorted.",
)
@click.option(
    "--actions",
    type=click.Choice(["open", "done"]),
    help="What became of actions of which the file does not say it; without it they stay text.",
)
@change_options
@click.pass_obj
def import_(
    session: Session,
    files: tuple[Path, ...],
    dry_run: bool,
    severity: str | None,
    category: str | None,
    actions: str | None,
) -> None:
    """Take over reviews that your team wrote before, each from a Markdown file.

    A file becomes a closed incident with its times, and a published review with its factors, learnings and actions. It
    is known again by its name and the directory that it is in: the same file changes nothing, a changed one shows what
    changed. A directory stands for the files named *.md in it. Ends with 2 when a file was refused.
    """
    done: list[wire_import.ImportedReview] = []
    refused = 0
    for path in _files(files):
        try:
            body = wire_import.ImportReview(
                name="/".join(path.absolute().parts[-2:]),
                text=_text(path),
                severity=severity.upper() if severity else None,  # type: ignore[arg-type]  # one of the choices
                category=category,  # type: ignore[arg-type]
                actions=actions,  # type: ignore[arg-type]
                dry_run=dry_run,
            )
            answer = session.change("POST", "/v1/library/import", body)
        except Failure as error:
            if error.code in _NO_DAEMON:
                raise
            refused += 1
            _refused(path, error)
            continue
        done.append(session.decode(answer, wire_import.ImportedReview))
        if not session.as_json and not session.quiet:
            _tell(path, done[-1])
    if session.as_json:
        click.echo(indented(msgspec.to_builtins(done)))
    elif not session.quiet:
        _sum_up(done, refused, dry_run)
    if refused:
        raise click.exceptions.Exit(Exit.BAD_INPUT)


def _files(given: tuple[Path, ...]) -> list[Path]:
    """The files named, and those in the directories named; none twice."""
    found: dict[Path, None] = {}
    for path in given:
        found |= dict.fromkeys(sorted(path.rglob("*.md")) if path.is_dir() else [path])
    if not found:
        raise Failure("no file named *.md is there", Exit.BAD_INPUT, field="FILE")
    return list(found)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise Failure(reason, Exit.BAD_INPUT, remedy="name a Markdown file with one review") from None
    if len(raw) > _MAX_BYTES:
        reason = f"is larger than {_MAX_BYTES} bytes"
        raise Failure(reason, Exit.BAD_INPUT, remedy="name a Markdown file with one review")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Failure(f"line {line}: is no UTF-8", Exit.BAD_INPUT, remedy="save it as UTF-8") from None


def _refused(path: Path, error: Failure) -> None:
    """One line on standard error, as compilers write it."""
    found = _LINE.match(error.message)
    place = f"{path}:{found[1]}" if found else str(path)
    text = error.message[found.end() :] if found else error.message
    remedy = f" — {error.remedy}" if error.remedy else ""
    click.echo(safe_line(f"{place}: {text}{remedy}"), err=True)


def _tell(path: Path, one: wire_import.ImportedReview) -> None:
    name = f"INC-{one.incident_id}" if one.incident_id else "a new incident"
    if one.outcome == "unchanged":
        print(safe_line(f"{path}: unchanged, {name}: {one.title}"))
        return
    would = "would be " if one.dry_run else ""
    print(safe_line(f"{path}: {would}{one.outcome}, {name}: {one.title}"))
    counts = (("factor", one.factors), ("learning", one.learnings), ("action", one.actions), ("time", one.entries))
    new = [f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts if count]
    hang("  ", f"new: {listed(new) or 'nothing'}" + (f"; withdrawn: {one.withdrawn}" if one.withdrawn else ""))
    for note in one.notes:
        hang(f"  {note.line}: " if note.line else "  ", safe_line(note.text), tone="dim")
    for line in safe_text(one.diff).split("\n") if one.diff else ():
        print(f"  | {line}")


def _sum_up(done: list[wire_import.ImportedReview], refused: int, dry_run: bool) -> None:
    if len(done) + refused < 2:
        return
    counts = Counter(one.outcome for one in done)
    told = [f"{count} {outcome}" for outcome, count in sorted(counts.items())]
    told += [f"{refused} refused"] if refused else []
    print(f"{len(done) + refused} files: {listed(told)}" + (" (nothing was written)" if dry_run else ""))
