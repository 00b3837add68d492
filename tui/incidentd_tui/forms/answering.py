"""What is written about a report: answers to its reporter, notes for us, and reports that somebody told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from incidentd.client import ClientError
from incidentd.wire import reports as wire_reports
from incidentd.wire import triage as wire_triage
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import reports
from incidentd_tui.screens.picker import Item, Picker

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

AfterForm = Callable[[bool | None], None]


def reply(tui: IncidentdApp, one: wire_reports.Report) -> Form:
    """An answer to the reporter on the channel they wrote on. What is typed is kept as a draft."""
    kinds = [("answer", "an answer"), ("question", "a question: it waits for them")]
    if "followed_up" in one.allowed:
        kinds.append(("final", "how it ended: they are followed up"))
    fields = (
        Field(name="text", label=f"To {one.customer}", multiline=True, draft=f"reply:{one.id}"),
        Field(name="kind", label="It is", options=tuple(kinds), value=kinds[-1][0] if len(kinds) > 2 else "answer"),
    )

    def effects(values: Values) -> list[str]:
        where = f"goes to {one.recipient or one.customer} by {one.channel}"
        return [f"{where}, in private" if one.private else where, *_becomes(one, values["kind"])]

    async def send(values: Values) -> str:
        body = wire_reports.Reply(
            text=values["text"], question=values["kind"] == "question", final=values["kind"] == "final"
        )
        return await _sent(tui, one, tui.acts.client.reply_to_report(one.id, body), "answered")

    return Form(tui, Plan(title=f"Reply to {one.reference}", verb="send", fields=fields, effects=effects, send=send))


def _becomes(one: wire_reports.Report, kind: str) -> list[str]:
    if kind == "final":
        return [f"{one.reference} is followed up"]
    if kind == "question" and one.state in ("new", "acknowledged", "triaging"):
        return [f"{one.reference} waits for them"]
    return ["stops the first clock"] if one.first_responded_at is None else []


def note(tui: IncidentdApp, one: wire_reports.Report) -> Form:
    """A note that no customer sees."""
    fields = (Field(name="text", label="Note", multiline=True, draft=f"report-note:{one.id}"),)

    async def send(values: Values) -> str:
        return await _sent(tui, one, tui.acts.client.note_on_report(one.id, values["text"]), "noted")

    return Form(tui, Plan(title=f"Note on {one.reference}", verb="keep", fields=fields,
                          effects=lambda _: ["for us only: no customer ever sees it"], send=send))  # fmt: skip


def canned(tui: IncidentdApp, card: wire_triage.Triage, after: AfterForm) -> None:
    """Choose one of the replies written ahead; the form shows it word for word before it is sent."""
    by_name = {draft.name: draft for draft in card.replies}
    items = [
        Item(one.name, f"{one.name} — {one.text}", why_not=f"lacks {', '.join(one.missing)}" if one.missing else "")
        for one in card.replies
    ]

    def chosen(name: str | None) -> None:
        if name is not None:
            tui.push_screen(_confirm_canned(tui, card, by_name[name]), after)

    tui.push_screen(Picker("Which reply?", items), chosen)


def _confirm_canned(tui: IncidentdApp, card: wire_triage.Triage, draft: wire_triage.ReplyDraft) -> Form:
    one = card.report
    final = "followed_up" in one.allowed
    options = (("no", "an answer"), ("yes", "how it ended: they are followed up"))
    fields = (Field(name="final", label="It is", options=options, value="yes"),) if final else ()

    async def send(values: Values) -> str:
        call = tui.acts.client.send_canned_reply(
            one.id, str(draft.name), final=values.get("final") == "yes", if_version=card.version
        )
        return await _sent(tui, one, call, "answered")

    effects = (*draft.text.split("\n"), f"goes to {one.recipient or one.customer} by {one.channel}")
    return Form(tui, Plan(title=f"Send {draft.name}", verb="send", fields=fields, effects=lambda _: effects,
                          send=send))  # fmt: skip


def new(tui: IncidentdApp) -> Form:
    """A report that somebody told in person, on the phone or across the desk."""
    services = sorted(each.name for each in tui.model.services)
    kinds = tuple((word, reports.kind(word)) for word in ("internal_team", "end_user", "oss_developer"))
    fields = (
        Field(name="subject", label="In a few words"),
        Field(name="text", label="What they say", multiline=True, draft="new-report"),
        Field(name="sender", label="Who says it", optional=True, hint="empty: you"),
        Field(name="kind", label="They are", options=kinds, value="internal_team"),
        Field(name="service", label="Service", options=(("", "not known"), *((name, name) for name in services))),
    )

    async def send(values: Values) -> str:
        body = wire_reports.NewReport(
            subject=values["subject"],
            text=values["text"],
            sender=values["sender"],
            kind=cast("wire_reports.CustomerKind", values["kind"]) if values["sender"] else None,
            service=values["service"],
        )
        try:
            made = await tui.acts.gateway.ask(tui.acts.client.create_report(body))
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.say(f"✓ {made.reference} is open", "done")
        return ""

    return Form(tui, Plan(title="New report", verb="open", fields=fields,
                          effects=lambda _: ["its first clock starts now"], send=send))  # fmt: skip


async def _sent(tui: IncidentdApp, one: wire_reports.Report, call: Awaitable[object], done: str) -> str:
    """ "" when it is done, else the reason why not."""
    reason = await tui.acts.refusal(f"report:{one.id}", call)
    if not reason:
        tui.say(f"✓ {one.reference} is {done}", "done")
    return reason
