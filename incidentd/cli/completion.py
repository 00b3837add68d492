"""Completion in bash, zsh and fish: commands and options by click, ids from the daemon, quickly or not at all."""

from __future__ import annotations

import os
import threading

import click
import msgspec
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from incidentd.cli.jsontext import compact
from incidentd.cli.parts import read_options
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.unixsocket import default_socket_path, request

VARIABLE = "_INCIDENTCTL_COMPLETE"
_SECONDS = 0.5
_MOST = 100
_MOST_HELP = 60
_LISTS = {
    "A": (f"/v1/alerts?status=firing&limit={_MOST}", "alerts", "name"),
    "P": (f"/v1/pages?state=active&limit={_MOST}", "pages", "title"),
    "INC": (f"/v1/incidents?state=open&limit={_MOST}", "incidents", "title"),
    "G": (f"/v1/groups?limit={_MOST}", "groups", "service"),
    "V": ("/v1/views", "views", "name"),
    "M": ("/v1/maintenance", "windows", "text"),
    "R": ("/v1/recurring", "rules", "text"),
    "F": (f"/v1/factors?limit={_MOST}", "factors", "text"),
    "L": (f"/v1/learnings?limit={_MOST}", "learnings", "text"),
    "Q": ("/v1/shift-requests", "requests", "schedule"),
    "H": ("/v1/handovers", "handovers", "schedule"),
    "process_idea": (f"/v1/process/ideas?limit={_MOST}", "ideas", "text"),
    "process_retro": (f"/v1/process/retros?limit={_MOST}", "retros", "why"),
    "experiment": (f"/v1/experiments?limit={_MOST}", "experiments", "title"),
    "report": (f"/v1/reports?limit={_MOST}", "reports", "subject"),
}


def _ask(socket_path: str, path: str) -> object:
    """The document at `path`; None when there is none within half a second, whatever the reason."""
    found: list[object] = []

    def ask() -> None:
        try:
            answer = request(socket_path, "GET", path, timeout=_SECONDS)
            if answer.status == 200:
                found.append(msgspec.json.decode(answer.body))
        except Exception:  # a person who presses Tab is told nothing
            return

    asking = threading.Thread(target=ask, daemon=True)  # a daemon that drips bytes outlives any socket time-out
    asking.start()
    asking.join(_SECONDS)
    return found[0] if found else None


def _socket(ctx: click.Context) -> str:
    return str(ctx.find_root().params.get("socket_path") or default_socket_path())


def identifiers(prefix: str, ctx: click.Context, incomplete: str, listed_as: str = "") -> list[CompletionItem]:
    """Firing alerts, active pages, open incidents and the like whose id begins with `incomplete`."""
    path, name, text = _LISTS[listed_as or prefix]
    answer = _ask(_socket(ctx), path)
    rows = answer.get(name) if isinstance(answer, dict) else None
    items = []
    for row in rows[:_MOST] if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("id"), int):
            # fish takes what follows a comma away
            about = safe_line(str(row.get(text, "")), _MOST_HELP).replace(",", ";")
            items.append(CompletionItem(f"{prefix}-{row['id']}", help=about))
    typed = incomplete.upper()
    return [item for item in items if item.value.startswith(typed) or item.value.removeprefix(f"{prefix}-") == typed]


def checklist_items(ctx: click.Context, incident_id: object, incomplete: str) -> list[CompletionItem]:
    """What is still to be done of an incident's checklist."""
    answer = _ask(_socket(ctx), f"/v1/incidents/{incident_id}/checklist") if isinstance(incident_id, int) else None
    items = answer.get("items") if isinstance(answer, dict) else None
    open_items = [one for one in items if isinstance(one, dict) and not one.get("done_at")] if items else []
    return [
        CompletionItem(name, help=safe_line(str(one.get("text", "")), _MOST_HELP).replace(",", ";"))
        for one in open_items
        if (name := str(one.get("id", ""))).startswith(incomplete)
    ]


def statuses(ctx: click.Context, incident_id: object, known: tuple[str, ...]) -> list[str]:
    """The statuses that an incident may go to now; all of them when the daemon does not say."""
    answer = _ask(_socket(ctx), f"/v1/incidents/{incident_id}") if isinstance(incident_id, int) else None
    incident = answer.get("incident") if isinstance(answer, dict) else None
    allowed = incident.get("allowed") if isinstance(incident, dict) else None
    if not isinstance(allowed, list):
        return list(known)
    return [one for one in known if one in allowed]


def complete(root: click.Command) -> int:
    """Answer the shell's script; nothing that goes wrong is said, for it would land in somebody's command line."""
    try:
        shell_complete(root, {}, "incidentctl", VARIABLE, os.environ[VARIABLE])
    except Exception:
        return 1
    return 0


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@read_options
@click.pass_obj
def completion(session: Session, shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash:  source <(incidentctl completion bash)
    zsh:   source <(incidentctl completion zsh)
    fish:  incidentctl completion fish | source
    """
    found = get_completion_class(shell)
    assert found is not None
    made = found(click.get_current_context().find_root().command, {}, "incidentctl", VARIABLE)
    script = made.source_template % made.source_vars()  # source() starts a bash to look at its version
    print(compact({"shell": shell, "script": script}) if session.as_json else script)
