"""Every command that the documentation or a unit tells people to run exists, with the options it is given."""

import itertools
import re
import shlex
from pathlib import Path

import click
import pytest

from incidentd.cli import ctl, daemon

ROOT = Path(__file__).parents[2]
PROGRAMS = {"incidentd": daemon.main, "incidentctl": ctl.cli}
FILES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "runbooks").glob("*.md")),
    *sorted(path for path in (ROOT / "config").rglob("*") if path.is_file()),
    *sorted(path for path in (ROOT / "systemd").rglob("*") if path.is_file()),
]
_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`((?:[\w./-]*/)?incident(?:ctl|d) [^`\n]+)`")
_EXEC = re.compile(r"^(?:ExecStart|ForceCommand)[= ](.+)$", re.MULTILINE)


def commands(path: Path) -> list[str]:
    """The commands in fenced blocks, code spans and ExecStart lines."""
    text = path.read_text(encoding="utf-8")
    found = [line for block in _FENCE.findall(text) for line in block.splitlines()]
    found += _SPAN.findall(text) + _EXEC.findall(text)
    return [line.strip() for line in found if re.match(r"\s*(?:[\w./-]*/)?incident(?:ctl|d) ", line)]


ALL = sorted({(path.relative_to(ROOT).as_posix(), command) for path in FILES for command in commands(path)})


def fault(line: str) -> str:
    """What is wrong with a command line, "" when nothing is."""
    program, *words = shlex.split(line, comments=True)
    command: click.Command = PROGRAMS[Path(program).name]
    context = click.Context(command)
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help", "--version"}
    for word in itertools.takewhile(lambda word: word != "--", words):
        if word.startswith("-") and len(word) > 1:
            if word.partition("=")[0] not in known:
                return f"no option {word}"
        elif isinstance(command, click.Group):
            child = command.get_command(context, word)
            if child is None:
                return f"no command {word}"
            command = child
            known |= {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return ""


def test_commands_are_found():
    assert len(ALL) > 10


@pytest.mark.parametrize(("path", "line"), ALL)
def test_a_command_of_the_documentation_exists(path, line):
    assert fault(line) == "", f"{path}: {line}"


@pytest.mark.parametrize("line", ["incidentctl alert rais", "incidentctl alert list --colour", "incidentd serv"])
def test_a_wrong_command_is_noticed(line):
    assert fault(line)
