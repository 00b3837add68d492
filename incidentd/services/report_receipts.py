"""Receipts: what a channel says by itself to who reports something new. No receipt stops a clock.

Mail tells nobody who really wrote it, so receipts could be made to flood somebody else: one address gets one an hour,
a channel sends sixty an hour, and what a machine wrote gets none (RFC 3834, section 2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from incidentd.domain.canned_replies import RECEIPT, render
from incidentd.domain.reply_values import reply_values
from incidentd.domain.reports import Report
from incidentd.domain.support import Support
from incidentd.plugin.support import OutgoingKind
from incidentd.services.report_intake import Came
from incidentd.services.report_outbound import Outbound, Words
from incidentd.storage import customers, report_messages
from incidentd.storage.tx import Tx

PERIOD = timedelta(hours=1)
MOST = 60
"""Receipts of one channel instance in a period."""


class ReportReceipts:
    """Listens to what comes in."""

    def __init__(self, support: Callable[[], Support], outbound: Outbound) -> None:
        self._support = support
        self._outbound = outbound

    def on_message(self, tx: Tx, came: Came) -> Report:
        """A message has come in."""
        report, support = came.report, self._support()
        wanted = came.new_report and not came.message.automatic and report.channel in support.receipts
        if wanted and self._may_write(tx, report):
            text = render(support.replies[RECEIPT], reply_values(report, customers.get(tx.conn, report.customer_id)))
            self._outbound.write(tx, report, Words(kind=OutgoingKind.RECEIPT, text=text, once=RECEIPT))
        return report

    def _may_write(self, tx: Tx, report: Report) -> bool:
        lately = report_messages.receipts_since(tx.conn, report.channel, tx.now - PERIOD)
        return len(lately) < MOST and report.recipient not in lately
