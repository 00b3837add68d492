"""`incidentd migrate-store`: from SQLite to PostgreSQL and back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from incidentd.cli.database_files import unavailable

if TYPE_CHECKING:
    from incidentd.storage.store_copy import Compared


def _url(given: str) -> str:
    """What was given, or what the file behind "@" says: a command line can be read by everybody on the host."""
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"cannot read {given[1:]}: {error}") from error


@click.command("migrate-store")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--verify-only", is_flag=True, help="Change nothing; compare the two row by row.")
@click.option("--json", "as_json", is_flag=True, help="The comparison as one JSON document.")
def migrate_store(source: str, target: str, verify_only: bool, as_json: bool) -> None:
    """Copy the store at FROM to the empty database TO, and compare the two row by row.

    One of them is sqlite:////path/incidentd.db, the other postgresql://user@host/database; @FILE reads either from a
    file. A password comes from ~/.pgpass, PGPASSWORD or such a file. Every daemon must be stopped. FROM stays as it is;
    TO gets everything or nothing.
    """
    from incidentd.storage.store_copy import CannotCopy
    from incidentd.storage.store_move import move, verify

    here, there = _url(source), _url(target)

    def tell(table: str, rows: int) -> None:
        if rows and not as_json:
            click.echo(f"copied {rows:>9,}  {table}", err=True)

    try:
        found = asyncio.run(verify(here, there) if verify_only else move(here, there, tell))
    except CannotCopy as error:
        unavailable(error)
    _show(found, as_json)
    different = [one.table for one in found if not one.same]
    if different:
        unavailable(f"they differ in {', '.join(different)}")
    if not as_json and not verify_only:
        _say_what_comes_next(target)


def _show(found: Sequence[Compared], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(one) | {"same": one.same} for one in found], indent=2))
        return
    width = max(len(one.table) for one in found)
    click.echo(f"{'TABLE':<{width}}  {'ROWS':>9}  {'THERE':>9}  SHA-256")
    for one in found:
        digests = one.digest[:16] if one.digest == one.digest_there else f"{one.digest[:16]} {one.digest_there[:16]}"
        end = "" if one.same else "  DIFFERENT"
        click.echo(f"{one.table:<{width}}  {one.rows:>9,}  {one.rows_there:>9,}  {digests}{end}")
    rows = sum(one.rows for one in found)
    same = sum(one.same for one in found)
    click.echo(f"{rows:,} rows in {len(found)} tables; {same} tables are the same")


def _say_what_comes_next(target: str) -> None:
    said = f'{{ file = "{target[1:]}" }}' if target.startswith("@") else f'"{target}"'
    click.echo(
        "Now write in incidentd.toml:\n"
        "  [storage]\n"
        f"  url = {said}\n"
        "and start the daemon. Start none on the former store again: it would page for what is settled here. "
        "Keep it until you have a backup of the new one."
    )
