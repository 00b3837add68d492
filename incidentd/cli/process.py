"""`incidentctl process`: the process as a versioned thing, from an idea of an edit to its being in force."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from incidentd.cli.edited_files import refuse_faults
from incidentd.cli.parts import Decorator, Identifier, Word, change_options, read_options, versioned
from incidentd.cli.process_files import sent, write_out
from incidentd.cli.process_ideas import idea
from incidentd.cli.process_retros import retro
from incidentd.cli.process_views import print_comparison, print_now, print_version, print_versions
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.replay import Since, report_pages
from incidentd.cli.screen import hang, section
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process
from incidentd.wire import replay as wire_replay

VERSION = Identifier("V")
_NUMBER = re.compile(r"V-[0-9]+|[0-9]+", re.IGNORECASE)
_PATH = "/v1/process/versions"
_IN_FORCE = wire_comparison.ProcessSide()
_STATES = ("proposed", "adopted", "declined", "withdrawn", "superseded", "all")


class What(click.ParamType[Any]):
    """A version by its number, or a file."""

    name = "version or file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Path:
        if isinstance(value, int | Path):
            return value
        if _NUMBER.fullmatch(str(value)):
            return VERSION.convert(value, param, ctx)
        path = click.Path(path_type=Path, exists=True, dir_okay=False).convert(value, param, ctx)
        return Path(path)


_reason: Decorator = click.option("--reason", required=True, help="Why; it is kept with the version.")
_because: Decorator = click.option(
    "--because",
    "because",
    multiple=True,
    metavar="KEY=WHY",
    help="Why a key is as it is, such as updates.SEV2.identified='they asked'; repeat it for more.",
)
_pages: Decorator = click.option("--pages/--no-pages", default=True, help="Live through the recorded alerts as well.")
_since: Decorator = click.option(
    "--since", type=Since(), default="7d", show_default=True, help="From when alerts are lived through: 24h, 7d."
)


@click.group()
def process() -> None:
    """How we work, as versions: compare, propose, adopt, see what was in force when; ideas, and process retros.

    The first version that is adopted makes the daemon's store the truth: from then on process.toml is a proposal.
    """


@process.command()
@click.argument("number", type=VERSION, required=False, metavar="[V-3]")
@click.option("--toml", is_flag=True, help="Its text, as a process file without comments.")
@read_options
@click.pass_obj
def show(session: Session, number: int | None, toml: bool) -> None:
    """What is in force and what is proposed, or one version."""
    if number is None and not toml:
        now = session.read(session.get("/v1/process"), wire_process.ProcessNow)
        if now is not None:
            print_now(session, now)
        return
    if number is None:
        current = session.decode(session.get("/v1/process"), wire_process.ProcessNow).current
        if current is None:
            raise Failure("no version of the process is recorded yet", Exit.NOT_FOUND)
        number = current.id
    found = session.read(session.get(f"{_PATH}/{number}"), wire_process.WholeProcessVersion)
    if found is None:
        return
    if toml:
        print(found.document, end="")
    else:
        print_version(session, found)


@process.command()
@click.option("--state", type=Word(_STATES), default="all", show_default=True, help="Only versions that stand so.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@read_options
@click.pass_obj
def history(session: Session, state: str, limit: int) -> None:
    """Versions, the newest first, with when each was in force, by whom and why."""
    found = session.read(session.get(_PATH, state=state, limit=limit), wire_process.ProcessVersions)
    if found is not None:
        print_versions(session, found.versions)


# ------------------------------------------------------------------ comparing
@process.command()
@click.argument("what", type=What(), nargs=-1, metavar="[A [B]]")
@_pages
@_since
@read_options
@click.pass_obj
def diff(session: Session, what: tuple[int | Path, ...], pages: bool, since: datetime) -> None:
    """What differs, key by key and by meaning, and what it would have changed of what is on record.

    A and B are versions (V-3) or files. With A alone it is compared with what is in force, without any the daemon's
    process.toml is.
    """
    if len(what) > 2:
        raise click.UsageError("name at most two: versions such as V-3, or files")
    before = _side(what[0]) if len(what) == 2 else _IN_FORCE
    after = _side(what[-1]) if what else wire_comparison.ProcessSide(from_file=True)
    _live_through(session, _compare(session, before, after, "compared"), before, after, since if pages else None)


def _side(what: int | Path) -> wire_comparison.ProcessSide:
    if isinstance(what, int):
        return wire_comparison.ProcessSide(number=what)
    file, files = sent(what)
    return wire_comparison.ProcessSide(file=file, files=files)


def _compare(
    session: Session, before: wire_comparison.ProcessSide, after: wire_comparison.ProcessSide, act: str
) -> wire_comparison.ProcessComparison:
    """What differs, printed; `act` is what does not happen when a side has faults."""
    body = session.change("POST", "/v1/process/diff", wire_comparison.CompareProcesses(before=before, after=after))
    found = session.decode(body, wire_comparison.ProcessComparison)
    if session.as_json:
        session.print_json(body)
    if found.faults:
        refuse_faults(found.faults, "the process", f"nothing was {act}")
    if not session.as_json:
        print_comparison(session, found)
    return found


def _live_through(
    session: Session,
    found: wire_comparison.ProcessComparison,
    before: wire_comparison.ProcessSide,
    after: wire_comparison.ProcessSide,
    since: datetime | None,
) -> None:
    """The recorded alerts under both, where something differs that decides about pages. Raises `Failure`."""
    if found.pages and since is not None and not session.as_json:
        section("Pages")
        process, against = (_text(session, side) for side in (after, before))
        report_pages(session, wire_replay.StartReplay(since=since, process=process, against=against))


def _text(session: Session, side: wire_comparison.ProcessSide) -> wire_replay.EditedFile | None:
    """The text of a side for a replay; None is what is in force."""
    if side.file is not None:
        return side.file
    number = side.number
    if side.from_file:
        file = session.decode(session.get("/v1/process"), wire_process.ProcessNow).file
        return wire_replay.EditedFile(name="process.toml", text=file.document)
    if number is None:
        return None
    one = session.decode(session.get(f"{_PATH}/{number}"), wire_process.WholeProcessVersion)
    return wire_replay.EditedFile(name=one.name, text=one.document)


# ------------------------------------------------------------------ proposing and deciding
@process.command()
@click.argument("what", type=What(), required=False, metavar="[FILE|V-3]")
@click.option("--from-file", is_flag=True, help="The daemon's own process.toml, as it was read last.")
@_reason
@_because
@_pages
@_since
@change_options
@click.pass_obj
def propose(
    session: Session, what: int | Path | None, from_file: bool, reason: str, because: tuple[str, ...], pages: bool,
    since: datetime,
) -> None:  # fmt: skip
    """Propose an edited process file, or a version that was there before, and see what it would have changed."""
    wanted = _proposal(what, from_file, reason=reason, because=_pairs(because))
    if not session.as_json and not session.quiet:
        after = _side(what) if what is not None else wire_comparison.ProcessSide(from_file=True)
        found = _compare(session, _IN_FORCE, after, "proposed")
        try:
            _live_through(session, found, _IN_FORCE, after, since if pages else None)
        except Failure as error:  # whatever kept the alerts from being lived through, it is proposed all the same
            hang("", safe_line(f"They were not lived through: {error.message}"), tone="warn")
        print()
    body = session.change("POST", _PATH, wanted)
    made = session.decode(body, wire_process.ProcessVersion)
    session.done(body, f"{made.name} is proposed: incidentctl process adopt {made.name}")


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in given:
        key, equals, why = text.partition("=")
        if not (key.strip() and equals and why.strip()):
            raise click.BadParameter(
                f"{text!r} is not like updates.SEV2.identified='they asked for it'", param_hint="--because"
            )
        found[key.strip()] = why.strip()
    return found


def _proposal(what: int | Path | None, from_file: bool, **values: Any) -> wire_process.ProposeProcess:
    if (what is None) is not from_file:
        raise click.UsageError("name a file or a version, or say --from-file")
    if isinstance(what, int):
        return wire_process.ProposeProcess(number=what, **values)
    if what is None:
        return wire_process.ProposeProcess(from_file=True, **values)
    file, files = sent(what)
    return wire_process.ProposeProcess(file=file, files=files, **values)


@process.command()
@click.argument("what", type=What(), required=False, metavar="[V-3|FILE]")
@click.option("--from-file", is_flag=True, help="The daemon's own process.toml, as it was read last.")
@click.option("--follow-file", is_flag=True, help="From then on process.toml rules again; it has to say the same.")
@click.option("--reason", default="", help="Why; may be left out where the proposal says it.")
@_because
@versioned
@change_options
@click.pass_obj
def adopt(
    session: Session, what: int | Path | None, from_file: bool, follow_file: bool, reason: str,
    because: tuple[str, ...], version: int | None,
) -> None:  # fmt: skip
    """Put a version in force on every node: one that was proposed or was in force before, or a file at once.

    The stricter of the version in force and the new one says whether a second person is needed.
    """
    pairs = _pairs(because)
    if isinstance(what, int) and not from_file:
        wanted = wire_process.AdoptProcess(reason=reason, because=pairs, follow_file=follow_file)
        body = session.change("POST", f"{_PATH}/{what}/adopt", wanted, version)
    else:
        if not reason.strip():
            raise click.UsageError("--reason is needed: nobody has said why yet")
        if version is not None:
            raise click.UsageError("--if-version goes with a version such as V-3")
        proposal = _proposal(what, from_file, reason=reason, because=pairs, adopt=True, follow_file=follow_file)
        body = session.change("POST", _PATH, proposal)
    made = session.decode(body, wire_process.ProcessVersion)
    rules = "; process.toml rules again" if made.how == "file" else ""
    session.done(body, f"{made.name} is in force{rules}")


@process.command()
@click.argument("number", type=VERSION, metavar="V-3")
@_reason
@versioned
@change_options
@click.pass_obj
def decline(session: Session, number: int, reason: str, version: int | None) -> None:
    """Say that a proposed version will not be adopted, and why."""
    _decide(session, number, "decline", reason, version, "is declined")


@process.command()
@click.argument("number", type=VERSION, metavar="V-3")
@_reason
@versioned
@change_options
@click.pass_obj
def withdraw(session: Session, number: int, reason: str, version: int | None) -> None:
    """Take your own proposal back."""
    _decide(session, number, "withdraw", reason, version, "is withdrawn")


def _decide(session: Session, number: int, act: str, reason: str, version: int | None, said: str) -> None:
    body = session.change("POST", f"{_PATH}/{number}/{act}", wire_process.DecideProcess(reason=reason), version)
    made = session.decode(body, wire_process.ProcessVersion)
    session.done(body, f"{made.name} {said}")


@process.command()
@click.argument("number", type=VERSION, metavar="V-3")
@click.option(
    "--into",
    "directory",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Write into this directory.",
)
@click.option("--overwrite", is_flag=True, help="Replace files with other texts.")
@change_options
@click.pass_obj
def export(session: Session, number: int, directory: Path, overwrite: bool) -> None:
    """Write a version as process.toml and the files that it names, its reasons in [adoption]."""
    body = session.get(f"{_PATH}/{number}")
    found = session.decode(body, wire_process.WholeProcessVersion)
    written = write_out(found, directory, overwrite=overwrite)
    session.done(body, f"{found.name} is written: {', '.join(map(str, written))}")


for _command in (idea, retro):
    process.add_command(_command)
