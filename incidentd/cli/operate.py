"""`incidentctl health`, `info`, `notifier`, `reload` and `api`."""

from __future__ import annotations

import sys
from urllib.parse import quote

import click

from incidentd import wire
from incidentd.cli.parts import change_options, read_options, versioned
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import Painted, fields, hang, listed, paint, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.local_times import localised
from incidentd.wire import pages as wire_pages


@click.command()
@click.option("--check", is_flag=True, help="Exit with 1 unless all is well.")
@read_options
@click.pass_context
def health(ctx: click.Context, check: bool) -> None:
    """What works and what does not."""
    session: Session = ctx.obj
    body = session.get("/v1/health")
    found = session.decode(body, wire.Health)
    if session.as_json:
        session.print_json(body)
    else:
        _print_health(session, found)
    if check and found.status != "ok":
        ctx.exit(Exit.NOT_WELL)


def _print_health(session: Session, found: wire.Health) -> None:
    ends = found.tls_expires_at
    print(paint(safe_line(found.status), toned(found.status).tone))
    _print_alarms(session, found)
    fields([
        ("alerts firing", found.alerts_firing), ("no route took", found.alerts_unrouted),
        ("timers due", found.timers_due), ("timers failing", found.timers_failing),
        ("deliveries waiting", found.deliveries_waiting), ("failed in 24 h", found.deliveries_failed_24h),
        ("event loop lag", f"{found.loop_lag_ms:.1f} ms"), ("memory", f"{found.rss_mib:.0f} MiB"),
        ("configuration", listed(found.config_files) or "defaults only"),
        *([("TLS certificate", f"{listed(found.tls_names)}, until {session.when(ends)}")] if ends else []),
    ])  # fmt: skip
    _print_sources(session, found)
    print()
    rows = [
        (
            a.instance,
            a.type,
            a.role,
            toned(a.state),
            session.brief(a.last_ok_at),
            a.failures or "-",
            localised(a.detail, session.zoned),
        )
        for a in found.adapters
    ]
    head = ("INSTANCE", "TYPE", "ROLE", "STATE", f"LAST OK ({session.zone})", "FAILURES", "DETAIL")
    table(head, rows, empty="No plugin is configured.", spare=("TYPE", "LAST", "ROLE"))


def _print_alarms(session: Session, found: wire.Health) -> None:
    """What is wrong, each with the code of its runbook; a daemon of before has none."""
    codes = [f" [{one.code}]" for one in found.alarms] or [""] * len(found.problems)
    tones = [toned(one.severity).tone for one in found.alarms] or ["warn"] * len(found.problems)
    for problem, code, tone in zip(found.problems, codes, tones, strict=False):
        said = safe_line(localised(problem, session.zoned) + code)
        hang(f"  {paint('-' if tone == '' else '!', tone)} ", said, lead_width=4)
    if found.alarms:
        print("  `incidentctl runbook CODE` says what it means and how to mend it.")


def _print_sources(session: Session, found: wire.Health) -> None:
    """What each source sent; those that never sent and were never refused anything say nothing."""
    told = [one for one in found.sources if one.last_signal_at or one.refused or one.expect_every]
    if not told:
        return
    print()
    rows = [
        (
            s.instance,
            Painted("silent", "bad") if s.silent else session.brief(s.last_signal_at),
            s.signals_per_minute or "-",
            f"{s.expect_every:g} s" if s.expect_every else "-",
            listed(f"{count} {reason}" for reason, count in s.refused.items()) or "-",
            s.last_error,
        )
        for s in told
    ]
    head = ("SOURCE", f"LAST SIGNAL ({session.zone})", "A MINUTE", "EXPECTED", "REFUSED", "LAST REFUSAL")
    table(head, rows, spare=("EXPECTED", "A MINUTE"))


@click.command()
@read_options
@click.pass_obj
def info(session: Session) -> None:
    """The daemon, and who it takes you for."""
    found = session.read(session.get("/v1/info"), wire.Info)
    if found is not None:
        fields([
            ("version", found.version), ("API", found.api_version), ("node", found.node), ("engine", found.engine),
            ("process", found.process),
            ("started", session.when(found.started_at)), ("you", found.person or "nobody in the roster"),
            ("role", found.role), ("reviews", found.review_name), ("listening on", listed(found.ingress)),
            ("socket", session.socket_path), ("last event", found.last_seq),
        ])  # fmt: skip


@click.group()
def notifier() -> None:
    """Notifiers."""


@notifier.command()
@click.argument("name")
@change_options
@click.pass_obj
def test(session: Session, name: str) -> None:
    """Send a test message to your contact at notifier NAME."""
    body = session.change("POST", f"/v1/notifiers/{quote(name, safe='')}/test")
    sent = session.decode(body, wire_pages.Delivery)
    session.done(body, f"a test message to {sent.person} by {name} is {sent.state} {sent.error}".rstrip())


@click.command()
@change_options
@click.pass_obj
def reload(session: Session) -> None:
    """Read the configuration again."""
    body = session.change("POST", "/v1/reload")
    found = session.decode(body, wire.Reloaded)
    read = listed(found.files) or "no files, defaults only"
    session.done(body, f"read: {read}" if found.applied else "not reloaded: the configuration in use goes on")
    for problem in found.problems:
        click.echo(safe_line(f"! {problem}"), err=True)
    if not found.applied:
        sys.exit(Exit.BAD_INPUT)


def _data(given: str | None) -> bytes | None:
    """The bytes that --data names: a file, standard input for "-"; "@" before a name is allowed as with curl."""
    name = (given or "").removeprefix("@")
    if given is None:
        return None
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read {name}: {getattr(error, 'strerror', None) or error}", Exit.BAD_INPUT) from error


@click.command()
@click.argument("method", type=click.Choice(["GET", "POST", "PATCH", "PUT", "DELETE"], case_sensitive=False))
@click.argument("path")
@click.option("--data", metavar="FILE|-|@FILE", help="The body: a file, or - for standard input.")
@versioned
@change_options
@click.pass_obj
def api(session: Session, method: str, path: str, data: str | None, version: int | None) -> None:
    """Call any route of the socket API; prints its JSON. `api GET /v1/openapi.json` lists the routes."""
    if not path.startswith("/") or not path.isascii() or any(char <= " " or char == "\x7f" for char in path):
        raise click.UsageError("PATH begins with / and is percent-encoded ASCII, such as /v1/alerts?limit=5")
    body = session.exchange(method.upper(), path, _data(data), version).body
    if method.upper() == "GET" or not session.quiet:
        session.print_json(body)
