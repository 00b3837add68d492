"""`incidentctl letter`: the monthly letter, as it was sent or as it would be by now."""

from __future__ import annotations

import re
from typing import Any

import click

from incidentd.cli.parts import read_options
from incidentd.cli.screen import fields, hang, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import letters as wire_letters

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


_WHEN = "%a %Y-%m-%d %H:%M %Z"


class Month(click.ParamType[str]):
    """A month, such as 2026-03."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _MONTH.fullmatch(str(value)):
            self.fail(f"{safe_line(str(value))!r} is no month like 2026-03", param, ctx)
        return str(value)


@click.command()
@click.argument("month", type=Month(), required=False)
@click.option("--list", "as_list", is_flag=True, help="List the months, and when the next letter is sent to whom.")
@click.option("--markdown", is_flag=True, help="Print it in Markdown.")
@read_options
@click.pass_obj
def letter(session: Session, month: str | None, as_list: bool, markdown: bool) -> None:
    """Read the letter about MONTH (2026-03), which without it is the newest that was sent, or this month's draft."""
    if as_list and (month or markdown):
        raise click.UsageError("--list goes with neither MONTH nor --markdown")
    if as_list:
        _list(session)
        return
    raw = session.get(f"/v1/letters/{month or _newest(session)}")
    if session.as_json and not markdown:
        session.print_json(raw)
        return
    found = session.decode(raw, wire_letters.Letter)
    if markdown:
        click.echo(safe_text(found.markdown), nl=False)
        return
    state = f"sent {session.when(found.sent_at, _WHEN)} to {listed(found.to)}" if found.sent_at else "a draft: not sent"
    hang("", found.title, tone="bold")
    hang("", state, tone="dim")
    for line in found.text.splitlines():
        print() if not line else hang(*_bulleted(line))


def _bulleted(line: str) -> tuple[str, str]:
    """A line of a list hangs under its first word."""
    return ("  - ", line.removeprefix("- ")) if line.startswith("- ") else ("", line)


def _newest(session: Session) -> str:
    found = session.decode(session.get("/v1/letters"), wire_letters.Letters)
    sent = [one.month for one in found.letters if one.sent_at is not None]
    return sent[0] if sent else found.letters[0].month


def _list(session: Session) -> None:
    found = session.read(session.get("/v1/letters"), wire_letters.Letters)
    if found is None:
        return
    table(
        ("MONTH", "SENT", "READERS"),
        [
            (
                one.month,
                session.when(one.sent_at, _WHEN) if one.sent_at else "draft",
                one.readers if one.sent_at else "-",
            )
            for one in found.letters
        ],
    )
    never = "never: [letter] in process.toml says when and to whom"
    fields([("next", session.when(found.next_at, _WHEN) if found.next_at else never), ("to", listed(found.to))])
