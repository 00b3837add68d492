"""Reports that are one matter are merged, and one that holds two is split: what moves is shown first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.wire import reports as wire_reports
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_SUBJECT = 250


def why_no_merge(chosen: Sequence[wire_reports.Report]) -> str:
    """Why these reports cannot become one, "" when they can."""
    if len(chosen) < 2:
        return "mark two or more reports of one customer with space"
    first = chosen[0]
    other = next((one for one in chosen if one.customer_id != first.customer_id), None)
    if other is not None:
        return f"{first.reference} and {other.reference} are of two customers: one is a duplicate of the other"
    return ""


def merge(tui: IncidentdApp, chosen: Sequence[wire_reports.Report]) -> Form:
    """All but one of some reports of a customer go into that one; the oldest is proposed."""
    by_id = {str(one.id): one for one in sorted(chosen, key=lambda one: one.id)}
    kept = next((number for number, one in by_id.items() if one.state != "closed"), next(iter(by_id)))
    options = tuple((number, f"{one.reference} {one.subject}"[:60]) for number, one in by_id.items())
    fields = (Field(name="into", label="They go on as", options=options, value=kept),)

    def going(values: Values) -> list[wire_reports.Report]:
        return [one for number, one in by_id.items() if number != values["into"]]

    def effects(values: Values) -> list[str]:
        names = ", ".join(one.reference for one in going(values))
        into = by_id[values["into"]].reference
        return [f"{names} is closed as a duplicate of {into}; what they write there comes to {into}"]

    async def preview(values: Values) -> Sequence[str]:
        lines: list[str] = []
        for one in going(values):
            try:
                found = await tui.acts.gateway.ask(tui.acts.client.report(one.id))
            except ClientError as error:
                return [tui.acts.reason("", error)]
            lines += [f"{one.reference}: {phrases.count(len(found.messages), 'message')} of {one.customer}"]
            lines += [_line(tui, message) for message in found.messages]
        return lines

    async def send(values: Values) -> str:
        return await _merge(tui, going(values), by_id[values["into"]])

    return Form(tui, Plan(title=f"Merge {phrases.count(len(by_id), 'report')}", verb="merge", fields=fields,
                          effects=effects, send=send, preview=preview))  # fmt: skip


async def _merge(tui: IncidentdApp, going: Sequence[wire_reports.Report], into: wire_reports.Report) -> str:
    """ "" when it is done, else the reason why not, and which of them went before that."""
    client, gone = tui.acts.client, list[wire_reports.ReportDetail]()
    reason = ""
    for one in going:
        try:
            before = await client.report(one.id)  # as it is: the way back sends its subject
            await client.merge_report(one.id, into.id, if_version=one.version)
        except ClientError as error:
            reason = tui.acts.reason(f"report:{one.id}", error)
            break
        gone.append(before)
    names = ", ".join(before.report.reference for before in gone)

    async def back() -> object:
        done: object = None
        for before in gone:
            ids = tuple(message.id for message in before.messages)
            body = wire_reports.SplitReport(message_ids=ids, subject=before.report.subject[:_SUBJECT] or "(no subject)")
            done = await tui.acts.attempt(f"report:{into.id}", client.split_report(into.id, body))
            if done is None:
                return None
        return done

    if gone:
        tui.acts.can_undo(f"{names} went into {into.reference} (taken back, it gets a new number)", back)
    return f"{reason}; {names} went before" if reason and gone else reason


def why_no_split(found: wire_reports.ReportDetail, chosen: Collection[int]) -> str:
    """Why these messages cannot become a report of their own, "" when they can."""
    if not chosen:
        return "mark the messages that are another matter with space"
    sides = [[one for one in found.messages if (one.id in chosen) is taken] for taken in (True, False)]
    if not all(any(one.direction == "in" for one in side) for side in sides):
        return "each side keeps a message of its reporter: mark some of theirs, not all"
    return ""


def split(tui: IncidentdApp, found: wire_reports.ReportDetail, chosen: Collection[int]) -> Form:
    """Some messages become a report of their own."""
    one = found.report
    moving = [message for message in found.messages if message.id in chosen]
    first = next((message for message in moving if message.direction == "in"), moving[0])
    words = " ".join((first.subject or first.text).split())[:_SUBJECT]
    fields = (Field(name="subject", label="What it is about", value=words),)
    head = f"{phrases.count(len(moving), 'message')} of {one.reference} become a report of their own"
    shown = [head, *(_line(tui, message).strip() for message in moving[:6])]
    if len(moving) > 6:
        shown.append(f"and {len(moving) - 6} more")

    async def send(values: Values) -> str:
        ids = tuple(sorted(chosen))
        call = tui.acts.client.split_report(
            one.id, wire_reports.SplitReport(message_ids=ids, subject=values["subject"]), if_version=one.version
        )
        try:
            made = await tui.acts.gateway.ask(call)
        except ClientError as error:
            return tui.acts.reason(f"report:{one.id}", error)
        told = f"{made.reference} is made of {phrases.count(len(moving), 'message')} of {one.reference}"
        if made.customer_id != one.customer_id:
            tui.say(f"✓ {told}", "done")
            return ""
        tui.acts.can_undo(
            told, lambda: tui.acts.attempt(f"report:{made.id}", tui.acts.client.merge_report(made.id, one.id))
        )
        return ""

    return Form(tui, Plan(title=f"Split {one.reference}", verb="split", fields=fields,
                          effects=lambda _: shown, send=send))  # fmt: skip


def _line(tui: IncidentdApp, message: wire_reports.ReportMessage) -> str:
    """One message in a line: when, who, and how it begins."""
    at = phrases.day_hour(message.at, tui.model.now(), tui.model.zone)
    who = (message.sender_name or message.sender) if message.direction == "in" else message.author or "the daemon"
    return f"  {at} {who}: {' '.join(message.text.split())[:60]}"
