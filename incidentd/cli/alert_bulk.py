"""One act on several alerts: one request, and what came of each."""

from __future__ import annotations

from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import table, toned
from incidentd.cli.session import Session
from incidentd.wire import bulk as wire_bulk


def act_on_many(session: Session, wanted: wire_bulk.BulkAlerts) -> None:
    """Do it and say what came of each alert. Raises `Failure` (5) when one was refused; the others are done."""
    body = session.change("POST", "/v1/alerts/bulk", wanted)
    found = session.decode(body, wire_bulk.BulkOutcome)
    if session.as_json:
        session.print_json(body)
    elif not session.quiet:
        table(
            ("ALERT", "OUTCOME", "WHY"), [(f"A-{one.alert_id}", toned(one.outcome), one.detail) for one in found.items]
        )
    refused = sum(one.outcome == "refused" for one in found.items)
    if refused:
        raise Failure(f"{refused} of {len(found.items)} refused, the others are done", Exit.REFUSED)
