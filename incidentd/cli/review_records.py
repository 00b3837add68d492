"""`incidentctl review account | factor | learning | idea`: what people write in a review."""

from __future__ import annotations

from typing import Any, get_args

import click

from incidentd.cli.parts import INCIDENT, INSTANT, Decorator, Identifier, change_options, read_options, versioned
from incidentd.cli.review_record_views import (
    evidence_of,
    print_accounts,
    print_factors,
    print_ideas,
    print_learnings,
    print_warnings,
    titled,
)
from incidentd.cli.session import Session
from incidentd.wire import review_records as wire_records
from incidentd.wire import reviews as wire_reviews

FACTOR, LEARNING = Identifier("F"), Identifier("L")
CATEGORY = click.Choice(get_args(wire_records.Category))
ROLE = click.Choice(get_args(wire_records.FactorRole))
_NUMBER = click.IntRange(1)
_incident: Decorator = click.argument("incident_id", type=INCIDENT)


def _view(session: Session, incident_id: int) -> wire_reviews.ReviewView | None:
    """The review as the caller may see it, or None after it was printed as JSON."""
    return session.read(session.get(f"/v1/incidents/{incident_id}/review"), wire_reviews.ReviewView)


def _send(
    session: Session, method: str, incident_id: int, path: str, body: object, version: int | None = None
) -> bytes:
    return session.change(method, f"/v1/incidents/{incident_id}/review/{path}", body, version)


def _given(**values: Any) -> dict[str, Any]:
    """What was given on the command line."""
    return {name: value for name, value in values.items() if value is not None}


# ------------------------------------------------------------------ accounts
@click.group()
def account() -> None:
    """Accounts: what each saw, thought and tried. Others read yours from that step of the review on."""


def _said(command: Any) -> Any:
    for option in (
        click.option("--saw", default=None, help="What you saw then."),
        click.option("--thought", default=None, help="What you thought was going on."),
        click.option("--tried", default=None, help="What you tried."),
        click.option("--at", type=INSTANT, help="The moment, such as 14:05."),
        click.option("--entry", "seq", type=_NUMBER, help="The entry of the timeline that it is about."),
    ):
        command = option(command)
    return command


def _told_account(session: Session, body: bytes, incident_id: int, what: str) -> None:
    found = session.decode(body, wire_records.Account)
    session.done(body, f"account {found.id} of INC-{incident_id} {what}")


@account.command("list")
@_incident
@click.option("--person", default="", help="Of this one only.")
@read_options
@click.pass_obj
def list_accounts(session: Session, incident_id: int, person: str) -> None:
    """Show accounts side by side, by moment."""
    found = _view(session, incident_id)
    if found is not None:
        print_accounts(session, found, person)


@account.command("add")
@_incident
@click.argument("text", default="")
@_said
@click.option("--from-notes", is_flag=True, help="Make it of your own notes on the incident; they stay yours.")
@change_options
@click.pass_obj
def add_account(session: Session, /, incident_id: int, from_notes: bool, text: str, **given: Any) -> None:
    """Write an account: in your own words, of a moment or of the whole."""
    values = _given(text=text or None, **given)
    if from_notes and values:
        raise click.UsageError("--from-notes takes the notes as they are: leave the rest out, and edit it then")
    path, wanted = ("accounts/from-notes", None) if from_notes else ("accounts", wire_records.WriteAccount(**values))
    _told_account(session, _send(session, "POST", incident_id, path, wanted), incident_id, "written")


@account.command("edit")
@_incident
@click.argument("account_id", type=_NUMBER, metavar="ACCOUNT")
@_said
@click.option("--text", default=None, help="The rest of it.")
@click.option("--whole", is_flag=True, help="It is of no one moment after all.")
@versioned
@change_options
@click.pass_obj
def edit_account(session: Session, /, incident_id: int, account_id: int, version: int | None, **given: Any) -> None:
    """Change an ACCOUNT of yours; what you leave out stays."""
    wanted = wire_records.EditAccount(**_given(**given))
    body = _send(session, "PATCH", incident_id, f"accounts/{account_id}", wanted, version)
    _told_account(session, body, incident_id, "changed")


