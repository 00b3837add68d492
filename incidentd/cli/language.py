"""`incidentctl lint`: wording that is in the way of learning, in any Markdown file. It asks no daemon."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import msgspec

from incidentd.cli.jsontext import indented
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import hang, paint
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.lint.findings import DEFAULT_NAME, Finding, lint
from incidentd.domain.lint.lexicon import Lexicon
from incidentd.domain.lint.lexicon_file import BadLexicon
from incidentd.lexicon import DEFAULT, languages, shipped, with_own

STDIN = "<stdin>"
_LONGEST = 10_000_000  # bytes
_EXIT_CODES = """\b
Exit codes:
  0    nothing was found
  1    something was found
  2    a file cannot be read, or the command line or the lexicon is wrong"""


@click.command("lint", epilog=_EXIT_CODES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--sarif", "as_sarif", is_flag=True, help="One SARIF 2.1.0 document, for code hosts and editors.")
@click.option("--language", default=DEFAULT, show_default=True, metavar="CODE", help="Which lexicon to use.")
@click.option("--lexicon", "own", type=click.Path(path_type=Path), metavar="TOML", help="Your own words on top of it.")
@click.option("--disable", multiple=True, metavar="RULE", help="Leave a rule out; may be given several times.")
@click.option("--name", default=DEFAULT_NAME, show_default=True, help="What you call your reviews.")
@click.option("--plain", is_flag=True, help="The files are plain text and no Markdown.")
@click.pass_context
def language_lint(
    ctx: click.Context, files: tuple[str, ...], as_json: bool, as_sarif: bool, language: str, own: Path | None,
    disable: tuple[str, ...], name: str, plain: bool,
) -> None:  # fmt: skip
    """Find wording that judges people or ends the questions, with what to ask instead.

    Works without the daemon, on any Markdown file; - reads standard input. Code, quotations, headings and comments are
    left alone. <!-- incidentd-lint: allow RULE because REASON --> allows a finding on its line, or in the paragraph
    below.
    """
    lexicon = _chosen(language, own, disable)
    read, unread = _read(files)
    found = {file: lint(text, lexicon, markdown=not plain, review_name=name) for file, text in read.items()}
    session = ctx.find_object(Session)
    if as_sarif:
        _print_sarif(found, lexicon)
    elif as_json or (session is not None and session.as_json):
        _print_json(found)
    else:
        _print(found, quiet=session is not None and session.quiet)
    if unread:
        print(*(f"incidentctl: {safe_line(one)}" for one in unread), sep="\n", file=sys.stderr)
    ctx.exit(Exit.BAD_INPUT if unread else Exit.NOT_WELL if any(found.values()) else 0)


# ---------------------------------------------------------------------- what is read
def _chosen(language: str, own: Path | None, disable: Sequence[str]) -> Lexicon:
    """The lexicon of the command line. Raises `Failure` (2) with every fault."""
    if own is None and language not in languages():
        remedy = f"there is {', '.join(languages())}; --lexicon names a file for any other language"
        raise Failure(f"there is no lexicon for {language}", Exit.BAD_INPUT, field="--language", remedy=remedy)
    try:
        lexicon = shipped(language) if own is None else with_own(language, _text(own), str(own))
    except BadLexicon as error:
        print(*error.faults[:-1], sep="\n", end="\n" if len(error.faults) > 1 else "", file=sys.stderr)
        raise Failure(str(error.faults[-1]), Exit.BAD_INPUT) from None
    except OSError as error:
        raise Failure(f"{own}: {error.strerror}", Exit.BAD_INPUT, field="--lexicon") from None
    except ValueError as error:
        raise Failure(str(error), Exit.BAD_INPUT, field="--lexicon") from None
    for rule in disable:
        if rule not in lexicon.rules:
            remedy = f"there is {', '.join(lexicon.rules)}"
            raise Failure(f"there is no rule {rule}", Exit.BAD_INPUT, field="--disable", remedy=remedy)
    return lexicon.without(frozenset(disable))


def _read(files: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The texts by file, and what is wrong with the files that cannot be read."""
    texts: dict[str, str] = {}
    unread = []
    for file in files:
        try:
            texts[STDIN if file == "-" else file] = _text(None if file == "-" else Path(file))
        except OSError as error:
            unread.append(f"{file}: {error.strerror} — name Markdown files")
        except ValueError as error:
            unread.append(str(error))
    return texts, unread


def _text(file: Path | None) -> str:
    """Raises `OSError`, or `ValueError` with file, line and remedy when it is no text."""
    name = STDIN if file is None else str(file)
    if file is None:
        data = sys.stdin.buffer.read(_LONGEST + 1)
    else:
        with file.open("rb") as opened:
            data = opened.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise ValueError(f"{name}: is larger than {_LONGEST // 1_000_000} MB — name smaller files")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{name}:{line}: is not UTF-8 — save it as UTF-8") from None


# ---------------------------------------------------------------------- what is said
def _print(found: Mapping[str, Sequence[Finding]], *, quiet: bool) -> None:
    for file, findings in found.items():
        for one in findings:
            place = f"{safe_line(file)}:{one.line}:{one.column}:"
            words = f"“{safe_line(one.text)}” " if one.text and not one.text.startswith("<!--") else ""
            print(f"{paint(place, 'bold')} {paint(one.rule, 'warn')} {words}{safe_line(one.message)}")
            hang("    ", safe_line(one.suggestion), tone="dim")
    count = sum(len(findings) for findings in found.values())
    files = sum(1 for findings in found.values() if findings)
    if count:
        print(f"{count} finding{'' if count == 1 else 's'} in {files} file{'' if files == 1 else 's'}.")
    elif found and not quiet:
        print("Nothing found.")


def _print_json(found: Mapping[str, Sequence[Finding]]) -> None:
    findings = [{"file": file, **msgspec.structs.asdict(one)} for file, ones in found.items() for one in ones]
    print(indented({"files": list(found), "findings": findings}))


def _print_sarif(found: Mapping[str, Sequence[Finding]], lexicon: Lexicon) -> None:
    from importlib.metadata import version  # 10 ms

    from incidentd.domain.lint.sarif import sarif

    print(indented(sarif(found, lexicon, version("incidentd"))))
