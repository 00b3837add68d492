"""What fills the placeholders of replies that are written ahead, from a report."""

from __future__ import annotations

from incidentd.domain.reports import Customer, Report


def reply_values(report: Report, customer: Customer | None) -> dict[str, str]:
    """By placeholder, "" for what the report does not have. An address that stands for a name is none."""
    name = "" if customer is None or customer.name == report.recipient else customer.name
    return {
        **{tag: report.tags.get(tag, "") for tag in ("region", "version", "feature")},
        "reference": report.reference,
        "name": name,
        "subject": report.subject,
        "service": report.service,
        "owner": report.owner,
        "incident": "" if report.incident_id is None else f"INC-{report.incident_id}",
    }
