"""Starting: what is imported, what a wrong terminal is told, and the first frame."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from incidentd_tui.__main__ import main, skeleton, terminal_trouble

HEAVY = ("aiohttp", "sqlalchemy", "alembic", "pydantic", "apprise", "click")


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}; import sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_app_imports_neither_the_daemons_libraries_nor_the_cli():
    assert not _modules_after("import incidentd_tui.app") & set(HEAVY)


def test_the_launcher_is_ready_to_draw_before_textual_is_imported():
    assert not _modules_after("import incidentd_tui.__main__") & {"textual", "rich", "asyncio", "msgspec"}


@pytest.mark.parametrize(
    ("stdin", "stdout", "term", "told"),
    [
        (False, True, "xterm", "needs a terminal"),
        (True, False, "xterm", "needs a terminal"),
        (True, True, "dumb", "dumb"),
        (True, True, "", "not set"),
        (True, True, "xterm-256color", ""),
    ],
)
def test_a_wrong_terminal_is_told_so(stdin, stdout, term, told):
    trouble = terminal_trouble(stdin, stdout, term)
    assert told in trouble
    assert bool(trouble) == bool(told)


def test_without_a_terminal_it_exits_2_and_names_the_way_for_scripts():
    done = subprocess.run(
        [sys.executable, "-m", "incidentd_tui"], check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "incidentctl" in done.stderr
    assert done.stdout == ""


def test_a_dumb_terminal_is_refused_without_a_byte_on_it():
    controller, terminal = pty.openpty()
    try:
        environ = {**os.environ, "TERM": "dumb"}
        done = subprocess.run(
            [sys.executable, "-m", "incidentd_tui"],
            check=False,
            stdin=terminal,
            stdout=terminal,
            stderr=subprocess.PIPE,
            env=environ,
        )
        assert done.returncode == 2
        assert b"dumb" in done.stderr
    finally:
        os.close(controller)
        os.close(terminal)


@pytest.mark.parametrize("given", ["x", "-1", "INC-", "3.5"])
def test_a_wrong_incident_is_named(given, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--incident", given])
    assert stopped.value.code == 2
    assert "incident" in capsys.readouterr().err


def test_the_first_frame_shows_the_tabs_and_fits():
    frame = skeleton(80, 24)
    assert "1 Inbox" in frame
    assert "connecting" in frame
    assert "Health" not in skeleton(20, 10)