@account.command("withdraw")
@_incident
@click.argument("account_id", type=_NUMBER, metavar="ACCOUNT")
@change_options
@click.pass_obj
def withdraw_account(session: Session, incident_id: int, account_id: int) -> None:
    """Take an ACCOUNT of yours back."""
    body = _send(session, "POST", incident_id, f"accounts/{account_id}/withdraw", wire_records.Withdraw())
    _told_account(session, body, incident_id, "withdrawn")


@account.command("new")
@_incident
@click.argument("account_id", type=_NUMBER, metavar="ACCOUNT")
@click.option("--not", "known", is_flag=True, help="It was not new to you after all.")
@change_options
@click.pass_obj
def mark_new(session: Session, incident_id: int, account_id: int, known: bool) -> None:
    """Say that what another wrote is new to you."""
    body = _send(session, "POST", incident_id, f"accounts/{account_id}/new", wire_records.MarkNew(new=not known))
    count = session.decode(body, wire_records.Account).new_to
    _told_account(session, body, incident_id, f"is new to {count}")


# ------------------------------------------------------------------ factors
@click.group()
def factor() -> None:
    """Contributing factors of one review: many and small. Others' are shown when everybody's are."""


def _shown_by(command: Any) -> Any:
    for option in (
        click.option("--entry", type=_NUMBER, multiple=True, help="Shown by this entry of the timeline."),
        click.option("--account", type=_NUMBER, multiple=True, help="Shown by this account."),
        click.option("--attachment", type=_NUMBER, multiple=True, help="Shown by this attachment."),
        click.option("--link", multiple=True, metavar="URL", help="Shown there."),
        click.option("--words", multiple=True, help="Shown by what is said here."),
        click.option("--context", "contexts", multiple=True, help="When it matters, such as deploy or monday."),
    ):
        command = option(command)
    return command


def _evidence(given: dict[str, Any]) -> tuple[wire_records.Evidence, ...]:
    """Takes the options that cite something out of `given`."""
    return evidence_of({kind: given.pop(kind) for kind in ("entry", "account", "attachment", "link", "words")})


def told_factor(session: Session, body: bytes, what: str) -> None:
    """What became of a factor, with what is to be minded."""
    found = session.decode(body, wire_records.Factor)
    session.done(body, f"F-{found.id} {what}: {found.text}")
    if not (session.as_json or session.quiet):
        print_warnings(found)


@factor.command("list")
@_incident
@read_options
@click.pass_obj
def list_factors(session: Session, incident_id: int) -> None:
    """Show the factors of a review that you may read, by category."""
    found = _view(session, incident_id)
    if found is not None:
        print_factors(found)


@factor.command("add")
@_incident
@click.argument("text")
@click.option("--category", type=CATEGORY, required=True, help="Where it lies.")
@click.option("--role", type=ROLE, required=True, help="What it did.")
@_shown_by
@change_options
@click.pass_obj
def add_factor(session: Session, /, incident_id: int, **given: Any) -> None:
    """Say what had a part in it. It names roles, not people."""
    evidence = _evidence(given)
    wanted = wire_records.WriteFactor(evidence=evidence, **given)
    told_factor(session, _send(session, "POST", incident_id, "factors", wanted), "written")


@factor.command("edit")
@_incident
@click.argument("factor_id", type=FACTOR, metavar="FACTOR")
@click.option("--text", default=None, help="Other words.")
@click.option("--category", type=CATEGORY, default=None, help="Where it lies.")
@click.option("--role", type=ROLE, default=None, help="What it did.")
@click.option("--same-as", type=FACTOR, metavar="FACTOR", help="It says the same as that one.")
@click.option("--apart", is_flag=True, help="It stands for itself after all.")
@click.option("--theme", default=None, help='What it has in common with others; a new one is made; "" for none.')
@_shown_by
@versioned
@change_options
@click.pass_obj
def edit_factor(
    session: Session, /, incident_id: int, factor_id: int, version: int | None, apart: bool, **given: Any
) -> None:
    """Reword a FACTOR, merge it, give it a theme. Evidence and contexts that are given replace what there was."""
    if apart and given["same_as"] is not None:
        raise click.UsageError("--same-as or --apart")
    evidence, contexts = _evidence(given) or None, given.pop("contexts") or None
    given["same_as"] = 0 if apart else given["same_as"]
    wanted = wire_records.EditFactor(**_given(evidence=evidence, contexts=contexts, **given))
    told_factor(session, _send(session, "PATCH", incident_id, f"factors/{factor_id}", wanted, version), "changed")


@factor.command("withdraw")
@_incident
@click.argument("factor_id", type=FACTOR, metavar="FACTOR")
@change_options
@click.pass_obj
def withdraw_factor(session: Session, incident_id: int, factor_id: int) -> None:
    """Take a FACTOR of yours back."""
    body = _send(session, "POST", incident_id, f"factors/{factor_id}/withdraw", wire_records.Withdraw())
    told_factor(session, body, "withdrawn")


# ------------------------------------------------------------------ learnings
@click.group()
def learning() -> None:
    """Learnings: what you know now that you did not know before."""


def _told_learning(session: Session, body: bytes, what: str) -> None:
    found = session.decode(body, wire_records.Learning)
    session.done(body, f"L-{found.id} {what}: {found.text}")


@learning.command("list")
@_incident
@read_options
@click.pass_obj
def list_learnings(session: Session, incident_id: int) -> None:
    """Show the learnings of a review."""
    found = _view(session, incident_id)
    if found is not None:
        titled(found, "learnings")
        print_learnings(session, found.learnings)


@learning.command("add")
@_incident
@click.argument("text")
@click.option("--anonymous", is_flag=True, help="Without your name: it is stored nowhere, so you cannot change it.")
@change_options
@click.pass_obj
def add_learning(session: Session, incident_id: int, text: str, anonymous: bool) -> None:
    """Say what you know now."""
    wanted = wire_records.WriteLearning(text=text, anonymous=anonymous)
    what = "written, anonymously" if anonymous else "written"
    _told_learning(session, _send(session, "POST", incident_id, "learnings", wanted), what)


@learning.command("edit")
@_incident
@click.argument("learning_id", type=LEARNING, metavar="LEARNING")
@click.argument("text")
@versioned
@change_options
@click.pass_obj
def edit_learning(session: Session, incident_id: int, learning_id: int, text: str, version: int | None) -> None:
    """Reword a LEARNING of yours."""
    wanted = wire_records.EditLearning(text=text)
    body = _send(session, "PATCH", incident_id, f"learnings/{learning_id}", wanted, version)
    _told_learning(session, body, "changed")


@learning.command("withdraw")
@_incident
@click.argument("learning_id", type=LEARNING, metavar="LEARNING")
@click.option("-r", "--why", default="", help="What is wrong with it; asked for an anonymous one.")
@change_options
@click.pass_obj
def withdraw_learning(session: Session, incident_id: int, learning_id: int, why: str) -> None:
    """Take a LEARNING of yours back, or with a reason an anonymous one."""
    body = _send(session, "POST", incident_id, f"learnings/{learning_id}/withdraw", wire_records.Withdraw(why=why))
    _told_learning(session, body, "withdrawn")


# ------------------------------------------------------------------ ideas
@click.group()
def idea() -> None:
    """The parking lot: ideas for later, which become actions or are dropped."""


def _told_idea(session: Session, body: bytes, what: str) -> None:
    found = session.decode(body, wire_records.Idea)
    session.done(body, f"idea {found.id} {what}: {found.text}")


@idea.command("list")
@_incident
@read_options
@click.pass_obj
def list_ideas(session: Session, incident_id: int) -> None:
    """Show the parking lot, and what became of each idea."""
    found = _view(session, incident_id)
    if found is not None:
        print_ideas(found)


@idea.command("add")
@_incident
@click.argument("text")
@change_options
@click.pass_obj
def add_idea(session: Session, incident_id: int, text: str) -> None:
    """Park an idea."""
    _told_idea(session, _send(session, "POST", incident_id, "ideas", wire_records.WriteIdea(text=text)), "parked")


@idea.command("drop")
@_incident
@click.argument("idea_id", type=_NUMBER, metavar="IDEA")
@click.option("-r", "--why", required=True, help="Why nothing comes of it.")
@change_options
@click.pass_obj
def drop_idea(session: Session, incident_id: int, idea_id: int, why: str) -> None:
    """Nothing comes of an IDEA, because."""
    body = _send(session, "POST", incident_id, f"ideas/{idea_id}/drop", wire_records.DropIdea(why=why))
    _told_idea(session, body, "dropped")


RECORD_COMMANDS: tuple[click.Command, ...] = (account, factor, learning, idea)
